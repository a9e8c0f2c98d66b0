"""`circuit calibrate`, step by step: what the prior can do, what the record can teach, and an ensemble that it allows.

The order: screening, a reference table from the prior with its check against the record, history matching in waves,
the smoother, a witness by regression ABC, coverage on made-up truths, and what each parameter does to the ending.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.dates import FIRST, number_of
from simulation.errors import CircuitError

from ..common.arrays import Floats
from ..ensembles.ensemble import Ensemble
from ..ensembles.unknowns import Unknowns, candidates
from ..record.observations import Points, Record
from ..study.schema import model_digest
from .coverage import Held, Truth, synthetic_coverage
from .discrepancy import data_of
from .matching import Wave, implausibility, next_wave, not_ruled_out, prior_check, worst
from .members import Task
from .parameter_table import parameter_table
from .pooling import pooled
from .regression_abc import Sample, regression_abc
from .screening import design_of, kept_of, screening
from .smoother import STEPS, Assimilation, Forward, Members, Posterior, assimilate
from .stages import Desk

SEED_OF_TABLE, SEED_OF_WAVES, SEED_OF_TRUTHS, SEED_OF_MEMBERS = 11, 12, 13, 14
SMOOTHERS = 8  # shares of pullbacks by 2030Q4 lie .04 to .07 apart between single ones, a third of it between pools
FIRST_SEED = 100_000  # of members: apart from the seeds of studies
QUARTERS_OF_AN_ENDING = 40
RUNS_OF_THE_FIRMS_CHECK = 200
MANY_FIRMS = 1000
FUTURES = (4, 8)  # quarters ahead at which made-up futures are held


@dataclass(frozen=True)
class Wanted:
    """How much of each step: runs of the table and of a wave, members of each smoother and of the pool, made-up truths
    and so on."""

    opening: str = FIRST
    until: str = "2025Q3"
    trajectories: int = 6
    most: int = 40
    table: int = 6000
    waves: int = 2
    wave_runs: int = 1500
    members: int = 500
    smoothers: int = SMOOTHERS
    pool: int = 1000
    steps: int = STEPS
    truths: int = 30
    truth_members: int = 150
    firms: int = 200


@dataclass
class Found:
    """Everything that a calibration finds, in the order in which it finds it."""

    wanted: Wanted
    points: Points
    screened: pd.DataFrame
    unknowns: Unknowns
    check: pd.DataFrame
    firms: pd.DataFrame
    waves: list[Wave]
    posterior: Posterior
    witness: Sample
    coverage: Held | None
    parameters: pd.DataFrame
    ensemble: Ensemble
    implausible_before: float
    implausible_after: float
    failed: int
    notes: dict[str, Any] = field(default_factory=dict)


class Calibration:
    """One calibration, with what its steps share."""

    def __init__(self, record: Record, wanted: Wanted, desk: Desk) -> None:
        if not number_of(wanted.opening) < number_of(wanted.until):
            raise CircuitError(f"--until {wanted.until}: must be after the opening of {wanted.opening}")
        self.wanted, self.desk, self.record = wanted, desk, record
        self.points = record.points(wanted.opening, wanted.until)
        if len(self.points) < 2:
            raise CircuitError(f"nothing that conditions is recorded from {wanted.opening} to {wanted.until}")
        self.quarters = number_of(wanted.until) - number_of(wanted.opening)
        self.data = data_of(self.points)

    def task(self, unknowns: Unknowns, more: int = 0, firms: int | None = None, ending: bool = False) -> Task:
        """Runs over the window and `more` quarters."""
        return Task(unknowns, self.wanted.opening, self.quarters + more, firms or self.wanted.firms, ending)

    def simulate(self, name: str, unknowns: Unknowns, vectors: Floats, seeds: npt.NDArray[np.int64]) -> Floats:
        """What runs have to say of the observations, one row each."""
        task = self.task(unknowns)
        return self.points.simulated(task.observed(self.desk.results(name, task, vectors, list(seeds))))

    def screened(self) -> pd.DataFrame:
        """The Morris table over every parameter with a range; luck and seed are the same in all runs."""
        names = candidates()
        unknowns = Unknowns(names)
        design, scores = design_of(names, self.wanted.trajectories)
        seeds = np.full(len(scores), FIRST_SEED)
        return screening(design, self.points, self.simulate("screening", unknowns, scores, seeds))

    def of_many_firms(self, unknowns: Unknowns) -> pd.DataFrame:
        """How much the number of firms moves what is observed: the same runs with many and with few."""
        vectors = unknowns.draw(RUNS_OF_THE_FIRMS_CHECK, SEED_OF_TABLE)
        seeds = list(FIRST_SEED + np.arange(len(vectors)))
        means = []
        for firms in (self.wanted.firms, MANY_FIRMS):
            task = self.task(unknowns, firms=firms)
            results = self.desk.results(f"{firms} firms", task, vectors, seeds)
            means.append(np.nanmean(self.points.simulated(task.observed(results)), axis=0))
        moved = np.abs(means[1] - means[0]) / self.data.deviations
        table = pd.DataFrame({"series": [row.series for row in self.points.rows], "moved": moved})
        moved_by_series: pd.DataFrame = table.groupby("series", as_index=False).max()
        return moved_by_series

    def run(self, report: Callable[[str, Any], None]) -> Found:
        """All steps; `report` hears of each what it found."""
        wanted, points = self.wanted, self.points
        screened = self.screened()
        report("screening", screened)
        names = kept_of(screened, wanted.most)
        unknowns = Unknowns(names, quarters=self.quarters)
        firms = self.of_many_firms(unknowns)
        report("firms", firms)
        vectors = unknowns.draw(wanted.table, SEED_OF_TABLE)
        seeds = FIRST_SEED + np.arange(wanted.table)
        simulated = self.simulate("table", unknowns, vectors, seeds)
        whole = np.isfinite(simulated).all(axis=1)
        vectors, simulated, seeds = vectors[whole], simulated[whole], seeds[whole]
        check = prior_check(points, simulated)
        report("prior", check)
        waves, before, luck = self.match(unknowns, vectors, simulated)
        report("waves", waves)
        posterior = self.smooth(unknowns, vectors, simulated, seeds)
        after = float((worst(implausibility(points, posterior.after, luck)) >= 3.0).mean())
        count = len(names)
        witness = regression_abc(vectors[:, :count], simulated, points.targets, self.data.deviations)
        coverage = self.covered(unknowns, vectors, simulated, seeds) if wanted.truths else None
        if coverage is not None:
            report("coverage", coverage)
        ensemble = Ensemble(
            unknowns, posterior.vectors, seeds[posterior.members], wanted.opening, wanted.until, self.made(),
            smoothers=wanted.smoothers,
        )  # fmt: skip
        parameters = parameter_table(unknowns, posterior.vectors, witness, self.endings(ensemble))
        report("parameters", parameters)
        return Found(
            wanted, points, screened, unknowns, check, firms, waves, posterior, witness, coverage, parameters,
            ensemble, before, after, self.desk.failed,
        )  # fmt: skip

    def match(self, unknowns: Unknowns, vectors: Floats, simulated: Floats) -> tuple[list[Wave], float, Floats]:
        """History matching of the parameters from the table on: waves, the share of the prior that is implausible,
        and what luck alone does to each observation."""
        wanted, count = self.wanted, len(unknowns.parameters)
        still = np.zeros((200, unknowns.size))
        still[:, count:] = vectors[:200, count:]
        luck = np.nanstd(self.simulate("luck", unknowns, still, FIRST_SEED + np.arange(len(still))), axis=0)
        by_series = implausibility(self.points, simulated, luck)
        before = float((worst(by_series) >= 3.0).mean())
        waves = [Wave(len(vectors), not_ruled_out(vectors[:, :count], by_series))]
        rng = np.random.default_rng(SEED_OF_WAVES)
        for number in range(1, wanted.waves + 1):
            near = next_wave(waves[-1].kept, wanted.wave_runs, SEED_OF_WAVES + number)
            drawn = np.column_stack([near, rng.standard_normal((len(near), unknowns.size - count))])
            values = self.simulate(f"wave {number}", unknowns, drawn, FIRST_SEED + np.arange(len(drawn)))
            good = np.isfinite(values).all(axis=1)
            by_series = implausibility(self.points, values[good], luck)
            waves.append(Wave(len(drawn), not_ruled_out(near[good], by_series)))
        return waves, before, luck

    def smooth(self, unknowns: Unknowns, vectors: Floats, simulated: Floats, seeds: npt.NDArray[np.int64]) -> Posterior:
        """The smoothers, each from members of the table that no other takes, pooled: members are rows of the table."""
        count = min(self.wanted.members, len(vectors) // self.wanted.smoothers)
        parts = []
        for number in range(self.wanted.smoothers):
            first = number * count
            mine = slice(first, first + count)
            found = assimilate(
                vectors[mine], self._forward(unknowns, seeds[mine], f"smoother {number + 1}"), self.data,
                unknowns.begins, self.wanted.steps, SEED_OF_MEMBERS + number, simulated[mine],
            )  # fmt: skip
            parts.append(found._replace(members=found.members + first))
        return pooled(parts, self.wanted.pool)

    def _forward(self, unknowns: Unknowns, seeds: npt.NDArray[np.int64], name: str) -> Forward:
        def forward(moved: Floats, members: Members, step: str) -> Floats:
            return self.simulate(f"{name}, {step}", unknowns, moved, seeds[members])

        return forward

    def conditioned(self, names: tuple[str, ...]) -> tuple[Unknowns, Floats, npt.NDArray[np.int64]]:
        """The smoothers alone, from their own draws of the prior and without a table: unknowns, vectors and seeds of
        the members that are left. For one origin of many."""
        unknowns, number = Unknowns(names, quarters=self.quarters), self.wanted.smoothers
        vectors = unknowns.draw(self.wanted.members * number, SEED_OF_TABLE)
        seeds = FIRST_SEED + np.arange(len(vectors))
        parts = [
            self.condition(unknowns, *draws, number=k)
            for k, draws in enumerate(zip(np.split(vectors, number), np.split(seeds, number), strict=True))
        ]
        return unknowns, np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def condition(
        self, unknowns: Unknowns, vectors: Floats, seeds: npt.NDArray[np.int64], number: int = 0
    ) -> tuple[Floats, npt.NDArray[np.int64]]:
        """What the record leaves of some draws, by the smoother of this number: vectors and seeds of the members that
        are left."""
        ensemble = Assimilation(vectors, self.data, unknowns.begins, self.wanted.steps, SEED_OF_MEMBERS + number)
        for step in range(self.wanted.steps):
            name = f"{self.wanted.until}, smoother {number + 1}, step {step}"
            ensemble.learn(self.simulate(name, unknowns, ensemble.vectors, seeds[ensemble.members]))
        return ensemble.vectors, seeds[ensemble.members]

    def covered(self, unknowns: Unknowns, vectors: Floats, simulated: Floats, seeds: npt.NDArray[np.int64]) -> Held:
        """Coverage on truths drawn from the prior that are not in the ensemble they are inferred from."""
        from ..record.observables import PLACE

        wanted, count = self.wanted, min(self.wanted.truth_members, len(vectors))
        task = self.task(unknowns, more=max(FUTURES))
        places = [PLACE[name, "economy"] for name in ("big4_capex", "nvidia_revenue", "lab_revenue")]

        def ahead(results: Floats) -> Floats:
            paths = task.observed(results)[:, [self.quarters + k for k in FUTURES]][:, :, places]
            return np.log(np.maximum(paths, 1e-9)).reshape(len(paths), -1)

        def futures(moved: Floats, members: Members, step: str) -> Floats:
            return ahead(self.desk.results(step, task, moved, list(seeds[members])))

        def forward(moved: Floats, members: Members, step: str) -> Floats:
            return self.simulate(step, unknowns, moved, seeds[members])

        drawn = unknowns.draw(wanted.truths, SEED_OF_TRUTHS)
        results = self.desk.results("truths", task, drawn, list(FIRST_SEED * 2 + np.arange(len(drawn))))
        observed = task.observed(results)
        truths = [
            Truth(drawn[k], self.points.simulated(observed[k]), ahead(results[k : k + 1])[0])
            for k in range(len(drawn))
            if np.isfinite(results[k]).all()
        ]
        return synthetic_coverage(
            truths, vectors[:count], simulated[:count], forward, futures, self.data, unknowns.begins,
            len(unknowns.parameters), wanted.steps, np.full(len(places) * len(FUTURES), 0.05),
        )  # fmt: skip

    def endings(self, ensemble: Ensemble) -> Floats:
        """Whether each member's economy has an investment pullback within ten years of the window's end."""
        task = self.task(ensemble.unknowns, more=QUARTERS_OF_AN_ENDING, ending=True)
        return self.desk.results("endings", task, ensemble.vectors, list(ensemble.seeds))[:, -1]

    def made(self) -> dict[str, Any]:
        """How the ensemble was made."""
        record = hashlib.sha256("\n".join(map(str, self.points.rows)).encode()).hexdigest()[:12]
        return {"model": model_digest()[:12], "record": record, "wanted": vars(self.wanted),
                "observations": len(self.points)}  # fmt: skip
