"""Whatever is posted between whoever, the books add up: random histories of a village."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulation.books.audit import open_quarter
from simulation.books.identities import GDP, IDENTITIES, SHARES, TOLERANCE
from simulation.books.instruments import N_FINANCIAL
from simulation.books.purposes import BUYBACKS
from simulation.books.verbs import buy_back
from simulation.rule import COMPILED
from tests.simulation.books.village import (
    CUSTOMERS,
    FIRMS,
    HOUSEHOLD,
    MAKER,
    NON_BANKS,
    PARTIES,
    VERBS,
    Village,
    found_village,
)

# The village's producers keep no income statements, so that only two of the three measures of GDP can be compared.
CHECKED = [number for number in range(len(IDENTITIES)) if number != GDP]

PAY, PAY_IN_AND_OUT = VERBS.index("pay"), VERBS.index("pay_in_and_out")
REPRICE, ISSUE = VERBS.index("reprice"), VERBS.index("issue_shares")
GRANT, REPAY = VERBS.index("grant_loan"), VERBS.index("repay_loan")

shares = st.floats(0.0, 1.0)
anybody = st.integers(0, PARTIES - 1)
any_verb = st.integers(0, len(VERBS) - 1)


def postings(verbs=any_verb, parties=anybody, most: int = 60):
    one = st.tuples(verbs, parties, parties, st.integers(0, 1000), shares)
    return st.lists(one, min_size=1, max_size=most)


def live_a_quarter(village: Village, history) -> None:
    """The richest spends, since residuals are relative to the turnover, and then whatever happens, happens."""
    richest = int(np.argmax(village.accounts["cash"]))
    village.post([(PAY, richest, HOUSEHOLD if richest != HOUSEHOLD else MAKER, 0, 0.2), *history])


def worst(village: Village) -> float:
    return float(village.audit()[CHECKED].max())


@given(postings())
def test_every_identity_holds_after_any_history(history) -> None:
    village = found_village()
    live_a_quarter(village, history)
    residuals = village.audit()
    for number in CHECKED:
        assert residuals[number] <= TOLERANCE, IDENTITIES[number]


@given(st.lists(postings(most=25), min_size=2, max_size=4))
@example([[(REPRICE, 0, 1, 1, 2.3e-308), (ISSUE, 0, 1, 1, 1.0)]])
def test_every_identity_holds_in_every_one_of_several_quarters(quarters) -> None:
    village = found_village()
    for history in quarters:
        open_quarter(village.ledger)
        live_a_quarter(village, history)
        assert worst(village) <= TOLERANCE


@given(postings())
def test_the_wealth_of_all_is_what_can_be_touched(history) -> None:
    village = found_village()
    live_a_quarter(village, history)
    village.audit()
    position = np.array(village.ledger["position"])
    touched = position[N_FINANCIAL:].sum()
    assert abs(position.sum() - touched) <= TOLERANCE * np.abs(position).sum()
    tangible = village.accounts["tangible"].sum() + village.firms["account"]["tangible"].sum()
    assert abs(touched - tangible) <= TOLERANCE * max(tangible, 1.0)


@given(postings())
def test_gdp_by_expenditure_is_gdp_by_production(history) -> None:
    village = found_village()
    live_a_quarter(village, history)
    village.audit()
    ledger = village.ledger
    spent, produced = float(ledger["gdp_expenditure"]), float(ledger["gdp_production"])
    assert abs(spent - produced) <= TOLERANCE * max(abs(spent), ledger["paid"].sum())


@given(postings(st.sampled_from([PAY, PAY_IN_AND_OUT]), st.sampled_from(CUSTOMERS)))
def test_payments_between_customers_of_banks_create_no_money(history) -> None:
    village = found_village()
    before = village.money()
    village.post(history)
    assert abs(village.money() - before) <= 1e-12 * before
    assert abs(village.ledger["reserves"].sum()) <= 1e-9


@given(postings(st.sampled_from([GRANT, REPAY]), st.sampled_from(CUSTOMERS)))
def test_a_bank_loan_creates_as_much_money_as_it_is_worth_and_repayment_destroys_it(history) -> None:
    village = found_village()
    before = village.money() - village.loans()
    village.post(history)
    assert abs(village.money() - village.loans() - before) <= 1e-12 * village.money()


@given(postings(parties=st.sampled_from(NON_BANKS)))
def test_nobody_ends_with_less_than_nothing(history) -> None:
    village = found_village()
    live_a_quarter(village, history)
    village.audit()
    turnover = village.ledger["paid"].sum()
    for least in (
        village.accounts["cash"].min(),
        village.firms["account"]["cash"].min(),
        village.accounts["loan"].min(),
        village.ledger["shares"].min(),
        village.ledger["claims"]["amount"].min(),
    ):
        assert least >= -TOLERANCE * turnover


def test_every_verb_is_tried() -> None:
    village = found_village()
    for verb, name in enumerate(VERBS):
        before = village.books.copy(), village.accounts.copy(), village.firms.copy()
        preparation = [(VERBS.index("lend"), 3, 1, 1, 0.1), (GRANT, 1, 2, 0, 0.5)]
        village.post([*preparation, (verb, 3, 1, 0, 0.5), (verb, 1, 3, 0, 0.5), (verb, FIRMS, 3, 0, 0.5)])
        after = village.books, village.accounts, village.firms
        assert any(a.tobytes() != b.tobytes() for a, b in zip(before, after, strict=True)), name
    assert worst(village) <= TOLERANCE


def fixed_history() -> list[tuple[int, int, int, int, float]]:
    numbers = np.random.default_rng(7)
    return [
        (
            int(numbers.integers(len(VERBS))),
            int(numbers.integers(PARTIES)),
            int(numbers.integers(PARTIES)),
            int(numbers.integers(1000)),
            float(numbers.random()),
        )
        for _ in range(2000)
    ]


def bytes_after_fixed_history() -> str:
    village = found_village()
    village.post(fixed_history())
    assert worst(village) <= TOLERANCE
    return village.accounts.tobytes().hex() + np.array(village.ledger["position"]).tobytes().hex()


def test_two_thousand_postings_give_the_same_bytes_compiled_and_uncompiled() -> None:
    code = "from tests.simulation.books.test_verbs import bytes_after_fixed_history as f; print(f())"
    environment = {**os.environ, "CIRCUIT_JIT": "0" if COMPILED else "1"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == bytes_after_fixed_history()


def test_what_the_shares_bought_back_have_rounded_to_is_no_breach_and_a_share_from_nowhere_is() -> None:
    village = found_village()
    ledger = village.ledger
    ledger["shares"][HOUSEHOLD, MAKER] += 2600.0
    ledger["issued"][MAKER] += 2600.0
    village.audit()
    left = ledger["issued"][MAKER] - 0.002
    ledger["shares"][HOUSEHOLD, MAKER] -= left
    ledger["issued"][MAKER] = ledger["shares"][:, MAKER].sum() + 2.4e-12
    assert village.audit()[SHARES] <= TOLERANCE
    ledger["issued"][MAKER] += 1e-5
    assert village.audit()[SHARES] > TOLERANCE


def test_who_buys_back_half_of_its_shares_again_and_again_is_not_left_with_rounding_alone() -> None:
    village = found_village()
    ledger = village.ledger
    for _ in range(100):
        buy_back(ledger, village.accounts, village.accounts[MAKER], 1e6, BUYBACKS)
    issued = float(ledger["issued"][MAKER])
    assert 0.0 < issued < 1e-20
    assert float(ledger["shares"][:, MAKER].sum()) == pytest.approx(issued, rel=1e-12)
