"""What every test needs before the first import: figures without a screen."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
