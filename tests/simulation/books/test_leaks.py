"""Every leak planted in a running economy is caught, and the message names quarter, row, party and size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulation import Economy, Phase
from simulation.books import Breach
from simulation.books import purposes as purpose
from simulation.books.deliveries import (
    ASSETS_LEASED,
    CHIPS_DELIVERED,
    COMPUTE_SERVED,
    INPUTS_USED,
    POWER_USED,
    SHELLS_BUILT,
    WORK_DONE,
    deliver,
    leave_unpaid,
)
from simulation.books.instruments import BANK_LOANS, CAPITAL, COMPUTE, FIRST_TANGIBLE
from simulation.books.verbs import pay, pay_in, trade_shares
from simulation.registry import FIRST_COLUMN

Leak = Callable[[Any, Any, Any], None]

OPENAI = FIRST_COLUMN["labs"]
NVIDIA = FIRST_COLUMN["chip_makers"]
MICROSOFT = FIRST_COLUMN["clouds"]
ORACLE = MICROSOFT + 4
HOUSEHOLDS = FIRST_COLUMN["households"]
FUND = FIRST_COLUMN["equity_funds"]
BANK = FIRST_COLUMN["banks"]
NOBODY = 63  # a column of the books that no agent has


def run_with(leak: Leak | None, firms: int = 40) -> Economy:
    """Two quarters, the second with one more line at the end of its plan."""
    economy = Economy(seed=1, firms=firms, quarters=2, keep_books=False)
    economy.step()
    if leak is not None:
        economy.plan.append(Phase("leak", "what must not happen", (leak,)))
    economy.step()
    return economy


def book_of(world: Any) -> Any:
    return world[0]["ledger"]


# --- money --------------------------------------------------------------------------------------------------


def one_side_of_a_payment_is_dropped(world, accounts, firms):
    accounts["cash"][NVIDIA] -= 5.0
    book_of(world)["reserves"][accounts["bank"][NVIDIA]] -= 5.0
    book_of(world)["paid"][purpose.RECOVERIES, NVIDIA] += 5.0


def money_for_an_entrant_from_nowhere(world, accounts, firms):
    firms["account"]["cash"][7] += 5.0


def money_for_an_institution_from_nowhere(world, accounts, firms):
    accounts["cash"][ORACLE] += 5.0


def a_circular_payment_leaves_the_sector(world, accounts, firms):
    pay(book_of(world), accounts[NVIDIA], accounts[HOUSEHOLDS], 5.0, purpose.VENDOR_LOAN_TRADES)


def money_shifted_between_two_firms_of_one_bank(world, accounts, firms):
    assert firms["account"]["bank"][0] == firms["account"]["bank"][3]
    firms["account"]["cash"][0] += 5.0
    firms["account"]["cash"][3] -= 5.0


def money_is_not_a_number(world, accounts, firms):
    accounts["cash"][ORACLE] = np.nan


def money_without_end(world, accounts, firms):
    accounts["cash"][ORACLE] = np.inf


def more_is_paid_than_is_there(world, accounts, firms):
    amount = float(accounts["cash"][ORACLE]) + 5.0
    pay(book_of(world), accounts[ORACLE], accounts[NVIDIA], amount, purpose.RECOVERIES)


def reserves_appear(world, accounts, firms):
    book_of(world)["reserves"][BANK] += 5.0


def reserves_move_from_one_bank_to_another(world, accounts, firms):
    book_of(world)["reserves"][BANK] -= 5.0
    book_of(world)["reserves"][BANK + 1] += 5.0


def a_market_keeps_what_it_took(world, accounts, firms):
    ledger = book_of(world)
    pay_in(ledger, ledger["goods"], accounts[HOUSEHOLDS], 5.0, purpose.CONSUMPTION)


# --- payments ----------------------------------------------------------------------------------------------


def households_pay_wages(world, accounts, firms):
    pay(book_of(world), accounts[HOUSEHOLDS], accounts[HOUSEHOLDS + 1], 5.0, purpose.WAGES)


def a_column_that_nobody_has_is_paid(world, accounts, firms):
    book_of(world)["paid"][purpose.RECOVERIES, NVIDIA] += 5.0
    book_of(world)["received"][purpose.RECOVERIES, NOBODY] += 5.0


def a_negative_payment_takes_money(world, accounts, firms):
    pay(book_of(world), accounts[NVIDIA], accounts[ORACLE], -5.0, purpose.RECOVERIES)


def a_delivery_was_not_paid(world, accounts, firms):
    book_of(world)["memo"][purpose.CHIPS] += 5.0


def chips_come_without_a_bill(world, accounts, firms):
    deliver(book_of(world), accounts[ORACLE], CHIPS_DELIVERED, 5.0)


def a_shell_is_built_for_nothing(world, accounts, firms):
    deliver(book_of(world), accounts[ORACLE], SHELLS_BUILT, 5.0)


def power_is_cut_to_the_cash_at_hand(world, accounts, firms):
    deliver(book_of(world), accounts[MICROSOFT], POWER_USED, 5.0)


def staff_work_for_nothing(world, accounts, firms):
    deliver(book_of(world), accounts[OPENAI], WORK_DONE, 5.0)


def inputs_are_not_paid(world, accounts, firms):
    deliver(book_of(world), accounts[NVIDIA], INPUTS_USED, 5.0)


def compute_is_used_and_not_paid(world, accounts, firms):
    deliver(book_of(world), accounts[OPENAI], COMPUTE_SERVED, 5.0)


def a_lease_is_used_and_not_billed(world, accounts, firms):
    deliver(book_of(world), accounts[ORACLE], ASSETS_LEASED, 5.0)


def a_bill_is_called_unpaid_that_was_paid(world, accounts, firms):
    leave_unpaid(book_of(world), OPENAI, purpose.COMPUTE_RENTAL, 5.0)


def a_sale_that_no_market_counted(world, accounts, firms):
    pay(book_of(world), accounts[HOUSEHOLDS], accounts[MICROSOFT], 5.0, purpose.AI_SUBSCRIPTIONS)


def a_producer_forgets_its_profit(world, accounts, firms):
    book_of(world)["operating_surplus"] -= 5.0


# --- claims and shares -------------------------------------------------------------------------------------


def a_claim_is_edited(world, accounts, firms):
    book_of(world)["claims"]["amount"][0] += 5.0


def a_claim_changes_hands_without_payment(world, accounts, firms):
    book_of(world)["claims"]["holder"][0] = NVIDIA


def a_claim_is_redeemed_on_the_side_of_its_holder_only(world, accounts, firms):
    ledger = book_of(world)
    claim = ledger["claims"][0]
    claim["amount"] -= 5.0
    ledger["transacted"][claim["instrument"], claim["holder"]] -= 5.0


def a_claim_turns_negative(world, accounts, firms):
    ledger = book_of(world)
    claim = ledger["claims"][0]
    lost = float(claim["amount"]) + 5.0
    claim["amount"] -= lost
    ledger["revalued"][claim["instrument"], claim["holder"]] -= lost
    ledger["revalued"][claim["instrument"], claim["issuer"]] += lost


def a_loan_is_edited(world, accounts, firms):
    accounts["loan"][ORACLE] += 5.0


def loans_shifted_between_two_firms_of_one_bank(world, accounts, firms):
    firms["account"]["loan"][0] += 5.0
    firms["account"]["loan"][3] -= 5.0


def a_loan_repaid_without_payment(world, accounts, firms):
    ledger = book_of(world)
    accounts["loan"][ORACLE] += 5.0
    ledger["transacted"][BANK_LOANS, ORACLE] -= 5.0
    ledger["transacted"][BANK_LOANS, accounts["lender"][ORACLE]] += 5.0


def a_share_that_was_never_issued(world, accounts, firms):
    book_of(world)["shares"][FUND, NVIDIA] += 5.0


def a_share_of_an_agent_that_has_none(world, accounts, firms):
    ledger = book_of(world)
    issuer = FIRST_COLUMN["governments"]
    assert ledger["issued"][issuer] == 0.0
    ledger["shares"][FUND, issuer] += 5.0


def shares_sold_that_the_seller_has_not(world, accounts, firms):
    ledger = book_of(world)
    number = float(ledger["shares"][FUND, NVIDIA]) + 5.0 / float(ledger["price"][NVIDIA])
    trade_shares(ledger, accounts[FUND], accounts[HOUSEHOLDS], NVIDIA, number)


def a_price_is_not_a_number(world, accounts, firms):
    book_of(world)["price"][ORACLE] = np.nan


def a_price_is_edited(world, accounts, firms):
    book_of(world)["price"][NVIDIA] *= 1.01


# --- tangible assets ---------------------------------------------------------------------------------------


def compute_from_nowhere(world, accounts, firms):
    accounts["tangible"][ORACLE, COMPUTE - FIRST_TANGIBLE] += 5.0


def chips_are_paid_but_not_entered(world, accounts, firms):
    pay(book_of(world), accounts[ORACLE], accounts[NVIDIA], 5.0, purpose.CHIPS)
    book_of(world)["memo"][purpose.CHIPS] += 5.0
    book_of(world)["operating_surplus"] += 5.0


def capital_shifted_between_two_firms(world, accounts, firms):
    firms["account"]["tangible"][0, CAPITAL - FIRST_TANGIBLE] += 5.0
    firms["account"]["tangible"][1, CAPITAL - FIRST_TANGIBLE] -= 5.0


LEAKS: list[tuple[Leak, list[str]]] = [
    (one_side_of_a_payment_is_dropped, ["paid = received: recoveries, paid by Nvidia to nobody", "off by 5 bn"]),
    (money_for_an_entrant_from_nowhere, ["deposits", "Firms +5", "off by"]),
    (money_for_an_institution_from_nowhere, ["deposits", "Oracle +5"]),
    (money_shifted_between_two_firms_of_one_bank, ["fingerprint", "deposits", "members of the column Firms"]),
    (money_is_not_a_number, ["deposits, Oracle +nan", "off by nan bn"]),
    (money_without_end, ["deposits, Oracle +inf", "off by inf bn"]),
    (more_is_paid_than_is_there, ["overdrawn", "deposits, Oracle", "off by -5 bn"]),
    (reserves_appear, ["sums to zero: reserves", "Bank 1 +5", "off by 5 bn"]),
    (reserves_move_from_one_bank_to_another, ["Bank 1 -5", "Bank 2 +5"]),
    (a_market_keeps_what_it_took, ["paid = received: consumption", "Top decile", "off by 5 bn"]),
    (households_pay_wages, ["declared sectors", "wages, Top decile", "off by 5 bn"]),
    (a_column_that_nobody_has_is_paid, ["declared sectors", "recoveries", "column 63, which nobody has"]),
    (a_negative_payment_takes_money, ["pays less than nothing", "recoveries, Nvidia", "off by -5 bn"]),
    (a_delivery_was_not_paid, ["markets counted", "chips, paid by", "to Nvidia", "off by 5 bn"]),
    (chips_come_without_a_bill, ["was delivered", "chips, Oracle", "off by 5 bn"]),
    (a_shell_is_built_for_nothing, ["was delivered", "shells, Oracle", "off by 5 bn"]),
    (power_is_cut_to_the_cash_at_hand, ["was delivered", "power, Microsoft", "off by 5 bn"]),
    (staff_work_for_nothing, ["was delivered", "work, OpenAI", "off by 5 bn"]),
    (inputs_are_not_paid, ["was delivered", "inputs, Nvidia", "off by 5 bn"]),
    (compute_is_used_and_not_paid, ["was delivered", "compute services, OpenAI", "off by 5 bn"]),
    (a_lease_is_used_and_not_billed, ["was delivered", "leased assets, Oracle", "off by 5 bn"]),
    (a_bill_is_called_unpaid_that_was_paid, ["was delivered", "compute services, OpenAI", "off by -5 bn"]),
    (a_sale_that_no_market_counted, ["markets counted", "ai_subscriptions", "off by -5 bn"]),
    (a_producer_forgets_its_profit, ["GDP", "income against expenditure", "off by -5 bn"]),
    (a_circular_payment_leaves_the_sector, ["AI sector's money", "vendor_loan_trades inside", "off by -5 bn"]),
    (money_for_an_institution_from_nowhere, ["AI sector's money", "deposits of the sector", "off by 5 bn"]),
    (a_claim_is_edited, ["closing stock", "{holder} +5", "{issuer} -5"]),
    (a_claim_changes_hands_without_payment, ["closing stock", "{holder} -", "Nvidia +"]),
    (a_claim_is_redeemed_on_the_side_of_its_holder_only, ["closing stock", "{issuer} +5"]),
    (a_claim_turns_negative, ["less than nothing", "{holder}", "off by -5 bn"]),
    (a_loan_is_edited, ["bank_loans", "Oracle -5"]),
    (loans_shifted_between_two_firms_of_one_bank, ["fingerprint", "bank_loans", "column Firms"]),
    (a_loan_repaid_without_payment, ["bank_loans", "Oracle", "off by"]),
    (a_share_that_was_never_issued, ["shares held = shares issued: listed_equity, Nvidia", "off by 5 bn"]),
    (a_share_of_an_agent_that_has_none, ["shares held = shares issued", "Government", "off by 5 bn"]),
    (shares_sold_that_the_seller_has_not, ["less than nothing", "listed_equity", "Fundamental fund 1", "-5 bn"]),
    (a_price_is_not_a_number, ["listed_equity, Oracle +nan", "off by nan bn"]),
    (a_price_is_edited, ["closing stock", "listed_equity", "Nvidia -"]),
    (compute_from_nowhere, ["compute", "Oracle +5", "off by 5 bn"]),
    (chips_are_paid_but_not_entered, ["compute", "Oracle, paid and moved differ", "off by 5 bn"]),
    (capital_shifted_between_two_firms, ["fingerprint", "tangible assets", "column Firms"]),
]


def test_the_economy_without_a_leak_passes_the_audit() -> None:
    assert run_with(None).residuals["residual"].max() < 1e-12


@pytest.fixture(scope="module")
def names() -> list[str]:
    return Economy(firms=40, quarters=1).column_names


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # where NumPy, uncompiled, meets the planted nan
@pytest.mark.parametrize(("leak", "words"), LEAKS, ids=[leak.__name__ for leak, _ in LEAKS])
def test_a_leak_is_caught_and_named(leak: Leak, words: list[str], names: list[str]) -> None:
    parties: dict[str, str] = {}

    def note_then_leak(world, accounts, firms):
        claim = book_of(world)["claims"][0]
        parties["holder"] = names[int(claim["holder"])]
        parties["issuer"] = names[int(claim["issuer"])]
        leak(world, accounts, firms)

    with pytest.raises(Breach) as caught:
        run_with(note_then_leak)
    message = str(caught.value)
    assert message.startswith("2025Q2: ")
    for word in words:
        assert word.format(**parties) in message


def test_a_breach_names_every_identity_that_fails_one_line_each() -> None:
    with pytest.raises(Breach) as caught:
        run_with(one_side_of_a_payment_is_dropped)
    assert len(caught.value.errors) >= 2
    assert all(line.startswith("2025Q2: ") for line in caught.value.errors)


def test_a_leak_between_the_audit_and_the_next_quarter_is_caught_too() -> None:
    economy = Economy(seed=1, firms=40, quarters=2, keep_books=False)
    economy.step()
    economy.kinds["clouds"]["account"]["cash"][0] += 5.0
    with pytest.raises(Breach, match=r"Microsoft \+5"):
        economy.step()


def test_ten_million_dollars_shifted_are_found_among_a_thousand_firms() -> None:
    def shift(world, accounts, firms):
        firms["account"]["cash"][0] += 0.01
        firms["account"]["cash"][3] -= 0.01

    with pytest.raises(Breach, match="fingerprint"):
        run_with(shift, firms=1000)
