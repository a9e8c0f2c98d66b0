"""How figures are drawn: once, and several at once."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import partial

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from experiments.figures.at_once import at_once
from experiments.figures.laid_out import LaidOutFigure


def drawn(kind: type[Figure], form: str) -> bytes:
    """A figure of two panels with labels, a legend and a text that leave the layout engine something to do."""
    with mpl.rc_context({"svg.hashsalt": "circuit"}):
        figure = kind(figsize=(5.0, 3.0), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot([0.0, 1.0, 0.5], label="coverage")
        left.set_title("a title over two\nlines")
        left.set_ylabel("USD bn a quarter")
        left.legend()
        right.barh(["a long name of a row", "another"], [1.0, 2.0])
        figure.text(0.0, 1.0, "a claim", va="top")
        written = io.BytesIO()
        figure.savefig(written, format=form, dpi=160, metadata={"Date": None} if form == "svg" else {"Software": None})
    return written.getvalue()


def numbered(number: int) -> tuple[int, int]:
    """A number and the process that was asked for it."""
    return number, os.getpid()


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_figure_drawn_once_is_the_figure_that_matplotlib_draws_twice(form: str) -> None:
    assert drawn(LaidOutFigure, form) == drawn(Figure, form)


@pytest.mark.parametrize("processors", [1, 2])
def test_what_is_done_at_once_comes_back_in_its_order(monkeypatch: pytest.MonkeyPatch, processors: int) -> None:
    monkeypatch.setattr("experiments.figures.at_once.default_workers", lambda: processors)
    done = list(at_once([partial(numbered, number) for number in range(5)]))
    assert [number for number, _ in done] == list(range(5))
    assert all((process == os.getpid()) == (processors == 1) for _, process in done)


def test_an_action_that_fails_says_so_to_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.figures.at_once.default_workers", lambda: 2)

    def failing() -> str:
        raise OSError("no space left")

    actions: list[Callable[[], str]] = [lambda: "drawn", failing]
    with pytest.raises(OSError, match="no space left"):
        list(at_once(actions))
