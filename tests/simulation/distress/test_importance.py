"""Importance on the model's own books."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.distress.importance import exposures


@pytest.fixture(scope="module")
def economy() -> Economy:
    return Economy(Scenario.load("baseline"), seed=1, quarters=3, firms=20).run()


def test_who_is_owed_and_who_owns_is_exposed(economy: Economy) -> None:
    exposure = exposures(economy._books_of(None))
    names = economy.column_names
    microsoft, openai, insurer, oracle = (
        names.index(name) for name in ("Microsoft", "OpenAI", "Insurers and bond funds", "Oracle")
    )
    sheet = economy.balance_sheet(by="agent")
    assert exposure[insurer, oracle] >= -sheet.loc["corporate_bonds", "Oracle"] - 1e-9
    assert exposure[microsoft, openai] > 10.0  # its stake and a year of rent
    assert (np.diag(exposure) == 0.0).all()
    assert (exposure >= 0.0).all()


def test_ranks_are_shares_of_all_assets_and_can_be_asked_of_any_quarter(economy: Economy) -> None:
    for quarter in (0, 1, 3):
        ranking = economy.importance(quarter).set_index("agent")
        assert ranking["debt_rank"].between(0.0, 1.0).all()
        assert (ranking["removal"] >= ranking["debt_rank"]).all()
        assert ranking["removal"].is_monotonic_decreasing
    # a lab's failure costs its owners and its clouds; a synthetic neocloud's hardly anybody
    assert ranking.loc["OpenAI", "debt_rank"] > ranking.loc["Neocloud 3", "debt_rank"]
