"""A run that had a past when its question was asked, as every member of an ensemble has: the past is not told."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from simulation import Economy, Outcome


class RunSince:
    """What came of an economy after so many quarters, read like an economy, under the seed of its question.

    Quarters count from there on; damage and gain are measured against the twin that stands still from there on."""

    def __init__(self, economy: Economy, past: int, seed: int) -> None:
        self.economy, self.past, self.seed = economy, past, seed

    def __getattr__(self, name: str) -> Any:
        """Whatever has no beginning is the economy's own."""
        return getattr(self.economy, name)

    def label(self, quarter: int) -> str:
        """Calendar name of a quarter; 0 is the one in which the economy stood."""
        return self.economy.label(self.past + quarter)

    @property
    def quarter(self) -> int:
        """Quarters that have passed since then."""
        return self.economy.quarter - self.past

    @cached_property
    def history(self) -> pd.DataFrame:
        """All recorded series since then, one row a quarter."""
        return self.economy.history.iloc[self.past :]

    @property
    def series(self) -> np.ndarray:
        """The recorded series since then as a structured array, one record a quarter."""
        return self.economy.series[self.past :]

    @cached_property
    def events(self) -> pd.DataFrame:
        """What has happened since then."""
        events = self.economy.events
        return events[events["quarter"].isin(self.history.index)].reset_index(drop=True)

    @cached_property
    def firm_history(self) -> pd.DataFrame:
        """Key figures of named firms since then."""
        figures = self.economy.firm_history
        return figures[figures["quarter"].isin(self.history.index)].reset_index(drop=True)

    @cached_property
    def outcome(self) -> Outcome:
        """How the run has gone since then."""
        return self.economy.outcome_since(self.past)[0]

    @property
    def macro_twin(self) -> Any:
        """The twin that stands still from there on; the run itself where it has none."""
        twin = self.economy.macro_twin_from(self.past)
        return self if twin is self.economy else twin


def since(economy: Economy, past: int, seed: int) -> Economy | RunSince:
    """The run as it is told: the economy itself where nothing lies before."""
    return RunSince(economy, past, seed) if past else economy
