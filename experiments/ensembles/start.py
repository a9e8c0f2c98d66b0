"""Where an economy starts: at a dated opening, or now, at the quarter at which an ensemble of the record stands.

`vintage` is "2022Q4", "2024Q4", "now" for the shipped ensemble, or the file of one that `circuit calibrate` wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ensemble import Ensemble, load_ensemble

if TYPE_CHECKING:
    from simulation import Economy, Scenario

NOW = "now"
SUFFIX = ".ensemble"


def ensemble_of(vintage: str) -> Ensemble | None:
    """The ensemble that a vintage means; none for a dated opening. Raises `CircuitError` where there is none."""
    if vintage == NOW:
        return load_ensemble()
    return load_ensemble(vintage) if vintage.endswith(SUFFIX) else None


def start_of(vintage: str) -> str:
    """The quarter in which economies of a vintage stand when a study takes over, as 2025Q3."""
    ensemble = ensemble_of(vintage)
    return ensemble.until if ensemble else vintage


def past_of(vintage: str) -> int:
    """Quarters that an economy of a vintage has behind it when a study takes over."""
    ensemble = ensemble_of(vintage)
    return ensemble.past if ensemble else 0


def economy_from(
    vintage: str, scenario: Scenario, seed: int, quarters: int, firms: int, keep_books: bool = False
) -> Economy:
    """An economy with `quarters` to go. From an ensemble it is member `seed` of it, with its own parameters where the
    scenario sets none, and has its past behind it; shocks and policies count their quarters from now."""
    from simulation import Economy

    ensemble = ensemble_of(vintage)
    if ensemble is not None:
        return ensemble.economy(seed, quarters, firms, scenario, keep_books)
    return Economy(scenario, seed=seed, vintage=vintage, quarters=quarters, firms=firms, keep_books=keep_books)
