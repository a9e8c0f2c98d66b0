"""Importance on the model's own books."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.books.instruments import BANK_LOANS, STOCKS
from simulation.measurement.circularity import SECTOR
from simulation.measurement.debt_rank import group_debt_rank, network_of
from simulation.measurement.importance import RANKED, exposures_of
from simulation.registry import FIRMS_COLUMN, FIRST_COLUMN


@pytest.fixture(scope="module")
def economy() -> Economy:
    return Economy(Scenario.load("baseline"), seed=1, quarters=3, firms=20).run()


def test_who_is_owed_and_who_owns_is_exposed(economy: Economy) -> None:
    exposure = exposures_of(economy._books_of(None))
    names = economy.column_names
    microsoft, openai, insurer, oracle = (
        names.index(name) for name in ("Microsoft", "OpenAI", "Insurers and bond funds", "Oracle")
    )
    sheet = economy.balance_sheet(by="agent")
    assert exposure[insurer, oracle] >= -sheet.loc["corporate_bonds", "Oracle"] - 1e-9
    assert exposure[microsoft, openai] > 10.0  # its stake and a year of rent
    assert (np.diag(exposure) == 0.0).all()
    assert (exposure >= 0.0).all()


def test_an_exposure_is_shares_claims_loans_and_a_year_of_rent(economy: Economy) -> None:
    books = economy._books_of(None)
    expected = books["holdings"].copy()
    np.add.at(expected, (books["claims"]["holder"], books["claims"]["issuer"]), books["claims"]["amount"])
    loans, lenders = books["loans"]
    np.add.at(expected, (lenders.astype(int), np.arange(len(loans))), loans)
    contracts = books["contracts"]
    rent = contracts["gigawatts"] * contracts["price"] * np.clip(contracts["quarters_left"], 0.0, 4.0)
    np.add.at(expected, (FIRST_COLUMN["clouds"] + contracts["provider"], contracts["customer"]), rent)
    bank_loans = books["position"][BANK_LOANS]
    banks = slice(FIRST_COLUMN["banks"], FIRST_COLUMN["banks"] + len(economy.names["banks"]))
    expected[banks, FIRMS_COLUMN] -= bank_loans[FIRMS_COLUMN] * bank_loans[banks] / bank_loans[banks].sum()
    assert expected[banks, FIRMS_COLUMN].sum() == pytest.approx(-bank_loans[FIRMS_COLUMN])
    np.fill_diagonal(expected, 0.0)
    assert exposures_of(books) == pytest.approx(expected, rel=1e-12)


def test_ranks_are_shares_of_all_assets_and_can_be_asked_of_any_quarter(economy: Economy) -> None:
    for quarter in (0, 1, 3):
        ranking = economy.importance(quarter).set_index("agent")
        assert ranking["debt_rank"].between(0.0, 1.0).all()
        assert (ranking["removal"] >= ranking["debt_rank"]).all()
        assert ranking["removal"].is_monotonic_decreasing
    # a lab's failure costs its owners and its clouds; a synthetic neocloud's hardly anybody
    assert ranking.loc["OpenAI", "debt_rank"] > ranking.loc["Neocloud 3", "debt_rank"]


def test_assets_and_buffers_are_those_of_the_balance_sheet(economy: Economy) -> None:
    ranking = economy.importance().set_index("agent")
    sheet = economy.balance_sheet(by="agent")["Microsoft"]
    owned = sheet[[stock.name for stock in STOCKS]].clip(lower=0.0).sum()
    owed = -sheet[["bank_loans", "corporate_bonds", "vendor_loans", "prepayments", "warrants"]].clip(upper=0.0).sum()
    assert ranking.loc["Microsoft", "assets"] == pytest.approx(owned)
    assert ranking.loc["Microsoft", "buffer"] == pytest.approx(owned - owed)


def test_what_is_recorded_is_what_the_books_say_when_asked(economy: Economy) -> None:
    names = economy.column_names
    for quarter in (1, 2, 3):
        ranking = economy.importance(quarter).set_index("agent")
        ranks = ranking.loc[[names[column] for column in RANKED], "debt_rank"]
        recorded = economy.history.iloc[quarter - 1]
        assert recorded["debt_rank_largest"] == ranks.max()
        assert names[int(recorded["debt_rank_actor"])] == ranks.idxmax()
        assets, buffer = (ranking.loc[names, column].to_numpy() for column in ("assets", "buffer"))
        exposure = exposures_of(economy._books_of(quarter))[: len(names), : len(names)]
        together = group_debt_rank(network_of(exposure, np.maximum(buffer, 1e-9)), assets, SECTOR)
        assert recorded["debt_rank_sector"] == pytest.approx(together, rel=1e-12)
