"""Where the shipped ensemble stands, by firm."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.ensembles.ensemble import load_ensemble
from experiments.evidence.now import cuts, standing


def test_years_of_the_giants_add_up_and_bands_hold_their_medians() -> None:
    found = standing(load_ensemble(), members=1, firms=10)
    assert set(found["what"]) == {"capex", "revenue", "burn"}
    assert set(found["year"]) == {2025, 2026, 2027}
    capex = found[(found["what"] == "capex") & (found["year"] == 2025)].set_index("firm")["median"]
    assert capex.drop("six giants").sum() == pytest.approx(capex["six giants"])
    assert ((found["low"] <= found["median"]) & (found["median"] <= found["high"])).all()


def test_deals_that_bind_nobody_are_cut_about_as_often_as_recorded() -> None:
    hazard = cuts(load_ensemble(), members=20, firms=10).set_index("episode")["hazard"]
    record = hazard.drop(hazard.index[-1])
    assert 0.3 * record.min() < hazard.iloc[-1] < 3.0 * record.max()


THREE_YEARS = 12


def test_another_lab_overtakes_the_first_within_three_years_in_a_tenth_to_six_tenths_of_draws() -> None:
    ensemble, overtaken = load_ensemble(), []
    for member in range(60):
        run = ensemble.economy(member, quarters=THREE_YEARS, firms=10)
        first = run.kinds["labs"]["market_share"].argmax()
        led = True
        for _ in range(THREE_YEARS):
            run.step()
            shares = run.kinds["labs"]["market_share"]
            led = led and bool(shares[first] >= shares.max())
        overtaken.append(not led)
    assert 0.1 < np.mean(overtaken) < 0.6


def test_the_six_hundred_billion_that_giants_announced_for_2026_lie_in_the_band_of_the_ensemble() -> None:
    found = standing(load_ensemble(), members=60, firms=10)
    capex = found[(found["what"] == "capex") & (found["firm"] == "six giants")].set_index("year")
    assert capex.loc[2026, "low"] < 600.0 < capex.loc[2026, "high"]
