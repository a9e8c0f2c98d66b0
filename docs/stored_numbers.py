"""Numbers and lists of the pages, from stored results and the code: `python docs/stored_numbers.py [--check]`.

What stands between `<!-- numbers: NAME -->` and `<!-- end of numbers -->` in README.md and in a page of docs/ comes
from `results/reference`, or, for the lists of parameters, levers and series, from their declarations. `--check` writes
nothing, names the pages that are stale, and ends with 1 if there are any.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.analysis.wording import ranged
from experiments.narrative.costs import differences_in_words
from experiments.statistics import Estimate
from experiments.study import catalogue
from simulation.endings import KINDS

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "results" / "reference"
BLOCK = re.compile(
    r"(?P<open><!-- numbers: (?P<name>[\w-]+) -->\n)(?P<text>.*?)(?P<close><!-- end of numbers -->)", re.S
)
TWO_DIGITS = 10.0
LEAST_P = 0.05
ALSO = ("ai_capex", "ai_equity", "real_gdp")
LEAST_MOVE = 0.02
GROWTH = ("with", "without", "difference", "gross", "net")
ENDINGS = ("paid off, no episode", "paid off after one", "settled unpaid", "boom on unpaid", "collapsed")


def answer() -> str:
    """The answer of the headline study."""
    text = (REFERENCE / "headline" / "answer.txt").read_text(encoding="utf-8")
    return "\n".join(textwrap.wrap(" ".join(text.split()), 118, break_on_hyphens=False))


def shares() -> str:
    """How runs of the headline study end."""
    found = _headline("outcome_shares")
    rows = []
    for arm, endings in found.groupby("arm", sort=False):
        by_ending = endings.set_index("outcome")
        rows.append([str(arm), *(_share(by_ending.loc[ending]) for ending in ENDINGS), f"{by_ending['n'].iloc[0]:,}"])
    return _table(["share of runs, % (95% interval)", *ENDINGS, "runs"], rows)


def gamma() -> str:
    """How baseline runs end by thirds of gamma."""
    found = _headline("outcomes_by_gamma")
    rows = []
    for third, endings in found.groupby("gamma", sort=False):
        by_ending = endings.set_index("outcome")
        first = by_ending.iloc[0]
        place = f"{third}, {first['gamma_low']:.3f} to {first['gamma_high']:.3f}"
        rows.append([place, *(_share(by_ending.loc[ending]) for ending in ENDINGS), f"{first['n']:,.0f}"])
    return _table(["gamma", *ENDINGS, "runs"], rows)


def history() -> str:
    """How far the median path from 2022Q4 is from the data."""
    found = pd.read_csv(REFERENCE / "history" / "history-errors.csv")
    rows = [
        [
            str(row["series"]),
            f"{row['mean absolute error, %']:.0f}%",
            f"{row['error at the end, %']:+.0f}% ({row['last quarter']})",
            str(row["quarters inside 80% band"]),
        ]
        for _, row in found.iterrows()
    ]
    return _table(["series", "mean absolute error", "error at the end", "quarters inside the 80% band"], rows)


def outcomes() -> str:
    """The three questions from both openings."""
    found = _endings("outcomes")
    columns = [rows.set_index("what") for _, rows in found.groupby("vintage", sort=False)]
    rows = [
        [str(row["what"]), str(row["unit"]), *(_range(column.loc[row["what"]]) for column in columns)]
        for row in columns[0].reset_index().to_dict("records")
    ]
    return _table(["", "unit", *(f"from {vintage}" for vintage in found["vintage"].unique())], rows)


def thresholds() -> str:
    """What moves by two points or more when a threshold is moved by a fifth."""
    found = _endings("thresholds")
    keys = ["vintage", "what", "threshold"]
    table = found.pivot(index=keys, columns="moved", values="share").join(found.groupby(keys)["as_declared"].first())
    widest = (table[["lower", "higher"]].sub(table["as_declared"], axis=0)).abs().max(axis=1)
    rows = [
        [*map(str, key), *(f"{100 * row[name]:.0f}" for name in ("lower", "as_declared", "higher"))]
        for key, row in table[widest > LEAST_MOVE].iterrows()
    ]
    return _table(["opening", "share of runs, %", "threshold", "20% lower", "as declared", "20% higher"], rows)


def costs() -> str:
    """Whether runs that end differently differ in what they cost."""
    said = []
    for vintage, rows in _endings("costs").groupby("vintage", sort=False):
        said += [f"From {vintage}:", "", *(f"- {sentence}" for sentence in differences_in_words(rows)), ""]
    return "\n".join(said[:-1])


def without_boom() -> str:
    """Episodes in economies without a boom."""
    found = _endings("without-boom")
    shares = found.pivot(index=["vintage", "economy"], columns="kind", values=["share", "low", "high", "n"])
    rows = [
        [
            f"{economy}, from {vintage}",
            *(
                _share({part: shares.loc[(vintage, economy), (part, kind)] for part in ("share", "low", "high")})
                for kind in KINDS
            ),
        ]
        for vintage, economy in found[["vintage", "economy"]].drop_duplicates().itertuples(index=False)
    ]
    return _table(["share of runs, % (95% interval)", *KINDS], rows)


def growth() -> str:
    """Growth with the boom and without it, 2023 to 2027."""
    found = _endings("twin-baseline-without-boom-2022Q4-growth")
    rows = []
    for row in found.to_dict("records"):
        parts = [{"value": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"]} for name in GROWTH]
        rows.append([f"{row['year']:.0f}", *map(_range, parts)])
    headings = ["growth of real GDP, 4th on 4th quarter, %", "with", "without", "difference", "gross", "net of imports"]
    return _table(headings, rows)


def autopsies() -> str:
    """How many pullbacks have a single link whose removal prevents them, and what smallest change does."""
    found = _endings("autopsies").astype({"kinds": object, "lever": object}).fillna({"kinds": "", "lever": ""})
    single = found[found["single"] > 0]
    kinds = pd.Series([kind for kinds in single["kinds"] for kind in str(kinds).split(", ")], dtype=str).value_counts()
    levers = found[found["lever"] != ""]["lever"].value_counts()
    of_kind = f" ({_counted(kinds)})" if len(kinds) else ""
    text = (
        f"Of {len(found)} investment pullbacks, {len(single)} have a single link whose removal alone prevents it"
        f"{of_kind}; {found['links'].mean():.0f} links were removed of each, one at a time. One lever, held for a year "
        f"from the quarter before the peak, prevents {int(levers.sum())} of them; the one that needs the smallest part "
        f"of its reach is {_counted(levers) if len(levers) else 'none'}."
    )
    return "\n".join(textwrap.wrap(text, 118, break_on_hyphens=False))


def reached() -> str:
    """What forecasts of the past were to reach, and what they reached."""
    from experiments.evidence.summary import verdicts

    found = verdicts(_evidence("scores"), _evidence("shares"))
    return "\n".join(f"- {' '.join(line.split())}" for line in found)


def signs() -> str:
    """Effects of every scenario and policy on its own target, AI investment, AI shares and GDP."""
    found = pd.read_csv(REFERENCE / "signs" / "signs.csv")
    found = found[found["part"] != "lever"]
    also = found[found["role"] == "also"].pivot_table(
        index=["name", "situation"], columns="series", values=["effect", "low", "high"]
    )
    rows = []
    for _, row in found[found["role"] == "target"].iterrows():
        beside = also.loc[(row["name"], row["situation"])]
        others = [_effect({part: beside[part, series] for part in ("effect", "low", "high")}) for series in ALSO]
        effect = f"{_effect(row)} {row['unit']}".replace(" %", "%")
        rows.append([str(row["name"]), f"`{row['series']}`", effect, str(row["met"]), *others])
    headings = ["scenario or policy", "target", "effect", "as expected", "AI capex, %", "AI shares, %", "GDP, %"]
    return _table(headings, rows)


def grounds() -> str:
    """What the return on the boom's money rests on: groups, and the numbers most worth knowing with their sources."""
    groups, numbers = (_grounds(table) for table in ("variance", "knowing"))
    shares = [
        [row["group"], _share_of_variance(row["alone"], row["alone_half_width"]),
         _share_of_variance(row["in_all"], row["in_all_half_width"])]
        for _, row in groups.iterrows()
    ]  # fmt: skip
    known = [
        [f"`{row['parameter']}`", f"{row['low']:.3g} to {row['high']:.3g}",
         f"{row['at_low']:+.2f}", f"{row['at_high']:+.2f}",
         _effect({"effect": row["difference"], "low": row["lower"], "high": row["upper"]}), str(row["source"])]
        for _, row in numbers[numbers["p"] < LEAST_P].iterrows()
    ]  # fmt: skip
    first = _table(["share of the variance, %", "alone", "with what it does together with others"], shares)
    headings = ["number", "its 10 and 90% points", "return at 10%", "at 90%", "difference", "source today"]
    return f"{first}\n\n{_table(headings, known)}"


def standing() -> str:
    """Capital expenditure by giant, labs' revenue and burn from the ensemble, by year."""
    found = _evidence("now")
    rows = []
    for (what, firm), years in found.groupby(["what", "firm"], sort=False):
        cells = [f"{row['median']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f})" for _, row in years.iterrows()]
        rows.append([str(what), str(firm), *cells])
    return _table(["USD bn", "of", *(str(year) for year in found["year"].unique())], rows)


def before_and_after() -> str:
    """The headline's answer under the prior and under the record."""
    found = _evidence("before-and-after").set_index(["answer", "belief"])
    rows = []
    for answer in dict.fromkeys(found.index.get_level_values("answer")):
        unit, digits, of_what = (1.0, 1, "") if "percent" in answer else (100.0, 0, ", % of runs")
        told = [Estimate(*found.loc[(answer, belief)]).scaled(unit) for belief in ("prior", "record")]
        rows.append([answer + of_what, *(ranged(each, digits) for each in told)])
    return _table(["from 2025Q3", "prior", "after the record"], rows)


def of_gamma() -> str:
    """What the record says of gamma."""
    row = _evidence("parameters").set_index("parameter").loc["gamma"]
    return "\n".join(
        textwrap.wrap(
            f"Of `gamma`, which the answer hangs on most, the record makes the interval narrower by "
            f"{100 * row['contraction']:.0f}% and moves it from {row['prior low']:.3f} to {row['prior high']:.3f} "
            f"(median {row['prior median']:.3f}) to {row['low']:.3f} to {row['high']:.3f} ({row['median']:.3f}): what "
            "was sold by 2025 says more of how many use AI than of what it will bring in the long run.",
            118,
        )
    )


def cut_deals() -> str:
    """How often promises that bind nobody are cut, recorded and in the ensemble."""
    told = [f"{row['episode']} {row['hazard']:.3f} ({row['watched']:.0f})" for _, row in _evidence("cuts").iterrows()]
    return f"Hazard of a cut a quarter, with the number of promises watched: {', '.join(told)}."


def smoothers() -> str:
    """How far the smoothers of the ensemble lie apart in what runs from now tell."""
    rows = []
    for _, row in _evidence("smoothers").iterrows():
        of_each = sorted(row[[name for name in row.index if name.startswith("smoother ")]].dropna())
        if row["low"] != row["low"]:
            each = " ".join(f"{value:.3f}" for value in of_each)
            rows.append([row["answer"], f"{row['share']:.3f}", "", f"{row['beyond_chance']:.3f}", each])
            continue
        both, chance = (
            ranged(Estimate(row["share"], row[low], row[high], int(row["n"])).scaled(100.0), 0)
            for low, high in (("low", "high"), ("chance_low", "chance_high"))
        )
        each = " ".join(f"{100 * value:.0f}" for value in of_each)
        rows.append([f"{row['answer']}, % of runs", both, chance, f"{100 * row['beyond_chance']:.1f}", each])
    headings = ["from 2025Q3", "smoothers and runs", "runs alone", "apart beyond chance", "by smoother, in order"]
    return _table(headings, rows)


def made_up_truths() -> str:
    """How often 80% intervals hold what was made up."""
    held = _evidence("coverage").set_index("what")["held"]
    return (
        "Of truths made up from the prior and inferred like the real past, 80% intervals hold "
        f"{100 * held['parameters']:.0f}% of parameters and {100 * held['futures']:.0f}% of futures; "
        "70 to 90% were wanted."
    )


def by_horizon() -> str:
    """CRPS of the headline series by quarters ahead, beside the benchmarks."""
    benchmarks = ["random walk", "drift 4", "drift 8", "AR(1)"]
    rows = [
        [f"{row['horizon']:.0f}", f"{row['n']:.0f}", f"{row['crps']:.3f}", *(f"{row[name]:.3f}" for name in benchmarks),
         f"{row['ratio']:.2f}", f"{100 * row['80%']:.0f}%"]
        for _, row in _evidence("by-horizon").iterrows()
    ]  # fmt: skip
    return _table(["quarters ahead", "forecasts", "model", *benchmarks, "over the best", "80% band holds"], rows)


def by_series() -> str:
    """CRPS over that of the best benchmark and coverage by series, the worst last."""
    found = _evidence("by-series").sort_values(["headline", "ratio"], ascending=[False, True])
    rows = [
        [str(row["series"]), str(row["entity"]), f"{row['n']:.0f}", f"{row['crps']:.2f}",
         str(row["best"]) if isinstance(row["best"], str) else "", _or_nothing(row["ratio"], "{:.2f}"),
         f"{100 * row['80%']:.0f}%", _or_nothing(row["pit p"], "{:.2f}")]
        for _, row in found.iterrows()
    ]  # fmt: skip
    return _table(["series", "of", "forecasts", "CRPS", "best benchmark", "ratio", "80% band holds", "ranks, p"], rows)


def inferred() -> str:
    """The parameters that the record says most of: prior and posterior, and how much narrower."""
    found = _evidence("parameters").sort_values("contraction", ascending=False).head(15)
    rows = [
        [f"`{row['parameter']}`", f"{row['prior low']:.3g} to {row['prior high']:.3g}",
         f"{row['low']:.3g} to {row['high']:.3g}", f"{row['contraction']:.2f}", f"{row['witness']:.2f}",
         "yes" if row["differs"] else "", f"{100 * row['share of variance']:.0f}%"]
        for _, row in found.iterrows()
    ]  # fmt: skip
    headings = ["parameter", "prior, 80%", "posterior, 80%", "contraction", "witness", "they differ", "of the ending"]
    return _table(headings, rows)


def believed() -> str:
    """Shares of runs weighed by a belief beside those of runs that really hold it."""
    found = pd.read_csv(REFERENCE / "simulator" / "believed.csv")
    results = [str(what) for what in found["what"].unique() if what != "collapsed"]
    rows = []
    for (opening, belief), group in found.groupby(["opening", "belief"], sort=False):
        by_result = group.set_index("what")
        cells = [
            f"{100 * row['drawn']:.0f}; {_with_bounds(row, 'weighed')}; {_with_bounds(row, 'real')}"
            for row in (by_result.loc[what] for what in results)
        ]
        rows.append([str(opening), str(belief), f"{group['effective_runs'].iloc[0]:.0f}", *cells])
    beside = int(((found["low"] > 0.0) | (found["high"] < 0.0)).sum())
    said = (
        f"Of {len(found)} differences between a weighed share and the real one (collapses included), {beside} have a "
        f"95% interval beside zero; by chance it would be about {0.05 * len(found):.0f}."
    )
    headings = ["opening", "belief", "runs that the weights are worth", *(f"{what}, %" for what in results)]
    return f"{_table(headings, rows)}\n\n{said}"


LISTS = (catalogue.parameters, catalogue.levers, catalogue.series)
BLOCKS = (
    answer, shares, gamma, history, outcomes, thresholds, costs, without_boom, growth, autopsies,
    grounds, signs, standing, before_and_after, of_gamma, cut_deals, reached, smoothers, made_up_truths, by_horizon,
    by_series, inferred, believed,
)  # fmt: skip
NUMBERS: dict[str, Callable[[], str]] = {
    **{function.__name__: function for function in BLOCKS},
    **{listing.__name__: lambda listing=listing: catalogue.in_markdown(listing()) for listing in LISTS},
}


def filled(page: str) -> str:
    """A page with its numbers as they are stored. Raises KeyError for a block that nothing writes."""
    return BLOCK.sub(lambda block: f"{block['open']}{NUMBERS[block['name']]()}\n{block['close']}", page)


def pages() -> list[Path]:
    """The pages that may hold numbers."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def stale() -> list[Path]:
    """Pages whose numbers are not those that are stored."""
    return [page for page in pages() if filled(text := page.read_text(encoding="utf-8")) != text]


def _headline(table: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "headline" / "tables" / f"{table}.csv")


def _endings(table: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "endings" / f"{table}.csv")


def _counted(numbers: pd.Series) -> str:
    """'withdrawal 3, failed round 1'."""
    return ", ".join(f"{str(name).replace('_', ' ')} {count}" for name, count in numbers.items())


def _range(row: Mapping[str, Any] | pd.Series) -> str:
    """A number with its interval, with as many digits as its size deserves."""
    largest = max(abs(row["value"]), abs(row["low"]), abs(row["high"]))
    digits = 0 if largest >= 20.0 else 1
    value, low, high = (f"{row[name]:,.{digits}f}" for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _evidence(table: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "evidence" / f"{table}.csv")


def _grounds(table: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "grounds" / f"grounds-boom_return_half-{table}.csv")


def _share_of_variance(share: float, half: float) -> str:
    return f"{100 * share:.0f} ({100 * (share - half):.0f} to {100 * (share + half):.0f})"


def _effect(row: Mapping[str, float] | pd.Series) -> str:
    value, low, high = (_signed(row[part]) for part in ("effect", "low", "high"))
    return f"{value} ({low} to {high})"


def _signed(value: float) -> str:
    return f"{value:+.0f}" if abs(value) >= TWO_DIGITS else f"{value:+.2g}"


def _or_nothing(value: float, form: str) -> str:
    return "" if pd.isna(value) else form.format(value)


def _share(row: Mapping[str, Any] | pd.Series) -> str:
    return f"{100 * row['share']:.0f} ({100 * row['low']:.0f}-{100 * row['high']:.0f})"


def _with_bounds(row: Mapping[str, Any] | pd.Series, name: str) -> str:
    """'47 (39-56)': a share with its interval, in percent."""
    return f"{100 * row[name]:.0f} ({100 * row[f'{name}_low']:.0f}-{100 * row[f'{name}_high']:.0f})"


def _table(headings: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [headings, ["---"] * len(headings), *rows])


def main(arguments: list[str]) -> int:
    """Write the numbers, or say which pages are stale."""
    behind = stale()
    for page in behind:
        print(f"{page.relative_to(ROOT)}: {'stale' if arguments == ['--check'] else 'written'}")
        if arguments != ["--check"]:
            page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 1 if behind and arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
