"""Payments of many accounts settled net leave the same books as the same payments made one by one."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Economy
from simulation.books.netting import pay_from_pool, post_into_pool, post_loans, post_payments, settle_loan, settle_money
from simulation.books.purposes import CONSUMPTION, IMPORTS, WAGES
from simulation.books.verbs import grant_loan, pay, pay_in, pay_out, post_receipts, repay_loan
from simulation.rule import rule

RECEIVED, IMPORTED, WAGE_BILLS, BORROWED = (0.9, 0.3), (0.7, 0.2), (1.1, 0.4), (0.5, -0.3)


@rule
def pay_one_by_one(world, accounts, firms):
    w = world[0]
    ledger = w.ledger
    pay_in(ledger, ledger.goods, w.households[0].account, sum(RECEIVED), CONSUMPTION)
    for k in range(2):
        account = firms[k].account
        pay_out(ledger, ledger.goods, account, RECEIVED[k], CONSUMPTION)
        pay(ledger, account, w.rest_of_world[0].account, IMPORTED[k], IMPORTS)
        pay_in(ledger, ledger.wages, account, WAGE_BILLS[k], WAGES)
    grant_loan(ledger, firms[0].account, w.banks[0].account, BORROWED[0])
    repay_loan(ledger, firms[1].account, w.banks[1].account, -BORROWED[1])


@rule
def pay_net(world, accounts, firms):
    w = world[0]
    ledger = w.ledger
    pay_in(ledger, ledger.goods, w.households[0].account, sum(RECEIVED), CONSUMPTION)
    for k in range(2):
        account = firms[k].account
        settle_loan(ledger, account, BORROWED[k])
        settle_money(ledger, account, account.cash + RECEIVED[k] - IMPORTED[k] - WAGE_BILLS[k] + BORROWED[k])
        post_loans(ledger, account.column, w.banks[k].account, max(BORROWED[k], 0.0), max(-BORROWED[k], 0.0))
    pay_from_pool(ledger.goods, post_receipts(ledger, ledger.goods, firms[0].account.column))
    post_payments(ledger, firms[0].account.column, w.rest_of_world[0].account, sum(IMPORTED), IMPORTS)
    post_into_pool(ledger, ledger.wages, firms[0].account.column, sum(WAGE_BILLS), WAGES)


def test_payments_settled_net_leave_the_books_of_payments_one_by_one() -> None:
    single, netted = (Economy(seed=1, firms=12, quarters=1, keep_books=False) for _ in range(2))
    pay_one_by_one(*single.state)
    pay_net(*netted.state)
    for book in ("paid", "received", "transacted", "reserves", "fingerprint"):
        one_by_one, at_once = (economy.state[0]["ledger"][book][0] for economy in (single, netted))
        assert np.abs(one_by_one).sum() > 0.0
        assert at_once == pytest.approx(one_by_one, rel=1e-12, abs=1e-12), book
    for pool in ("goods", "wages"):
        one_by_one, at_once = (economy.state[0]["ledger"][pool]["cash"][0] for economy in (single, netted))
        assert at_once == pytest.approx(one_by_one, abs=1e-12)
    for owned in ("cash", "loan"):
        assert netted.kinds["firms"]["account"][owned] == pytest.approx(single.kinds["firms"]["account"][owned])
