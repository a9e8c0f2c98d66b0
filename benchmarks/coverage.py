"""How often nominal 95% intervals hold the truth: `python -m benchmarks.coverage`, about five minutes.

Each line draws 2,000 synthetic studies from a law whose truth is known and counts in how many the interval
holds it. 93 to 97% is what a user may expect; the Monte Carlo error of a line is half a percentage point.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy import stats

from experiments import statistics as st
from experiments.batch.stopping import Stopping
from experiments.store.results import RUNS_PER_SHARD
from experiments.study.designs import StoppingRule
from experiments.study.schema import Plan, Specs, Study

LOWEST, HIGHEST = 0.93, 0.97
HEADLINE = (0.12, 0.08, 0.31, 0.49)
"""Shares of the four outcomes as in the headline study."""
MOST_SEEDS = 3000

Law = Callable[[int, int, np.random.Generator], tuple[st.Floats, float]]
"""Draws samples, one a row, and tells the truth about them."""


class Line(NamedTuple):
    """One kind of interval under one law: `held` says for each of some studies whether it held the truth."""

    what: str
    law: str
    n: str
    held: Callable[[int, np.random.Generator], st.Floats]


def holds(estimate: st.Estimate, truth: float) -> bool:
    """Whether the truth lies in the interval."""
    return estimate.low <= truth <= estimate.high


def shares(n: int, least: float, most: float, studies: int, rng: np.random.Generator) -> st.Floats:
    """Wilson intervals of a probability, itself drawn anew: at any single one, coverage jumps with counts."""
    truth = rng.uniform(least, most, size=studies)
    low, high = st.wilson_bounds(rng.binomial(n, truth, size=studies), n)
    return np.asarray((low <= truth) & (truth <= high), dtype=float)


def joint_shares(n: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Goodman intervals of the four outcomes, all at once."""
    truth = np.array(HEADLINE)
    low, high = st.wilson_bounds(rng.multinomial(n, truth, size=studies), n, 1.0 - 0.05 / truth.size)
    return np.asarray(np.all((low <= truth) & (truth <= high), axis=1), dtype=float)


def share_effects(n: int, gain: float, loss: float, studies: int, rng: np.random.Generator) -> st.Floats:
    """Tango intervals of a change of probability between paired runs."""
    held = []
    for gained, lost, same in rng.multinomial(n, [gain, loss, 1.0 - gain - loss], size=studies):
        after = np.repeat([1.0, 0.0, 0.0], [gained, lost, same])
        before = np.repeat([0.0, 1.0, 0.0], [gained, lost, same])
        held.append(holds(st.share_effect(after, before), gain - loss))
    return np.array(held, dtype=float)


def mean_effects(n: int, law: Law, studies: int, rng: np.random.Generator) -> st.Floats:
    """Intervals of the mean of paired differences: Student's of few, BCa of many."""
    samples, truth = law(studies, n, rng)
    return np.array(
        [holds(st.mean_effect(sample, seed=study), truth) for study, sample in enumerate(samples)], dtype=float
    )


def survival(n: int, time: float, studies: int, rng: np.random.Generator) -> st.Floats:
    """Kaplan-Meier intervals at one time: exponential lives of mean 20, censored at random and at 40."""
    truth, held = math.exp(-time / 20.0), []
    for _ in range(studies):
        times, happened = lives(n, rng)
        curve = st.kaplan_meier(times, happened, at=[time])
        held.append(bool(curve.low[0] <= truth <= curve.high[0]))
    return np.array(held, dtype=float)


def median_life(n: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Intervals of the median life, under the same law."""
    truth, held = 20.0 * math.log(2.0), []
    for _ in range(studies):
        times, happened = lives(n, rng)
        held.append(holds(st.kaplan_meier(times, happened, at=np.sort(times)).median, truth))
    return np.array(held, dtype=float)


def lives(n: int, rng: np.random.Generator) -> tuple[st.Floats, NDArray[np.bool_]]:
    """Times and whether it happened: mean life 20, some runs end early (mean 60), all end at 40."""
    life, end = rng.exponential(20.0, size=n), np.minimum(rng.exponential(60.0, size=n), 40.0)
    return np.minimum(life, end), life <= end


def log_rank_tests(n: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Log-rank tests between two groups of one law: 95% should find nothing."""
    found = [st.log_rank(*lives(n, rng), *lives(n, rng)) for _ in range(studies)]
    return np.array([p_value >= 0.05 for p_value in found], dtype=float)


def tails(
    n: int, statistic: Callable[..., st.Estimate], truth: float, studies: int, rng: np.random.Generator
) -> st.Floats:
    """Bootstrap intervals of the 5% tail of Student's t with five degrees of freedom."""
    samples = rng.standard_t(5, size=(studies, n))
    return np.array([holds(statistic(sample, seed=study), truth) for study, sample in enumerate(samples)], dtype=float)


def skewed(shape: float, studies: int, n: int, rng: np.random.Generator) -> tuple[st.Floats, float]:
    """Gamma distributed values and their mean."""
    return rng.gamma(shape, size=(studies, n)), shape


def symmetric(studies: int, n: int, rng: np.random.Generator) -> tuple[st.Floats, float]:
    """Normal values and their mean."""
    return rng.normal(1.0, 2.0, size=(studies, n)), 1.0


def medians(n: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Intervals of the median of an exponential law."""
    samples = rng.exponential(size=(studies, n))
    return np.array([holds(st.median(sample), math.log(2.0)) for sample in samples], dtype=float)


def ratios(n: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Fieller intervals of a ratio of means: lognormal losses, and twice as much in all, more or less."""
    held = []
    for _ in range(studies):
        direct = rng.lognormal(0.0, 0.5, size=n)
        held.append(holds(st.ratio_of_means(2.0 * direct * rng.gamma(4.0, 0.25, size=n), direct), 2.0))
    return np.array(held, dtype=float)


def common_seeds(n: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Intervals of the gain from common seeds: pairs of normal values, of whose variance four fifths are common."""
    held = []
    for study in range(studies):
        common = rng.normal(size=n)
        after, before = (common + 0.5 * rng.normal(size=n) for _ in range(2))
        held.append(holds(st.variance_reduction(after, before, seed=study), 2.0 * 1.25 / 0.5))
    return np.array(held, dtype=float)


def tail_effects(n: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Intervals of the change of the 5% tail between normal pairs: a tenth less spread, and .1 higher."""
    shortfall = -float(stats.norm.pdf(stats.norm.ppf(st.TAIL))) / st.TAIL
    held = []
    for study in range(studies):
        common = rng.normal(size=n) * math.sqrt(0.7)
        before, after = (common + rng.normal(size=n) * math.sqrt(0.3) for _ in range(2))
        effect = st.shortfall_effect(0.1 + 0.9 * after, before, seed=study)
        held.append(holds(effect, 0.1 - 0.1 * shortfall))
    return np.array(held, dtype=float)


LOSSES = np.array([[0.40, 0.55], [0.30, 0.60], [0.45, 0.50]])
"""Probability of a bad ending under three policies in two states of the world."""


def regret(n: int, place: tuple[int, int], studies: int, rng: np.random.Generator) -> st.Floats:
    """Intervals of the regret of a policy in a state, where chances of endings are half common to the policies."""
    truth = float((LOSSES - LOSSES.min(axis=0))[place])
    held = [
        holds(st.regrets(_endings(n, rng), seed=study).by_state[place[0]][place[1]], truth) for study in range(studies)
    ]
    return np.array(held, dtype=float)


def expected_regret(n: int, policy: int, studies: int, rng: np.random.Generator) -> st.Floats:
    """Intervals of the regret of a policy over both states, under the same law."""
    truth = float((LOSSES - LOSSES.min(axis=0))[policy].mean())
    held = [holds(st.regrets(_endings(n, rng), seed=study).expected[policy], truth) for study in range(studies)]
    return np.array(held, dtype=float)


def _endings(n: int, rng: np.random.Generator) -> st.Floats:
    fate = math.sqrt(0.5) * (rng.normal(size=n) + rng.normal(size=(*LOSSES.shape, n)))
    return -np.asarray(stats.norm.cdf(fate) < LOSSES[:, :, None], dtype=float)


def stopped_shares(bad: float, width: float, studies: int, rng: np.random.Generator) -> st.Floats:
    """Ordinary intervals of a share in studies that stopped on their width, by the rule that studies use."""
    held = []
    for _ in range(studies):
        ended_badly = rng.random(MOST_SEEDS) < bad
        seeds = stops_at([ended_badly], StoppingRule(width=width))
        held.append(holds(st.probability(int(ended_badly[:seeds].sum()), seeds), bad))
    return np.array(held, dtype=float)


def stopped_effects(gain: float, loss: float, width: float, studies: int, rng: np.random.Generator) -> st.Floats:
    """Ordinary Tango intervals of a change of a share in studies that stopped on its width, by that rule."""
    held = []
    for _ in range(studies):
        draw = rng.random(MOST_SEEDS)
        without, having = (draw < loss) | (draw > 0.7), (draw > 0.7) | ((draw >= loss) & (draw < loss + gain))
        seeds = stops_at([without, having], StoppingRule(width=width, of="effect"))
        held.append(holds(st.share_effect(having[:seeds], without[:seeds]), gain - loss))
    return np.array(held, dtype=float)


def stops_at(ended_badly: list[NDArray[np.bool_]], rule: StoppingRule) -> int:
    """At how many seeds a study of these arms stops, shard by shard as the runner shows them to its rule."""
    study = Study(policies=["a policy"] * (len(ended_badly) - 1), runs=MOST_SEEDS, stop=rule)
    stopping, arms = Stopping(Plan(study, study.arms(), Specs(study, [], {}))), study.arms()
    size = RUNS_PER_SHARD // len(arms)
    for start in range(0, MOST_SEEDS, size):
        ranks = range(start, start + size)
        shard = pa.table(
            {
                "arm": [arm.name for arm in arms for _ in ranks],
                "seed": [study.seed + rank for _ in arms for rank in ranks],
                "pullback": [bool(bad) for every in ended_badly for bad in every[start : ranks.stop]],
            }
        )
        if stopping.met(shard, ranks):
            return ranks.stop
    return MOST_SEEDS


def true_tail() -> tuple[float, float]:
    """Value-at-risk and expected shortfall at 5% of Student's t with five degrees of freedom."""
    law = stats.t(5)
    level = float(law.ppf(st.TAIL))
    return level, -float(law.pdf(level)) * (5.0 + level**2) / 4.0 / st.TAIL


def lines() -> list[Line]:
    """Everything that is measured."""
    value, shortfall = true_tail()
    censored = "exponential, censored"
    return [
        Line("share, Wilson", "p from .02 to .10", "200", partial(shares, 200, 0.02, 0.10)),
        Line("share, Wilson", "p from .2 to .4", "200", partial(shares, 200, 0.2, 0.4)),
        Line("share, Wilson", "p from .4 to .6", "500", partial(shares, 500, 0.4, 0.6)),
        Line("four shares at once, Goodman", "headline", "200", partial(joint_shares, 200)),
        Line("share, stopped at width .10", "p = .5", "to 500", partial(stopped_shares, 0.5, 0.10)),
        Line("share, stopped at width .10", "p = .2", "to 500", partial(stopped_shares, 0.2, 0.10)),
        Line(
            "effect, stopped at width .10", "gain .05, loss .03", "to 500", partial(stopped_effects, 0.05, 0.03, 0.10)
        ),
        Line(
            "effect, stopped at width .10", "gain .15, loss .10", "to 600", partial(stopped_effects, 0.15, 0.10, 0.10)
        ),
        Line("paired share, Tango", "gain .02, loss .01", "200", partial(share_effects, 200, 0.02, 0.01)),
        Line("paired share, Tango", "gain .05, loss .03", "200", partial(share_effects, 200, 0.05, 0.03)),
        Line("paired share, Tango", "gain .15, loss .10", "200", partial(share_effects, 200, 0.15, 0.10)),
        *(
            Line("paired mean, Student" if n < st.FEWEST_FOR_BOOTSTRAP else "paired mean, BCa", name, str(n), measured)
            for n in (10, 20, 30, 50, 200)
            for name, law in (("normal", symmetric), ("gamma, skewness 1", partial(skewed, 4.0)))
            for measured in (partial(mean_effects, n, law),)
        ),
        Line("ratio of means, Fieller", "lognormal", "20", partial(ratios, 20)),
        Line("ratio of means, Fieller", "lognormal", "50", partial(ratios, 50)),
        Line("median, order statistics", "exponential", "200", partial(medians, 200)),
        Line("gain from common seeds", "normal", "50", partial(common_seeds, 50)),
        Line("gain from common seeds", "normal", "200", partial(common_seeds, 200)),
        Line("regret in a state", "10 points", "50", partial(regret, 50, (0, 0))),
        Line("regret in a state", "10 points", "200", partial(regret, 200, (0, 0))),
        Line("regret in a state", "5 points, 2 rivals", "200", partial(regret, 200, (0, 1))),
        Line("regret over states", "5 to 10 points", "200", partial(expected_regret, 200, 0)),
        Line("survival, Kaplan-Meier", "S(10) = .61", "50", partial(survival, 50, 10.0)),
        Line("survival, Kaplan-Meier", "S(2) = .90", "200", partial(survival, 200, 2.0)),
        Line("survival, Kaplan-Meier", "S(10) = .61", "200", partial(survival, 200, 10.0)),
        Line("survival, Kaplan-Meier", "S(30) = .22", "200", partial(survival, 200, 30.0)),
        Line("median time, Kaplan-Meier", censored, "200", partial(median_life, 200)),
        Line("no difference, log-rank", censored, "2 x 200", partial(log_rank_tests, 200)),
        Line("value at risk 5%", "Student's t, 5", "400", partial(tails, 400, st.at_risk, value)),
        Line("expected shortfall 5%", "Student's t, 5", "400", partial(tails, 400, st.expected_shortfall, shortfall)),
        Line("change of shortfall 5%", "normal, paired", "400", partial(tail_effects, 400)),
    ]


def main() -> None:
    """Measure line by line and print the table; exit code 1 if a line falls outside 93 to 97%."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="synthetic studies a line (default: 2000)")
    parser.add_argument("--only", default="", help="lines whose name holds this text (default: all)")
    given = parser.parse_args()
    studies = given.studies
    console = Console() if sys.stdout.isatty() else Console(width=120)
    table = Table("interval", "law", "runs", "holds the truth in", "93 to 97%", title=f"Coverage, {studies:,} studies")
    outside = 0
    for line in (line for line in lines() if given.only in line.what):
        held = line.held(studies, np.random.default_rng(7))
        covered = st.probability(int(held.sum()), held.size)
        inside = LOWEST <= covered.value <= HIGHEST
        outside += not inside
        measured = f"{covered.value:.1%} ({covered.low:.1%} to {covered.high:.1%})"
        table.add_row(line.what, line.law, line.n, measured, "yes" if inside else "no")
    console.print(table)
    sys.exit(1 if outside else 0)


if __name__ == "__main__":
    main()
