"""Banks: capital decides whether they lend and what they pay out."""

from __future__ import annotations

import pytest

from simulation.agents.banks import BANK, read_capital, reserve_shortfall, share_profit
from simulation.agents.public_sector import GOVERNMENT
from simulation.books.instruments import BANK_LOANS, DEPOSITS, LISTED_EQUITY
from simulation.books.purposes import INTEREST_ON_DEPOSITS, INTEREST_ON_LOANS
from simulation.state import MACRO
from tests.simulation.agents.records import Array, empty_ledger, given, one


def bank_of_fifteen() -> tuple[Array, Array]:
    """Loans of 100 against deposits of 85; the market values the bank's shares at 12."""
    bank, ledger = one(BANK, account__column=5, account__bank=5, target_ratio=0.10), empty_ledger()
    ledger["position"][0, BANK_LOANS, 5] = 100.0
    ledger["position"][0, DEPOSITS, 5] = -85.0
    ledger["position"][0, LISTED_EQUITY, 5] = -12.0
    ledger["issued"][0, 5] = 12.0
    return bank, ledger


def test_capital_is_book_equity_over_risky_assets_whatever_the_share_price() -> None:
    bank, ledger = bank_of_fifteen()
    read_capital(bank[0], ledger[0], given(capital_target=0.105), 0.0)
    assert bank["equity"][0] == pytest.approx(15.0)
    assert bank["capital_ratio"][0] == pytest.approx(0.15)


def test_a_bank_lends_until_its_target_and_the_buffer_on_top_are_reached() -> None:
    bank, ledger = bank_of_fifteen()
    lends = []
    for buffer in (0.0, 0.04, 0.05):
        read_capital(bank[0], ledger[0], given(capital_target=0.105), buffer)
        lends.append(float(bank["lends"][0]))
    assert lends == [1.0, 1.0, 0.0]


def dividend(buffer: float) -> tuple[float, float]:
    bank, ledger = bank_of_fifteen()
    ledger["received"][0, INTEREST_ON_LOANS, 5] = 10.0
    ledger["paid"][0, INTEREST_ON_DEPOSITS, 5] = 4.0
    government = one(GOVERNMENT, account__column=6, account__bank=7)
    macro = one(MACRO, trend_nominal_growth=0.01)
    p = given(capital_target=0.105, tax_profits=0.21, excess_capital_payout=0.1)
    read_capital(bank[0], ledger[0], p, buffer)
    paid = float(share_profit(bank[0], government[0], ledger[0], macro[0], p, buffer))
    assert government["account"]["cash"][0] == pytest.approx(1.26)
    return paid, float(bank["profit"][0])


def test_a_bank_pays_out_its_profit_after_tax_and_a_part_of_spare_capital() -> None:
    paid, profit = dividend(0.0)
    assert profit == pytest.approx(4.74)
    assert paid == pytest.approx(4.74 + 0.1 * (15.0 + 4.74 - 10.1))


def test_a_bank_below_its_buffer_keeps_its_profit() -> None:
    assert dividend(0.05)[0] == 0.0


def test_a_bank_short_of_reserves_says_by_how_much() -> None:
    bank, ledger = bank_of_fifteen()
    ledger["reserves"][0, 5] = -3.0
    assert reserve_shortfall(bank[0], ledger[0]) == 3.0
    ledger["reserves"][0, 5] = 3.0
    assert reserve_shortfall(bank[0], ledger[0]) == 0.0
