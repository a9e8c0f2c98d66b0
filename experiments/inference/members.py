"""Runs of an ensemble: each is an economy with its own parameters, luck and seed, of which what is observed is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from ..common.arrays import Floats
from ..ensembles.ensemble import economy_of
from ..ensembles.unknowns import Unknowns
from ..record.observables import COLUMNS

if TYPE_CHECKING:
    from simulation import Economy

    from ..batch.worker import Rows


@dataclass(frozen=True)
class Task:
    """What is run for every member: the opening, how far, with how many firms, and what is inferred.

    With `ending` it is kept too whether the run had an investment pullback."""

    unknowns: Unknowns
    opening: str
    quarters: int
    firms: int
    ending: bool = False

    @property
    def length(self) -> int:
        """How many numbers a run leaves."""
        return (self.quarters + 1) * len(COLUMNS) + int(self.ending)

    def observed(self, results: Floats) -> Floats:
        """What is observed, by run, quarter (the opening first) and column."""
        return results[:, : (self.quarters + 1) * len(COLUMNS)].reshape(-1, self.quarters + 1, len(COLUMNS))


@dataclass(frozen=True)
class Member:
    """One run of a task."""

    number: int
    task: Task
    seed: int
    vector: Floats

    def economy(self) -> Economy:
        """The economy before its first quarter. What is uncertain and not inferred is drawn with the member's seed."""
        return economy_of(self.task.unknowns, self.vector, self.seed, self.task.opening, self.task.quarters,
                          self.task.firms)  # fmt: skip


def run_member(member: Member) -> Rows:
    """What a run shows of the observed series, and of its ending where that is asked."""
    from simulation.endings.episodes import pullback_since

    from ..record.recorder import observe

    economy = member.economy()
    result = observe(economy).ravel()
    if member.task.ending:
        result = np.append(result, float(pullback_since(economy.series, 0)[0]))
    return cast("Rows", {"result": result.astype(np.float32)})
