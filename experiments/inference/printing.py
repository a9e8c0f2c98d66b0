"""What a calibration has found, in words and tables of eighty columns, and as files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..store.results import write_bytes, write_csv
from .calibration import Calibration, Found, Wanted
from .coverage import LEAST, MOST, Held
from .matching import CUTOFF, Wave
from .screening import SMALLEST_EFFECT

Say = Callable[[str], None]
WIDTH = 80
LINES = 12


def reporter(say: Say) -> Callable[[str, Any], None]:
    """Tells of each step as it is done."""
    tell: dict[str, Callable[[Any], str]] = {
        "screening": of_screening,
        "firms": of_firms,
        "prior": of_prior,
        "waves": of_waves,
        "coverage": of_coverage,
        "parameters": of_parameters,
    }

    def report(step: str, found: Any) -> None:
        say("\n" + tell[step](found))

    return report


def of_screening(table: pd.DataFrame) -> str:
    """How many parameters the record can say anything of, and the strongest."""
    strong = int((table["effect"] >= SMALLEST_EFFECT).sum())
    return (
        f"Screening: {strong} of {len(table)} parameters move an observed series by half a standard\n"
        f"deviation of its error or more (Morris). The strongest:\n{_text(table.head(LINES))}"
    )


def of_firms(table: pd.DataFrame) -> str:
    """What fewer firms than usual do to what is observed."""
    worst = table.sort_values("moved", ascending=False).iloc[0]
    return (
        f"Firms: with fewer of them no observed series moves by more than {worst['moved']:.2f} standard\n"
        f"deviations of its error on average ({worst['series']})."
    )


def of_prior(table: pd.DataFrame) -> str:
    """Which records the prior cannot produce."""
    by_series = table.groupby(["series", "entity"], as_index=False).agg(
        recorded=("outside", "size"), outside=("outside", "sum"), distance=("distance", "mean")
    )
    outside = by_series[by_series["outside"] > 0].sort_values("outside", ascending=False)
    told = (
        f"Prior check: {int(table['outside'].sum())} of {len(table)} recorded numbers lie outside what 98% of the\n"
        "prior's runs give."
    )
    if outside.empty:
        return told
    return f"{told}\nDistance in standard deviations, + where the record is higher:\n{_text(outside.head(2 * LINES))}"


def of_waves(waves: list[Wave]) -> str:
    """What history matching leaves."""
    lines = [
        f"  wave {number}: {wave.runs:>6,} runs, {len(wave.kept):>5,} not ruled out"
        for number, wave in enumerate(waves)
    ]
    told = f"History matching (implausibility below {CUTOFF:g}; where fewer than 20 are left, the\nnearest 20):\n"
    return told + "\n".join(lines)


def of_coverage(held: Held) -> str:
    """Whether 80% intervals hold truths."""
    honest = "as they should" if held.honest() else f"NOT within {LEAST:.0%} to {MOST:.0%}"
    return (
        f"Made-up truths: 80% intervals hold {held.parameters.mean():.0%} of parameters and "
        f"{held.futures.mean():.0%} of futures\n({len(held.parameters)} truths), {honest}."
    )


def of_parameters(table: pd.DataFrame) -> str:
    """The parameters that the record has taught most of, and those that decide the ending."""
    words = (
        f"Smoother and witness differ by more than a standard deviation on {int(table['differs'].sum())} of "
        f"{len(table)} parameters."
    )
    decide = table.sort_values("share of variance", ascending=False).head(5)
    deciding = ", ".join(f"{row.parameter} {share:.0%}" for row, share in
                         zip(decide.itertuples(), decide["share of variance"], strict=True))  # fmt: skip
    shown = pd.DataFrame(
        {
            "parameter": table["parameter"],
            "prior 80%": _bands(table, "prior low", "prior high"),
            "post. 80%": _bands(table, "low", "high"),
            "contr.": table["contraction"].map("{:.2f}".format),
            "wit.": table["witness"].map("{:.2f}".format) + table["differs"].map({True: "*", False: " "}),
            "ending": table["share of variance"].map("{:.2f}".format),
        }
    )
    return (
        "Parameters: prior and posterior 80%, contraction of the standard deviation by\n"
        "smoother and witness (* they differ by more than one), share of the variance of\n"
        f"the ending:\n{_text(shown)}\n"
        f"{_wrapped(words)}\n{_wrapped('Share of the variance of the ending explained alone: ' + deciding + '.')}"
    )


def summary(found: Found, calibration: Calibration, seconds: float) -> str:
    """What was made, in a few sentences."""
    size = len(found.ensemble.bytes()) / 1000
    after, before = found.implausible_after, found.implausible_before
    fit = np.sqrt(np.mean(((found.posterior.after - found.points.targets) / calibration.data.deviations) ** 2))
    prior_fit = np.sqrt(np.mean(((found.posterior.before - found.points.targets) / calibration.data.deviations) ** 2))
    return _wrapped(
        f"{len(found.ensemble)} members, evenly from {found.wanted.smoothers} smoothers of {found.wanted.members}, "
        f"from {found.wanted.opening} to {found.wanted.until}, "
        f"{len(found.points)} observations. Root mean square distance from the record "
        f"{prior_fit:.2f} standard deviations before, {fit:.2f} after; implausible runs {before:.0%} before, "
        f"{after:.0%} after. {found.failed} runs failed. {size:,.0f} kB. "
        f"{calibration.desk.computed:,} runs computed in {seconds / 60:.0f} minutes."
    )


def write(found: Found, folder: Path) -> list[Path]:
    """The ensemble and every table."""
    tables = {
        "screening": found.screened,
        "prior-check": found.check,
        "firms": found.firms,
        "parameters": found.parameters,
        "waves": pd.DataFrame({"runs": [wave.runs for wave in found.waves],
                               "kept": [len(wave.kept) for wave in found.waves]}),
    }  # fmt: skip
    if found.coverage is not None:
        tables["coverage"] = pd.DataFrame(
            {"what": ["parameters", "futures"], "held": [held.mean() for held in found.coverage]}
        )
    files = [folder / "record.ensemble"]
    write_bytes(files[0], found.ensemble.bytes())
    for name, table in tables.items():
        files.append(folder / f"{name}.csv")
        write_csv(files[-1], table)
    return files


def command_of(wanted: Wanted, data: str | None) -> str:
    """The command that makes an ensemble again."""
    standard = vars(Wanted())
    given = {name: value for name, value in vars(wanted).items() if value != standard[name]}
    options = [f"--{name.replace('_', '-')} {value}" for name, value in given.items()]
    return " ".join(["circuit calibrate", *options, *([f"--data {data}"] if data else [])])


def _bands(table: pd.DataFrame, low: str, high: str) -> list[str]:
    return [f"{one:.2g}..{other:.2g}" for one, other in zip(table[low], table[high], strict=True)]


def _text(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda value: f"{value:.3g}", line_width=WIDTH, max_colwidth=28)


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, WIDTH)
