"""What is inferred: parameters, and the luck of every quarter, as one vector of standard normal numbers.

A parameter enters by the quantile of its prior (its normal score), so a vector of independent standard normal numbers
is a draw from the prior, and no update can leave a parameter's bounds. Luck enters as the innovations that the
disturbances take anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simulation.disturbances.given import SLOT_OF, Disturbances
from simulation.disturbances.process import SLOTS
from simulation.scenario import PARAMETERS, prior_quantile

from ..common.arrays import Floats

FURTHEST = 4.0  # standard deviations: beyond them a normal score says no more
SCORES_OF_A_PRIOR = 2001  # between which its quantiles are a straight line


def candidates() -> tuple[str, ...]:
    """Every declared parameter with a range to draw from; switches and levers are an experiment's own choice."""
    return tuple(
        name for name, each in PARAMETERS.items() if not each.is_switch and each.status != "lever"
        and each.high > each.low
    )  # fmt: skip


@dataclass(frozen=True)
class Unknowns:
    """The parameters and the disturbances (with whom they strike) that are inferred, over `quarters` quarters."""

    parameters: tuple[str, ...]
    slots: tuple[tuple[str, str], ...] = SLOTS
    quarters: int = 0

    @property
    def size(self) -> int:
        """Length of a vector: parameters first, then innovations quarter by quarter."""
        return len(self.parameters) + self.quarters * len(self.slots)

    @cached_property
    def begins(self) -> npt.NDArray[np.int64]:
        """The simulated quarter from which each unknown can show: 1 for parameters and the luck of the first."""
        of_luck = np.repeat(np.arange(1, self.quarters + 1), len(self.slots))
        return np.concatenate([np.ones(len(self.parameters), dtype=np.int64), of_luck])

    def draw(self, count: int, seed: int) -> Floats:
        """Vectors from the prior, one a row."""
        return np.random.default_rng(seed).standard_normal((count, self.size))

    def believed(self, vectors: Floats, drawn: Mapping[str, Sequence[float] | Floats]) -> Floats:
        """The same vectors, in which parameters have what was drawn for them, a value a vector, as its normal score."""
        from scipy.special import ndtr

        found = vectors.copy()
        scores = np.linspace(-FURTHEST, FURTHEST, SCORES_OF_A_PRIOR)
        for name, values in drawn.items():
            quantiles = [prior_quantile(name, float(share)) for share in ndtr(scores)]
            found[:, self.parameters.index(name)] = np.interp(values, quantiles, scores)
        return found

    def values(self, vector: Floats) -> dict[str, float]:
        """Parameters by name."""
        from scipy.special import ndtr

        shares = ndtr(np.clip(vector[: len(self.parameters)], -FURTHEST, FURTHEST))
        return {name: prior_quantile(name, float(share)) for name, share in zip(self.parameters, shares, strict=True)}

    def innovations(self, vector: Floats) -> Floats:
        """Innovations by quarter and slot."""
        return vector[len(self.parameters) :].reshape(self.quarters, len(self.slots))

    def disturbances(self, vector: Floats) -> Disturbances:
        """The luck of the past; what is not inferred is drawn."""
        full = np.full((self.quarters, len(SLOTS)), np.nan)
        full[:, [SLOT_OF[slot] for slot in self.slots]] = self.innovations(vector)
        return Disturbances(full)
