"""Whether the report's program is right: runs weighed by a belief beside runs that were made under it.

`python -m experiments.methods.believed FOLDER` writes `believed.csv`. The page's part is played by the table that a
report carries and the formulas of its program; the other part by economies of their own, whose parameters are drawn
from the belief. Both answer "if you believe this, what follows?". From an opening these are other seeds. From the
quarter at which an ensemble stands the record has its say first: an ensemble is made anew from the priors, which the
page weighs, and another for each belief with it in the place of the prior. All come from the same draws of everything
else by the same smoother, whose own chance would otherwise hide what is compared, and go on with other luck. That is
not what `--set` asks: there a parameter is set, whatever the record says of the economy that comes of it.
"""

import argparse
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import truncnorm

from simulation.scenario.parameters import PARAMETERS

from .. import statistics as st
from ..analysis.beliefs import Belief, family_of, on_scale, weighted_share, weights
from ..analysis.measures import EPISODES
from ..batch.runner import compute
from ..common.arrays import Floats
from ..common.export import folder_named
from ..ensembles.ensemble import Ensemble
from ..ensembles.start import ensemble_of
from ..ensembles.unknowns import Unknowns
from ..inference.calibration import Calibration, Wanted
from ..inference.stages import Desk
from ..record.observations import load_record
from ..report.simulator import flags_of, simulator_of
from ..store.results import write_csv
from ..study.schema import RunSpec, Study, plan
from .opened import run_study

SIZES = (500, 500)
"""Runs that the page weighs, and runs that are made under a belief."""
FIRMS = 100
MEMBERS = 500
"""Of an ensemble that is made anew: as many as are shipped."""
FIRST_SEED = 500_000
"""Of its members: apart from those of the ensemble that is shipped."""
OPENINGS = ("2022Q4", "now")
SEED = 20251031
POOR, RICH = Belief(math.log(0.03), 0.35), Belief(math.log(0.12), 0.35)
IMPATIENT = Belief(0.4, 0.15)
HELD: Mapping[str, Mapping[str, Belief]] = {
    "gamma around 0.03": {"gamma": POOR},
    "gamma around 0.12": {"gamma": RICH},
    "withdrawal_state around 0.4": {"withdrawal_state": IMPATIENT},
    "gamma around 0.03, withdrawal_state around 0.4": {"gamma": POOR, "withdrawal_state": IMPATIENT},
}
"""Beliefs by what the table calls them."""
COLUMNS = [
    "opening", "belief", "what", "drawn", "weighed", "weighed_low", "weighed_high", "effective_runs",
    "real", "real_low", "real_high", "runs", "difference", "low", "high",
]  # fmt: skip
"""`drawn` is the share before anything is believed; `difference` is the weighed share less the real one."""


def difference_of_shares(first: st.Estimate, second: st.Estimate) -> st.Estimate:
    """One share less an independent one. The interval is Newcombe's (1998, Statistics in Medicine 17), method 10: the
    distances of both shares to the ends of their own score intervals, as the sides of a right angle."""
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return st.Estimate(value, value - below, value + above, first.n + second.n)


def draws_of(beliefs: Mapping[str, Belief], runs: int) -> list[dict[str, float]]:
    """Parameters of each run, drawn from beliefs between the bounds of what the priors allow."""
    generator = np.random.default_rng(SEED)
    drawn = {name: _draws(name, belief, generator.random(runs)) for name, belief in beliefs.items()}
    return [{name: float(values[run]) for name, values in drawn.items()} for run in range(runs)]


def agreements(
    vintage: str,
    held: Mapping[str, Mapping[str, Belief]],
    sizes: tuple[int, int] = SIZES,
    firms: int = FIRMS,
    workers: int | None = None,
    quarters: int | None = None,
    members: int = MEMBERS,
) -> pd.DataFrame:
    """A row for each belief and each thing that the page shows. `sizes` are the runs that the page weighs, and those
    that are made under each belief; `members` those of the ensemble from which these begin, if the vintage means one.
    Raises `CircuitError` where runs cannot be computed."""
    weighed, others = sizes
    ensemble = ensemble_of(vintage)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)

        def study_of(beliefs: Mapping[str, Belief], words: str, runs: int, seed: int) -> Study:
            start = vintage
            if ensemble:
                start = str(folder / f"{words}.ensemble")
                Path(start).write_bytes(under(ensemble, beliefs, members, workers, believable).bytes())
            return Study(title=words, vintage=start, runs=runs, seed=seed, firms=firms, quarters=quarters)

        believable = tuple(dict.fromkeys(name for beliefs in held.values() for name in beliefs))
        page = simulator_of(run_study(study_of({}, "page", weighed, 1), folder / "runs", workers).analysis)
        assert page is not None
        drawn = {parameter["name"]: parameter["values"] for parameter in page["parameters"]}
        rows = []
        for words, beliefs in held.items():
            weight = weights(drawn, beliefs)
            specs = list(plan(study_of(beliefs, words, others, 1 + weighed)).specs)
            real = _outcomes(specs if ensemble else _set(specs, beliefs), workers)
            for shown in page["shown"]:
                flags = flags_of(page, page["arms"][0], shown["labels"])
                by_page, by_runs = weighted_share(flags, weight), _share(real, shown["labels"])
                difference = difference_of_shares(by_page, by_runs)
                rows.append(
                    (vintage, words, shown["name"], float(np.nanmean(flags)), *by_page, *by_runs, *difference[:3])
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def under(
    ensemble: Ensemble, beliefs: Mapping[str, Belief], members: int, workers: int | None = None,
    inferred: Sequence[str] = (),
) -> Ensemble:  # fmt: skip
    """What the record leaves of beliefs: an ensemble made as this one, but for parameters that are drawn from beliefs
    instead of their priors, and for luck and seeds of its own. `inferred` are parameters that it infers besides those
    of this one. Ensembles that infer the same begin with the same ranks and luck under every belief."""
    wanted = Wanted(ensemble.opening, ensemble.until, members=members, firms=ensemble.made["wanted"]["firms"])
    names = tuple(dict.fromkeys([*ensemble.unknowns.parameters, *inferred, *beliefs]))
    unknowns = Unknowns(names, quarters=ensemble.past)
    vectors = unknowns.draw(members, SEED)
    ranks = {name: ndtr(vectors[:, names.index(name)]) for name in beliefs}
    vectors = unknowns.believed(vectors, {name: _draws(name, beliefs[name], ranks[name]) for name in beliefs})
    with tempfile.TemporaryDirectory() as folder:
        calibration = Calibration(load_record(), wanted, Desk(Path(folder), workers))
        left, seeds = calibration.condition(unknowns, vectors, FIRST_SEED + np.arange(members))
    return Ensemble(unknowns, left, seeds, ensemble.opening, ensemble.until)


def in_words(found: pd.DataFrame) -> str:
    """How many differences have an interval beside zero, and how many would by chance."""
    beside = {
        str(opening): int(((rows["low"] > 0.0) | (rows["high"] < 0.0)).sum())
        for opening, rows in found.groupby("opening", sort=False)
    }
    each = ", ".join(f"{number} from {opening}" for opening, number in beside.items())
    return (
        f"Of {len(found)} differences between a weighed share and the real one, {sum(beside.values())} have a 95% "
        f"interval beside zero ({each}); by chance it would be about {(1.0 - st.CONFIDENCE) * len(found):.0f}."
    )


def _draws(name: str, belief: Belief, ranks: Floats) -> Floats:
    """Values below which a belief has such shares of its mass, between the bounds that the prior keeps to."""
    parameter, family = PARAMETERS[name], family_of(name)
    ends = (parameter.lowest, parameter.highest) if family.kind == "normal" else (parameter.low, parameter.high)
    low, high = (on_scale(name, ends) - belief.middle) / belief.spread
    x = truncnorm.ppf(ranks, low, high, belief.middle, belief.spread)
    return np.asarray(np.exp(x) if family.logarithmic else x)


def _set(specs: Sequence[RunSpec], beliefs: Mapping[str, Belief]) -> list[RunSpec]:
    """Runs whose parameters are set to draws from beliefs."""
    draws = draws_of(beliefs, len(specs))
    return [replace(spec, point=tuple(draw.items())) for spec, draw in zip(specs, draws, strict=True)]


def _outcomes(specs: Sequence[RunSpec], workers: int | None) -> pd.DataFrame:
    """How runs end; failed ones are left out."""
    rows = [rows for _, rows in compute(specs, workers)]
    return pd.DataFrame([each["outcome"] for each in rows if "outcome" in each])


def _share(runs: pd.DataFrame, labels: Sequence[str]) -> st.Estimate:
    """The share of runs with one of these endings or episodes."""
    happened = runs["outcome"].isin(labels)
    for measure in EPISODES:
        if measure.name in labels:
            happened |= measure.read(runs) > 0.0
    return st.probability(int(happened.sum()), len(runs))


def main() -> None:
    """Write the table, and say how many differences are more than chance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=folder_named)
    options = parser.parse_args()
    found = pd.concat([agreements(vintage, HELD) for vintage in OPENINGS])
    write_csv(options.folder / "believed.csv", found)
    print(in_words(found))


if __name__ == "__main__":
    main()
