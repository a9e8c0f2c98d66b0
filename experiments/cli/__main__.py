"""`python -m experiments.cli` is `circuit`."""

from .app import main

main()
