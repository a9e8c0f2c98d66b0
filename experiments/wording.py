"""Numbers put into words: the same few forms in titles, tables and sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .statistics import Estimate


def percent(share: float) -> str:
    """A share as a whole percentage; what is neither none nor all is never rounded to either."""
    if not math.isfinite(share):
        return "unknown"
    if 0.0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1.0 else f"{share * 100:.0f}%"


def with_interval(estimate: Estimate) -> str:
    """'38% (31-46)': a share and its interval, both in percent."""
    if estimate.n == 0:
        return "no runs"
    return f"{percent(estimate.value)} ({estimate.low * 100:.0f}-{estimate.high * 100:.0f})"


def signed(estimate: Estimate, digits: int = 1) -> str:
    """'+2.1 (0.4 to 3.9)': an effect with its interval, in the estimate's unit."""
    if estimate.n == 0:
        return "no pairs"
    # adding zero turns a rounded -0.0 into 0.0
    value, low, high = (round(number, digits) + 0.0 for number in estimate[:3])
    if not math.isfinite(low):
        return f"{value:+.{digits}f} (too few pairs)"
    return f"{value:+.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def probability(p_value: float) -> str:
    """A p-value with as many digits as it deserves."""
    if not math.isfinite(p_value):
        return "-"
    return "<.001" if p_value < 0.001 else f"{p_value:.3f}".lstrip("0") if p_value < 1 else "1"


def several(things: Iterable[str]) -> str:
    """'a, b and c'."""
    *most, last = list(things) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last


def money(amount: float) -> str:
    """'$118bn', '$1.2tn', '$850m' from USD billion."""
    size, sign = abs(amount), "-" if amount < 0 else ""
    if size >= 1000:
        return f"{sign}${size / 1000:,.1f}tn"
    if size >= 10:
        return f"{sign}${size:.0f}bn"
    return f"{sign}${size:.1f}bn" if size >= 1 else f"{sign}${size * 1000:.0f}m"
