"""The posterior ensemble as data: parameters, luck and seeds of its members, and how it was made.

ensemble = load_ensemble()                 # the shipped one
economy = ensemble.economy(0, quarters=40) # its first member, run to the quarter at which the ensemble stands
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulation.dates import number_of
from simulation.errors import CircuitError
from simulation.recent import Recent
from simulation.scenario.parameters import AT_OPENING

from ..common.arrays import Floats
from .unknowns import Unknowns

if TYPE_CHECKING:
    from simulation import Economy, Scenario

Own = tuple[tuple[str, float], ...]
FILE = "record.ensemble"
HEAD = "head.json"
LARGEST = 1_000_000  # bytes of the shipped file
RESEED = 1_000_003  # apart of two futures of one member
GRAIN = 32.0  # innovations are kept to this part of a standard deviation: it says all, and the file is a third smaller


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Members that the record up to the quarter `until` allows, all equally likely.

    They come in turn from `smoothers` independent inferences: member m from number m modulo `smoothers`."""

    unknowns: Unknowns
    vectors: Floats
    seeds: npt.NDArray[np.int64]
    opening: str
    until: str
    made: dict[str, Any] = field(default_factory=dict)
    smoothers: int = 1

    def __post_init__(self) -> None:
        if self.smoothers < 1 or len(self.vectors) % self.smoothers:
            raise ValueError("every smoother must have as many members")

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def past(self) -> int:
        """Quarters from the opening to the quarter at which the ensemble stands."""
        return number_of(self.until) - number_of(self.opening)

    def smoother_of(self, seeds: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The number of the smoother from which the economies of some seeds come."""
        return np.asarray(seeds, dtype=np.int64) % self.smoothers

    def parameters(self) -> dict[str, Floats]:
        """Values of the inferred parameters by member."""
        rows = [self.unknowns.values(vector) for vector in self.vectors]
        return {name: np.array([row[name] for row in rows]) for name in self.unknowns.parameters}

    def economy(self, seed: int, quarters: int, firms: int = 1000, scenario: Scenario | None = None,
                keep_books: bool = False) -> Economy:  # fmt: skip
        """An economy that stands at the quarter `until` with `quarters` to go, under a scenario from there on.

        Seed s takes member s modulo their number; each round of them has another future. Shocks, policies and events
        count their quarters from `until`; parameters that the scenario sets by itself hold from there on too. Those
        that only an opening reads, as gamma, hold from the member's own opening on, and its past is lived with them."""
        own = (
            {}
            if scenario is None
            else {name: scenario.parameters[name] for name in AT_OPENING & {*scenario.parameters}}
        )
        standing = STANDING(self, int(seed), quarters, firms, keep_books, tuple(sorted(own.items())))
        return standing.fork(None if scenario is None else shifted(scenario, self.past, standing.scenario))

    def opened(self, member: int, quarters: int, firms: int, keep_books: bool = False, own: Own = ()) -> Economy:
        """A member before its first quarter, with `quarters` to go after `until` and parameters that are set in it."""
        return economy_of(
            self.unknowns, self.vectors[member], int(self.seeds[member]), self.opening, self.past + quarters, firms,
            keep_books, own,
        )  # fmt: skip

    def stand(self, seed: int, quarters: int, firms: int, keep_books: bool, own: Own = ()) -> Economy:
        """A member run to the quarter `until`, with `quarters` to go and parameters that are set in it."""
        member, again = seed % len(self), seed // len(self)
        economy = self.opened(member, quarters, firms, keep_books, own)
        while economy.quarter < self.past:
            economy.step()
        economy.begin_here(int(self.seeds[member]) + again * RESEED)
        return economy

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ensemble) and self._digest == other._digest

    def digest(self) -> str:
        """Eight characters that name what is in it."""
        return self._digest[:8]

    @cached_property
    def _digest(self) -> str:
        content = hashlib.sha256(self.vectors.astype(np.float32).tobytes() + self.seeds.tobytes())
        content.update(f"{self.unknowns}{self.opening}{self.until}".encode())
        return content.hexdigest()

    def bytes(self) -> bytes:
        """The file: a zip of a head in JSON and plain arrays, parameters in single precision, innovations in half and
        rounded."""
        count = len(self.unknowns.parameters)
        parts = {
            "parameters.f4": self.vectors[:, :count].astype("<f4"),
            "innovations.f2": (np.round(self.vectors[:, count:] * GRAIN) / GRAIN).astype("<f2"),
            "seeds.i8": self.seeds.astype("<i8"),
        }
        head = {
            "parameters": list(self.unknowns.parameters),
            "slots": [list(slot) for slot in self.unknowns.slots],
            "quarters": self.unknowns.quarters,
            "members": len(self),
            "smoothers": self.smoothers,
            "opening": self.opening,
            "until": self.until,
            "made": self.made,
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            # A date of its own would make two equal ensembles two files.
            archive.writestr(zipfile.ZipInfo(HEAD), json.dumps(head, sort_keys=True), zipfile.ZIP_DEFLATED)
            for name, array in parts.items():
                archive.writestr(zipfile.ZipInfo(name), array.tobytes(), zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


STANDING: Recent[Economy] = Recent(Ensemble.stand)
"""Members that were run to their quarter: the arms of a study that have a seed in common all start from one."""


def economy_of(
    unknowns: Unknowns, vector: Floats, seed: int, opening: str, quarters: int, firms: int, keep_books: bool = False,
    own: Own = (),
) -> Economy:  # fmt: skip
    """An economy with the parameters and the luck of a vector, but for parameters that are set."""
    from simulation import Economy, Scenario
    from simulation.scenario import draw_prior, prior_names

    others = draw_prior(seed, [name for name in prior_names() if name not in unknowns.parameters])
    return Economy(
        Scenario.load("baseline").with_parameters(**{**others, **unknowns.values(vector), **dict(own)}),
        seed=seed,
        vintage=opening,
        quarters=quarters,
        firms=firms,
        disturbances=unknowns.disturbances(vector),
        keep_books=keep_books,
    )


def load_ensemble(file: str | Path | None = None) -> Ensemble:
    """The shipped ensemble, or one that `circuit calibrate` has written. Raises `CircuitError` for anything else."""
    return _load(None if file is None else str(file))


@lru_cache(maxsize=4)
def _load(file: str | None) -> Ensemble:
    place = Path(file) if file else files("experiments.ensembles") / "data" / FILE
    try:
        content = place.read_bytes()
    except OSError:
        what = f"{file}: cannot be read" if file else "no ensemble is shipped with this version"
        raise CircuitError(f"{what}: circuit calibrate makes one") from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            head = json.loads(archive.read(HEAD))
            names = tuple(head["parameters"])
            members = int(head["members"])
            arrays = [
                np.frombuffer(archive.read(name), f"<{name[-2:]}").reshape(members, -1)
                for name in ("parameters.f4", "innovations.f2", "seeds.i8")
            ]
        vectors, seeds = np.concatenate(arrays[:2], axis=1, dtype=float), arrays[2][:, 0].astype(np.int64)
        unknowns = Unknowns(names, tuple((str(one), str(other)) for one, other in head["slots"]), head["quarters"])
        ensemble = Ensemble(unknowns, vectors, seeds, head["opening"], head["until"], head["made"],
                            int(head.get("smoothers", 1)))  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile):
        raise CircuitError(f"{place}: is no ensemble that circuit calibrate has written") from None
    _check_fits(ensemble, str(place))
    return ensemble


def _check_fits(ensemble: Ensemble, place: str) -> None:
    from simulation.disturbances.process import SLOTS
    from simulation.scenario import PARAMETERS

    gone = [name for name in ensemble.unknowns.parameters if name not in PARAMETERS]
    gone += [" of ".join(slot) for slot in ensemble.unknowns.slots if slot not in SLOTS]
    if gone or ensemble.vectors.shape[1] != ensemble.unknowns.size:
        what = f" (it infers {', '.join(gone[:3])})" if gone else ""
        raise CircuitError(f"{place}: comes from another version of the model{what}: make it anew by circuit calibrate")


def shifted(scenario: Scenario, quarters: int, standing: Scenario) -> Scenario:
    """A scenario whose shocks, policies and events start so many quarters later, in an economy whose parameters are
    those of `standing` where the scenario sets none by itself."""
    return replace(
        scenario.over(standing.parameters),
        shocks=tuple(replace(path, start=path.start + quarters) for path in scenario.shocks),
        policies=tuple(
            replace(policy, paths=tuple(replace(path, start=path.start + quarters) for path in policy.paths))
            for policy in scenario.policies
        ),
        events=tuple(replace(event, quarter=event.quarter + quarters) for event in scenario.events),
    )
