"""The parts of the page that answer, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..analysis.wording import failed_of
from ..report.page import inline, narrow
from .answers import endings_of, episodes_of, failed, fan_of, sentence, whole
from .asked import WITH, WITHOUT, Asked, Looking
from .drawing import fan_figure, paragraphs, shares_table, table
from .one_run import balance_sheet_of, economy_of, quarter_of, story_of, web_of
from .pairs import Pair

FANS = ("big4_capex", "lab_revenue", "coverage", "ai_equity")
LEGEND = "Blue: with your changes, median and bands of 50% and 90% of runs. Dashed: median without. Dots: the record."
WAITING = "The first runs are on their way."


def errors(texts: Sequence[str]) -> str:
    """What is wrong with a question."""
    return f'<div class="error" role="alert">{paragraphs(texts)}</div>' if texts else ""


def answer(asked: Asked, pairs: Sequence[Pair]) -> str:
    """The answer in words, how many pairs it rests on, and the shares behind it."""
    missing = failed(pairs)
    broken = f" {failed_of(missing, 2 * len(pairs))}." if missing else ""
    finished = whole(pairs)
    to_come = ""
    if finished < len(pairs):
        known = f"known for {finished:,} of {len(pairs):,}" if finished else "to come"
        to_come = f"; macro and systemic episodes {known}"
    return (
        f'<p class="answer">{escape(sentence(pairs, asked))}</p>'
        f'<p class="progress-line">{len(pairs):,} of {asked.runs:,} pairs{to_come}.{broken}</p>'
        + shares_table("What happens on the way, share of runs (95% interval)", "on the way", episodes_of(pairs))
        + shares_table("How runs end, share of runs (95% interval)", "ending", endings_of(pairs))
    )


def fans(asked: Asked, pairs: Sequence[Pair], looking: Looking) -> str:
    """Where key series go, and one more if the reader has chosen one."""
    names = dict.fromkeys([*([looking.series] if looking.series else []), *FANS])
    drawn = "".join(fan_figure(name, fan_of(pairs, asked, name)) for name in names)
    return f'<p>{LEGEND}</p><div class="fans">{drawn}</div>'


def story(asked: Asked, looking: Looking) -> str:
    """One run in words, with the changes and without them."""
    changed, unchanged = (paragraphs(story_of(asked, looking.seed, side)) for side in (WITH, WITHOUT))
    return f"<h2>With your changes</h2>{changed}<h2>The same seed without them</h2>{unchanged}"


def web(asked: Asked, looking: Looking) -> str:
    """Who pays whom in one quarter of one run. Raises `CircuitError` for a quarter that it does not have."""
    quarter = quarter_of(asked, looking.quarter)
    chart = web_of(economy_of(asked, looking.seed), quarter)
    return (
        f'<figure class="web"><figcaption><b>{escape(chart.claim)}</b></figcaption><picture>'
        f'<source media="(max-width: 600px)" srcset="{narrow(chart)}"><img src="{inline(chart)}" '
        f'alt="{escape(chart.alternative)}"></picture><figcaption>{escape(chart.notes)}</figcaption></figure>'
    )


def books(asked: Asked, looking: Looking) -> str:
    """An agent's balance sheet in every quarter of one run."""
    frame = balance_sheet_of(asked, looking.seed, looking.agent)
    rows = (
        (str(quarter), *(f"{value:,.1f}" for value in amounts))
        for quarter, amounts in zip(frame.index, frame.to_numpy(), strict=True)
    )
    caption = f"{looking.agent}, USD bn: what it has +, what it owes -; its own shares, at market value, count as owed"
    return table(caption, ("quarter", *(str(name).replace("_", " ") for name in frame.columns)), rows)
