"""Both matrices of every quarter add up, by sector and by agent, the opening included."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulation import CircuitError, Economy, Scenario
from simulation.books.instruments import N_FINANCIAL, STOCKS
from simulation.books.purposes import PURPOSES

QUARTERS = 5
NEGLIGIBLE = 1e-12  # relative to the largest number of the matrix
FINANCIAL = [row.name for row in STOCKS[:N_FINANCIAL]]
TANGIBLE = [row.name for row in STOCKS[N_FINANCIAL:]]


@pytest.fixture(scope="module", params=["2022Q4", "2024Q4"])
def economy(request: pytest.FixtureRequest) -> Economy:
    scenario = Scenario.load("impatient-capital")
    return Economy(scenario, seed=3, vintage=request.param, quarters=QUARTERS, firms=60).run()


def negligible(values: pd.Series | pd.DataFrame | float, matrix: pd.DataFrame) -> bool:
    return bool(np.abs(np.asarray(values)).max() <= NEGLIGIBLE * np.abs(matrix.to_numpy()).max())


@pytest.mark.parametrize("by", ["sector", "agent"])
@pytest.mark.parametrize("quarter", range(QUARTERS + 1))
def test_what_somebody_owns_somebody_owes(economy: Economy, quarter: int, by: str) -> None:
    matrix = economy.balance_sheet(quarter, by)
    assert matrix.loc[FINANCIAL].drop(columns="sum").abs().to_numpy().sum() > 0.0
    assert negligible(matrix.loc[FINANCIAL, "sum"], matrix)


@pytest.mark.parametrize("by", ["sector", "agent"])
@pytest.mark.parametrize("quarter", range(QUARTERS + 1))
def test_net_worth_of_all_is_tangible_capital(economy: Economy, quarter: int, by: str) -> None:
    matrix = economy.balance_sheet(quarter, by)
    assert negligible(matrix.loc["net_worth", "sum"] - matrix.loc[TANGIBLE, "sum"].sum(), matrix)
    assert (matrix.loc[TANGIBLE, "sum"] >= 0.0).all()


@pytest.mark.parametrize("by", ["sector", "agent"])
@pytest.mark.parametrize("quarter", range(1, QUARTERS + 1))
def test_what_somebody_pays_somebody_receives(economy: Economy, quarter: int, by: str) -> None:
    matrix = economy.transaction_flows(quarter, by)
    assert negligible(matrix["sum"], matrix)
    assert negligible(matrix.drop(columns="sum").sum(), matrix)


def test_nothing_flows_before_the_first_quarter(economy: Economy) -> None:
    assert not economy.transaction_flows(0).to_numpy().any()


@pytest.mark.parametrize("quarter", range(1, QUARTERS + 1))
def test_money_changes_by_what_the_flows_leave(economy: Economy, quarter: int) -> None:
    money = ["deposits", "reserves"]
    matrix = economy.balance_sheet(quarter, "agent")
    change = (matrix.loc[money] - economy.balance_sheet(quarter - 1, "agent").loc[money]).sum()
    left = -economy.transaction_flows(quarter, "agent").loc["change_of_money"]
    assert negligible(change - left, matrix)


@pytest.mark.parametrize("quarter", [0, QUARTERS])
def test_sectors_are_the_sums_of_their_agents(economy: Economy, quarter: int) -> None:
    sectors = dict(zip(economy.column_names, economy.sector_names, strict=True))
    for table in (economy.balance_sheet, economy.transaction_flows):
        by_agent = table(quarter, "agent").drop(columns="sum")
        by_sector = table(quarter, "sector").drop(columns="sum")
        summed = by_agent.T.groupby(sectors).sum().T[by_sector.columns]
        assert negligible(summed - by_sector, by_agent)


def test_rows_and_columns_bear_their_names(economy: Economy) -> None:
    balance, flows = economy.balance_sheet(by="agent"), economy.transaction_flows(by="sector")
    assert list(balance.index) == [row.name for row in STOCKS] + ["net_worth"]
    assert list(balance.columns) == [*economy.column_names, "sum"]
    assert list(flows.index) == [row.name for row in PURPOSES] + ["change_of_money"]
    assert list(flows.columns) == [*dict.fromkeys(economy.sector_names), "sum"]


def test_a_matrix_that_does_not_exist_is_explained(economy: Economy) -> None:
    with pytest.raises(CircuitError, match="choose 0 to 5"):
        economy.balance_sheet(QUARTERS + 1)
    with pytest.raises(CircuitError, match='"sector" or "agent"'):
        economy.transaction_flows(1, by="planet")
