"""Figures of docs/gallery.md, drawn from small runs and the reference study: `python docs/draw_gallery.py`."""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
from pathlib import Path

from matplotlib.image import imread, imsave

from experiments.cli import main

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "gallery"
REFERENCE = ROOT / "results" / "reference" / "headline" / "figures"
STORED = ("outcome-shares", "effects", "fan-baseline")
COMMANDS = {
    "one-run": ["run", "late-chips", "--seed", "1"],
    "what-followed": ["run", "key-player-failure", "--seed", "1"],
    "one-agent": ["run", "--agent", "OpenAI", "--quarters", "24"],
    "who-pays-whom": ["web", "--quarter", "2026Q4"],
    "with-and-without-the-boom": ["twin", "--without", "boom", "--runs", "30", "--quarters", "12"],
    "who-pays-for-a-policy": ["policy", "investment-credit", "--runs", "20"],
    "a-failure": ["fail", "OpenAI", "--runs", "30"],
}
WANTED = {
    "one-run": "run-late-*seed1.png",
    "what-followed": "*-cascade.png",
    "one-agent": "run-agent-*.png",
    "who-pays-whom": "web-flows-*.png",
}
"""Which of a command's figures is shown, where it draws several."""


def drawn(name: str, folder: Path) -> Path:
    """The figure of a command, drawn in a folder."""
    place = folder / name
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        main([*COMMANDS[name], "--results", str(place)])
    return sorted(place.glob(WANTED.get(name, "*[0-9].png")))[0]


def keep(figure: Path, name: str) -> None:
    """Store a figure at half its size."""
    pixels = imread(figure)
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    halves = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, -1).mean(axis=(1, 3))
    imsave(GALLERY / f"{name}.png", halves.clip(0.0, 1.0))


if __name__ == "__main__":
    GALLERY.mkdir(exist_ok=True)
    for stored in STORED:
        keep(REFERENCE / f"{stored}.png", stored)
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or COMMANDS:
            keep(drawn(name, Path(folder)), name)
            shutil.rmtree(Path(folder) / name)
