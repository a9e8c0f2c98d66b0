"""How often what was promised without being bound was cut: the record behind the hazard of cancelling deals.

hazard_of_cuts("AI")            # a quarter, over the letters of intent and options of 2023 to 2025-10"""

import math
from functools import cache
from typing import NamedTuple

from simulation.dates import between
from simulation.vintages.facts import rows_of


class Promise(NamedTuple):
    """One promise that could be cut. `quarters` is how long it was watched, `part_cut` how much of it was given up."""

    episode: str
    deal: str
    quarters: int
    part_cut: float


@cache
def promises() -> tuple[Promise, ...]:
    """All promises of the record, in the order of the file."""
    return tuple(
        Promise(episode, deal, between(announced, until), float(part))
        for episode, deal, announced, until, part, *_ in rows_of("cuts.csv")
    )


def hazard_of_cuts(episode: str) -> float:
    """Hazard a quarter at which a promise of an episode was cut: cuts over the quarters in which each could have been.

    A part that was cut of many promises taken together counts as that part of them, gone at a constant hazard."""
    watched = [promise for promise in promises() if promise.episode == episode]
    cuts = sum(-math.log(1.0 - promise.part_cut) if promise.part_cut < 1.0 else 1.0 for promise in watched)
    return cuts / sum(promise.quarters for promise in watched)


def hazard_of_record() -> float:
    """The geometric mean of the episodes' hazards: an episode counts once, however many promises it lists."""
    episodes = {promise.episode for promise in promises()}
    return math.exp(sum(math.log(hazard_of_cuts(episode)) for episode in episodes) / len(episodes))
