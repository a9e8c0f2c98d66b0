"""Answers as HTML and SVG that are written in a millisecond, so that they can follow a finger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from simulation.dates import number_of, quarter_of
from simulation.series import SERIES

from ..analysis.wording import percent, signed, with_interval
from ..figures.style import OUTCOME_COLOURS
from .answers import Fan, Floats, Share

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560.0, 250.0, 58.0, 24.0, 10.0
TICKS = 4
QUARTERS_BEFORE = 8
FEWEST_TOLD = 10  # pairs, before what needs whole runs is told beside what does not
SMALLEST_BELOW = 0.01  # of the highest value: what lies less below zero takes no room there


def shares_table(caption: str, heading: str, shares: Sequence[Share]) -> str:
    """A row a share: without and with the changes as bars with their intervals, and the change in points."""
    fewest = min(FEWEST_TOLD, max(share.without.n for share in shares))
    rows = "".join(
        f'<tr><th scope="row">{_swatch(share.name)}{escape(share.name)}</th>'
        + (_cells(share) if share.without.n >= fewest > 0 else '<td colspan="3" class="open">to come</td>')
        + "</tr>"
        for share in shares
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in (heading, "without", "with changes", "points"))
    return (
        f"<div class=scroll><table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def fan_figure(series: str, fan: Fan) -> str:
    """A fan with its title: bands and median with the changes, the median without them, the record as dots."""
    about = SERIES[series]
    title = f"{series.replace('_', ' ')}, {about.unit}"
    return (
        f"<figure><figcaption><b>{escape(title)}</b><br>{escape(about.meaning)}</figcaption>"
        f"{_fan_svg(fan, title)}</figure>"
    )


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of text; the first column names the row."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in headings)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class=scroll tabindex=0 role=region aria-label="{escape(caption)}"><table class=numbers>'
        f"<caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def paragraphs(texts: Iterable[str]) -> str:
    """Texts, a paragraph each."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _cells(share: Share) -> str:
    return (
        f"<td>{_bar(share.without.value, 'without')}{escape(with_interval(share.without))}</td>"
        f"<td>{_bar(share.changed.value, 'with')}{escape(with_interval(share.changed))}</td>"
        f"<td class={'sure' if share.established else 'open'}>"
        f"{escape(signed(share.effect.scaled(100.0), 0))}</td>"
    )


def _swatch(name: str) -> str:
    colour = OUTCOME_COLOURS.get(name)
    return f'<i class=swatch style="background:{colour}"></i>' if colour else ""


def _bar(share: float, kind: str) -> str:
    width = share * 100.0 if share == share else 0.0
    return f'<span class="bar {kind}" style="--share:{width:.1f}%" title="{percent(share)}"></span>'


def _fan_svg(fan: Fan, title: str) -> str:
    """Quarters to the right, from two years before the first; the scale holds 90% of all runs and the record."""
    first = number_of(fan.quarters[0])
    shown = {q: value for q, value in fan.record.items() if number_of(q) >= first - QUARTERS_BEFORE}
    start = min((number_of(quarter) for quarter in shown), default=first)
    known = [*fan.changed.ravel(), *fan.without[2], *shown.values()]
    numbers = np.array([number for number in known if np.isfinite(number)])
    if not numbers.size:
        return "<p>The first runs are on their way.</p>"
    least, most = float(numbers.min()), float(numbers.max())
    ticks = _round_ticks(0.0 if least > -SMALLEST_BELOW * most else least, most)
    low, high = ticks[0], ticks[-1]
    end = number_of(fan.quarters[-1])

    def across(quarter: float) -> float:
        return LEFT + (WIDTH - LEFT - 8.0) * (quarter - start) / max(end - start, 1)

    def up(value: float) -> float:
        return TOP + (HEIGHT - BOTTOM - TOP) * (high - value) / (high - low)

    def line(values: Floats) -> str:
        return " ".join(f"{across(first + k):.1f},{up(float(value)):.1f}" for k, value in enumerate(values))

    def band(below: Floats, above: Floats, opacity: float) -> str:
        back = " ".join(reversed(line(above).split()))
        return f'<polygon class=band points="{line(below)} {back}" opacity="{opacity}"/>'

    grid = "".join(
        f'<line class=grid x1="{LEFT}" x2="{WIDTH}" y1="{up(tick):.1f}" y2="{up(tick):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{up(tick) + 4:.1f}" text-anchor="end">{tick:,.6g}</text>'
        for tick in ticks
    )
    years = "".join(
        f'<text x="{across(quarter):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{quarter_of(quarter)[:4]}</text>'
        for quarter in range(start, end + 1)
        if quarter % 4 == 0 and (quarter // 4) % 2 == 0 and across(quarter) < WIDTH - 24
    )
    dots = "".join(
        f'<circle cx="{across(number_of(quarter)):.1f}" cy="{up(value):.1f}" r="3"/>'
        for quarter, value in shown.items()
    )
    bands = fan.changed
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{escape(title)}: fan of runs">'
        f"{grid}{years}"
        f"{band(bands[0], bands[4], 0.25)}{band(bands[1], bands[3], 0.45)}"
        f'<polyline class=without points="{line(fan.without[2])}"/><polyline class=with points="{line(bands[2])}"/>'
        f"{dots}</svg>"
    )


def _round_ticks(low: float, high: float) -> list[float]:
    """Round numbers at equal distances that hold a range."""
    reach = (high - low) or 1.0
    power = 10.0 ** np.floor(np.log10(reach / TICKS))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power * TICKS >= reach)
    first, last = np.floor(low / step), np.ceil(high / step)
    return [float(step * k) for k in np.arange(first, last + 1)]
