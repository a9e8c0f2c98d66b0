"""The `circuit` command, one file per command; `app` registers them."""

from .app import app, main

__all__ = ["app", "main"]
