"""The map of payments holds every payment once, the small ones together."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from experiments.figures.network import grouped
from experiments.figures.payments import COLUMNS, OTHERS, ROWS, moments_chart, payments
from simulation import Economy
from simulation.measurement.web import PAYS


@pytest.fixture(scope="module")
def edges() -> pd.DataFrame:
    return Economy(firms=10, quarters=2).run().web()


def test_nothing_is_lost_and_the_rest_stands_together(edges: pd.DataFrame) -> None:
    ties = grouped(edges[edges["relation"] == PAYS])
    found = payments(edges)
    for column in ("amount", "circular"):
        assert found[column].sum() == pytest.approx(ties[column].sum())
    assert found["target"].nunique() == ROWS + 1
    assert found["source"].nunique() == COLUMNS + 1
    largest = ties.groupby("target")["amount"].sum().nlargest(ROWS)
    assert set(found["target"]) == {*largest.index, OTHERS}
    assert found.groupby("target")["amount"].sum()[largest.index[0]] == pytest.approx(largest.iloc[0])


def test_the_circular_part_is_never_more_than_the_payment(edges: pd.DataFrame) -> None:
    found = payments(edges)
    assert (found["circular"] <= found["amount"] * (1.0 + 1e-12)).all()
    assert found["circular"].sum() > 0.0


def test_the_map_is_drawn_wide_and_narrow_with_room_for_its_names(edges: pd.DataFrame) -> None:
    chart = moments_chart({"Then": edges, "Later": edges}, "map", "A claim", "Notes.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for narrow in (False, True):
            assert ">is paid<" in chart.svg(narrow)
    assert list(chart.data["moment"].unique()) == ["Then", "Later"]
