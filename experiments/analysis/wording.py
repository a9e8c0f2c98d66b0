"""Numbers put into words: the same few forms in titles, tables and sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..statistics import Estimate
    from .analysis import Analysis


def percent(share: float) -> str:
    """A share as a whole percentage; what is neither none nor all is never rounded to either."""
    if not math.isfinite(share):
        return "unknown"
    if 0.0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1.0 else f"{share * 100:.0f}%"


def change(share: float) -> str:
    """'+8%', '-13%': a difference in whole percent; what is rounded to nothing has no sign."""
    told = f"{share * 100:+.0f}%"
    return "0%" if told in ("+0%", "-0%") else told


def with_interval(estimate: Estimate) -> str:
    """'38% (31-46)': a share and its interval, both in percent."""
    if estimate.n == 0:
        return "no runs"
    return f"{percent(estimate.value)} ({estimate.low * 100:.0f}-{estimate.high * 100:.0f})"


def share_of(row: Any) -> str:
    """'38% (31-46, n 200)' from a table's row: a share, its interval and its n."""
    return f"{percent(row['share'])} ({row['low'] * 100:.0f}-{row['high'] * 100:.0f}, n {row['n']})"


def counted(estimate: Estimate) -> str:
    """'38% (31-46, n 200)': a share with its interval and n."""
    return share_of(dict(zip(("share", "low", "high", "n"), estimate, strict=True)))


def on_thresholds(analysis: Analysis) -> str:
    """How far the thresholds of the outcome move the reference's share of bad endings; empty where that is unknown."""
    table = analysis.thresholds
    mine = table[table["arm"] == analysis.reference.name].dropna(subset=["share"]) if len(table) else table
    if mine.empty:
        return ""
    ordered = mine.sort_values("share", kind="stable")
    return (
        "Moving one threshold by 20% puts the share of runs with an investment pullback between "
        f"{share_of(ordered.iloc[0])} and {share_of(ordered.iloc[-1])}."
    )


def times_fewer(estimate: Estimate) -> str:
    """'x4.1 (3.6-4.7)': how many times fewer runs common seeds need; a dash where there is no interval."""
    value, low, high, _n = estimate
    if value == math.inf:
        return "same"
    if not math.isfinite(low):
        return "-"
    digits = 0 if value >= 10.0 else 1
    return f"x{value:,.{digits}f} ({low:,.{digits}f}-{high:,.{digits}f})"


def failed_of(failed: int, tried: int) -> str:
    """'3 of 1,200 runs failed'."""
    return f"{failed:,} of {tried:,} runs failed"


def signed(estimate: Estimate, digits: int = 1) -> str:
    """'+2.1 (0.4 to 3.9)': an effect with its interval, in the estimate's unit."""
    if estimate.n == 0:
        return "no pairs"
    # adding zero turns a rounded -0.0 into 0.0
    value, low, high = (round(number, digits) + 0.0 for number in estimate[:3])
    if not math.isfinite(low):
        return f"{value:+.{digits}f} (too few pairs)"
    return f"{value:+.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def ranged(estimate: Estimate, digits: int = 1) -> str:
    """'12.3 (9.8 to 15.1)': a number with its interval, in the estimate's unit."""
    value, low, high, _n = estimate
    if value != value:
        return "-"
    if not math.isfinite(low):
        return f"{value:,.{digits}f} (too few runs)"
    return f"{value:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def probability(p_value: float) -> str:
    """A p-value with as many digits as it deserves."""
    if not math.isfinite(p_value):
        return "-"
    return "<.001" if p_value < 0.001 else f"{p_value:.3f}".lstrip("0") if p_value < 1 else "1"


def an(thing: str) -> str:
    """'an investment pullback', 'a market pullback'."""
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def how_many(number: float, thing: str) -> str:
    """'1 quarter', '1,000 quarters'."""
    return f"{number:,.0f} {thing}{'' if number == 1 else 's'}"


def several(things: Iterable[str]) -> str:
    """'a, b and c'."""
    *most, last = list(things) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last


def span(numbers: Iterable[int]) -> str:
    """'200', or '197 to 200' where they differ."""
    given = list(numbers)
    least, most = min(given, default=0), max(given, default=0)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def money(amount: float) -> str:
    """'$118bn', '$1.2tn', '$850m' from USD billion."""
    size, sign = abs(amount), "-" if amount < 0 else ""
    if size >= 1000:
        return f"{sign}${size / 1000:,.1f}tn"
    if size >= 10:
        return f"{sign}${size:.0f}bn"
    return f"{sign}${size:.1f}bn" if size >= 1 else f"{sign}${size * 1000:.0f}m"
