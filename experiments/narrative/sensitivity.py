"""What a sensitivity study found, in words and in the tables of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..analysis.sensitivity import Answer, Question
from ..analysis.wording import percent, several
from ..common.terminal import titled
from ..study.points import REACH

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

SHOWN = 12


def headline(asked: Question, found: Answer) -> str:
    """Which parameters matter most, in a sentence or two."""
    name, indices = asked.measure.name, found.indices
    if found.screening["mu_star"].max() == 0.0:
        return f"Nothing that was varied moves {name}: it is the same at every point."
    first = found.screening.iloc[0]
    sentence = (
        f"{first['parameter']} moves {name} most: by {_number(first['mu_star'])} {asked.measure.unit} "
        f"({_number(first['low'])} to {_number(first['high'])}) on average across its prior."
    )
    if len(indices) and indices["total"].notna().any():
        alone = indices[indices["first_order_low"] > 0.0]
        shares = [f"{row['parameter']} {percent(row['first_order'])}" for row in _rows(alone)]
        sentence += (
            f" Of the variance between economies {several(shares)} by itself."
            if len(shares) == 1
            else f" Of the variance between economies, by themselves: {several(shares)}."
            if shares
            else " None explains a share of the variance by itself that these runs can establish."
        )
    return sentence


def screening_table(asked: Question, screening: pd.DataFrame) -> Table:
    """Morris: the strongest parameters with their effects."""
    table = titled(
        f"Morris: what moving a parameter changes, {asked.measure.name}, {asked.measure.unit} (95% interval)"
    )
    for heading in ("", "moves it by", "on average", "from", "to", "paths"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for row in _rows(screening.head(SHOWN)):
        table.add_row(
            row["parameter"],
            f"{_number(row['mu_star'])} ({_number(row['low'])} to {_number(row['high'])})",
            f"{row['mu']:+.3g} ({_number(row['mu_low'])} to {_number(row['mu_high'])})",
            f"{row['prior_low']:.3g}",
            f"{row['prior_high']:.3g}",
            str(row["n"]),
        )
    return table


def index_table(indices: pd.DataFrame) -> Table:
    """Sobol: shares of the variance."""
    table = titled("Sobol: share of the variance between economies, % (95% interval)")
    for heading in ("", "alone", "with all others", "base points"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for row in _rows(indices):
        table.add_row(
            row["parameter"],
            _share(row["first_order"], row["first_order_low"], row["first_order_high"]),
            _share(row["total"], row["total_low"], row["total_high"]),
            str(row["n"]),
        )
    return table


def caveats(asked: Question, found: Answer) -> list[str]:
    """What a reader must keep in mind."""
    runs = asked.study.runs
    left_out = max(len(found.screening) - SHOWN, 0)
    lines = [
        f"Moved from the {(1 - REACH) / 2:.0%} to the {(1 + REACH) / 2:.0%} quantile of its prior; what is not varied "
        "keeps its value. Moves it by: mean absolute effect; on average: with its sign; paths: trajectories."
    ]
    lines += [
        f"{row['design']}: each economy is the mean of {row['seeds']} common seeds; "
        f"{_share(row['noise_share'], row['low'], row['high'])} "
        f"% of the variance between the {row['n']} economies is noise of these seeds, which counts as interaction."
        for row in _rows(found.noise)
        if row["noise_share"] == row["noise_share"]
    ]
    lines += [
        f"{row['design']}: {row['without_outcome']} of {row['runs']} runs have no such outcome; economies that are "
        "compared are averaged over the seeds that have it in all of them."
        for row in _rows(found.noise)
        if row["without_outcome"]
    ]
    if runs == 1:
        lines.append("One seed: what it does by chance cannot be told from what parameters do; take --seeds 4 or more.")
    if left_out:
        lines.append(f"{left_out} weaker parameters are in the tables.")
    lines.append(f"{found.failed} runs failed; {found.seconds:.0f} s of runs now.")
    return lines


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def _number(value: Any) -> str:
    return f"{value + 0.0:.2g}"


def _share(value: float, low: float, high: float) -> str:
    return f"{value * 100:.0f} ({low * 100:.0f} to {high * 100:.0f})" if value == value else "-"
