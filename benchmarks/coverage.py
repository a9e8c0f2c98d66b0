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
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy import stats

from experiments import statistics as st

LOWEST, HIGHEST = 0.93, 0.97
LABELS = ("payoff", "muddle-through", "pullback", "systemic bust")
HEADLINE = (0.12, 0.08, 0.31, 0.49)
"""Shares of outcomes as in the headline study."""


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


def mean_effects(n: int, shape: float, studies: int, rng: np.random.Generator) -> st.Floats:
    """BCa intervals of the mean of skewed paired differences (gamma distributed)."""
    samples = rng.gamma(shape, size=(studies, n))
    return np.array(
        [holds(st.mean_effect(sample, seed=study), shape) for study, sample in enumerate(samples)], dtype=float
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


def stopped(width: float, studies: int, rng: np.random.Generator) -> st.Floats:
    """Ordinary intervals of the four outcomes, all at once, in studies that stopped on their width."""
    truth, held = np.array(HEADLINE), []
    joint = 1.0 - 0.05 / truth.size
    most = math.ceil(6.5 / width**2)
    for draws in rng.choice(len(LABELS), size=(studies, most), p=truth):
        seeds = st.seeds_needed({"baseline": [LABELS[draw] for draw in draws]}, LABELS, width) or most
        low, high = st.wilson_bounds(np.bincount(draws[:seeds], minlength=truth.size), seeds, joint)
        held.append(bool(np.all((low <= truth) & (truth <= high))))
    return np.array(held, dtype=float)


def true_tail() -> tuple[float, float]:
    """Value-at-risk and expected shortfall at 5% of Student's t with five degrees of freedom."""
    law = stats.t(5)
    level = float(law.ppf(st.TAIL))
    return level, -float(law.pdf(level)) * (5.0 + level**2) / 4.0 / st.TAIL


def lines() -> list[Line]:
    """Everything that is measured."""
    value, shortfall = true_tail()
    skewed, censored = "gamma, skewness 1", "exponential, censored"
    return [
        Line("share, Wilson", "p from .02 to .10", "200", partial(shares, 200, 0.02, 0.10)),
        Line("share, Wilson", "p from .2 to .4", "200", partial(shares, 200, 0.2, 0.4)),
        Line("share, Wilson", "p from .4 to .6", "500", partial(shares, 500, 0.4, 0.6)),
        Line("four shares at once, Goodman", "headline", "200", partial(joint_shares, 200)),
        Line("four shares, stopped at width .15", "headline", "to 288", partial(stopped, 0.15)),
        Line("paired share, Tango", "gain .02, loss .01", "200", partial(share_effects, 200, 0.02, 0.01)),
        Line("paired share, Tango", "gain .05, loss .03", "200", partial(share_effects, 200, 0.05, 0.03)),
        Line("paired share, Tango", "gain .15, loss .10", "200", partial(share_effects, 200, 0.15, 0.10)),
        Line("paired mean, BCa", skewed, "50", partial(mean_effects, 50, 4.0)),
        Line("paired mean, BCa", skewed, "200", partial(mean_effects, 200, 4.0)),
        Line("survival, Kaplan-Meier", "S(10) = .61", "50", partial(survival, 50, 10.0)),
        Line("survival, Kaplan-Meier", "S(2) = .90", "200", partial(survival, 200, 2.0)),
        Line("survival, Kaplan-Meier", "S(10) = .61", "200", partial(survival, 200, 10.0)),
        Line("survival, Kaplan-Meier", "S(30) = .22", "200", partial(survival, 200, 30.0)),
        Line("median time, Kaplan-Meier", censored, "200", partial(median_life, 200)),
        Line("no difference, log-rank", censored, "2 x 200", partial(log_rank_tests, 200)),
        Line("value at risk 5%", "Student's t, 5", "400", partial(tails, 400, st.at_risk, value)),
        Line("expected shortfall 5%", "Student's t, 5", "400", partial(tails, 400, st.expected_shortfall, shortfall)),
    ]


def main() -> None:
    """Measure line by line and print the table; exit code 1 if a line falls outside 93 to 97%."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="synthetic studies a line (default: 2000)")
    studies = parser.parse_args().studies
    console = Console() if sys.stdout.isatty() else Console(width=120)
    table = Table("interval", "law", "runs", "holds the truth in", "93 to 97%", title=f"Coverage, {studies:,} studies")
    outside = 0
    for line in lines():
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
