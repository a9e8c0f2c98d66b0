"""A village: ten institutions and six firms at two banks, small enough to post anything between anybody.

`post` carries out a list of postings with the real verbs, in one compiled call. Whatever is asked is scaled to what
the payer has, so that a random list of postings is a possible history.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulation.books.audit import audit, start_books
from simulation.books.deliveries import CHIPS_DELIVERED, DELIVERY_OF, deliver
from simulation.books.instruments import (
    CAPITAL,
    COMPUTE,
    CONSTRUCTION,
    FIRST_CLAIM,
    FIRST_TANGIBLE,
    FUND_SHARES,
    LISTED_EQUITY,
    PRIVATE_EQUITY,
    SHELLS,
)
from simulation.books.ledger import ACCOUNT, LEDGER
from simulation.books.netting import pay_from_pool, settle_money
from simulation.books.purposes import (
    BUYBACKS,
    DIVIDENDS,
    FUND_FLOWS,
    GOVERNMENT_BOND_TRADES,
    PRIVATE_ROUNDS,
    PURPOSES,
    SECTOR_LETTERS,
    SHARE_ISSUES,
    USED_COMPUTE,
)
from simulation.books.verbs import (
    acquire,
    add_asset,
    buy_back,
    consolidate_shares,
    depreciate,
    empty_pool,
    grant_loan,
    issue_shares,
    lend,
    pay,
    pay_holders,
    pay_in,
    pay_out,
    post_receipts,
    reclassify,
    redeem,
    repay_loan,
    reprice,
    retire_shares,
    trade_asset,
    trade_claim,
    trade_shares,
    write_off,
    write_off_loan,
)
from simulation.rule import live, record, rule

NAMES = (
    "Maker",
    "Cloud",
    "Lab",
    "Household",
    "Fund",
    "Bank 1",
    "Bank 2",
    "Government",
    "Central bank",
    "Abroad",
    "Firms",
)
LETTERS = "MCLHEBBGZWF"
MAKER, CLOUD, LAB, HOUSEHOLD, FUND, BANK_1, BANK_2, GOVERNMENT, CENTRAL_BANK, ABROAD, FIRMS = range(11)
INSTITUTIONS = 10
NUMBER_OF_FIRMS = 6
PARTIES = INSTITUTIONS + NUMBER_OF_FIRMS  # party 10 is the first firm
ISSUERS = (MAKER, CLOUD, LAB, FUND)
CUSTOMERS = tuple(k for k in range(PARTIES) if k not in (BANK_1, BANK_2, GOVERNMENT, CENTRAL_BANK))
NON_BANKS = tuple(k for k in range(PARTIES) if k not in (BANK_1, BANK_2, CENTRAL_BANK))

VERBS = (
    "pay",
    "pay_in_and_out",
    "pay_in_and_settle",
    "grant_loan",
    "repay_loan",
    "write_off_loan",
    "lend",
    "redeem",
    "trade_claim",
    "write_off",
    "trade_shares",
    "issue_shares",
    "retire_shares",
    "reprice",
    "acquire",
    "depreciate",
    "trade_asset",
    "reclassify",
    "pay_holders",
    "buy_back",
    "consolidate_shares",
)
POSTING = record(verb="i8", first="i8", second="i8", choice="i8", share="f8")
MEMBER = record(account=ACCOUNT)
FREE_CLAIMS = 2  # government and corporate bonds, which everybody may hold

# Purposes of payments that one sector may make to another: current ones, one list a pair, "recoveries" in every one.
_SECTORS = list(SECTOR_LETTERS)
_PURPOSES = [
    [
        [
            number
            for number, row in enumerate(PURPOSES)
            if row.nature == "current" and payer in row.payers and payee in row.payees
        ]
        for payee in _SECTORS
    ]
    for payer in _SECTORS
]
_MOST = max(len(several) for row in _PURPOSES for several in row)
CURRENT = np.array([[(several * _MOST)[:_MOST] for several in row] for row in _PURPOSES])
COUNTED = np.array([row.counted for row in PURPOSES])


class Village(NamedTuple):
    """The ledger (an array of one record), the accounts of institutions by column, and the firms."""

    books: Any
    accounts: Any
    firms: Any

    @property
    def ledger(self) -> Any:
        return self.books[0]["ledger"]

    def post(self, postings: list[tuple[int, int, int, int, float]]) -> None:
        post(self.ledger, self.accounts, self.firms, live(np.array(postings, POSTING)))

    def audit(self) -> np.ndarray:
        """Residuals of all identities."""
        audit(self.ledger, self.accounts, self.firms)
        return np.array(self.ledger["residual"])

    def money(self) -> float:
        """All money of non-banks at commercial banks."""
        private = [k for k in range(INSTITUTIONS) if k not in (BANK_1, BANK_2, GOVERNMENT, CENTRAL_BANK)]
        return float(self.accounts["cash"][private].sum() + self.firms["account"]["cash"].sum())

    def loans(self) -> float:
        """All loans of the two banks to others."""
        private = [k for k in range(INSTITUTIONS) if k not in (BANK_1, BANK_2)]
        return float(self.accounts["loan"][private].sum() + self.firms["account"]["loan"].sum())


def found_village() -> Village:
    """A village on the evening before its first quarter."""
    books = live(np.zeros(1, record(ledger=LEDGER)))
    accounts = live(np.zeros(INSTITUTIONS, ACCOUNT))
    firms = live(np.zeros(NUMBER_OF_FIRMS, MEMBER))
    ledger = books[0]["ledger"]
    ledger["sector"] = -1
    ledger["sector"][: len(LETTERS)] = [_SECTORS.index(letter) for letter in LETTERS]
    ledger["resident"] = 1
    ledger["resident"][ABROAD] = 0
    ledger["equity_stock"] = LISTED_EQUITY
    ledger["equity_stock"][LAB] = PRIVATE_EQUITY
    ledger["equity_stock"][FUND] = FUND_SHARES
    accounts["column"] = np.arange(INSTITUTIONS)
    accounts["bank"] = [BANK_1, BANK_2] * 2 + [BANK_1, BANK_1, BANK_2, CENTRAL_BANK, CENTRAL_BANK, BANK_2]
    accounts["lender"] = accounts["bank"]
    accounts["lender"][[BANK_1, BANK_2]] = CENTRAL_BANK
    accounts["weight"] = 1.0 + 0.618 * np.arange(INSTITUTIONS)
    accounts["cash"][[MAKER, CLOUD, LAB, HOUSEHOLD, FUND, GOVERNMENT, ABROAD]] = [80, 120, 30, 900, 40, 300, 200]
    accounts["tangible"][CLOUD] = [90, 30, 20, 0, 10]
    member = firms["account"]
    member["column"] = FIRMS
    member["bank"] = member["lender"] = [BANK_1, BANK_2] * 3
    member["weight"] = 1.0 + (0.6180339887498949 * np.arange(1, NUMBER_OF_FIRMS + 1)) % 1.0
    member["cash"] = [10, 20, 30, 5, 1, 4]
    member["loan"] = [3, 0, 12, 1, 0, 2]
    member["tangible"][:, CAPITAL - FIRST_TANGIBLE] = [50, 20, 70, 10, 5, 8]
    # Reserves are ample: what one bank's customers pay to the other's must never exhaust them.
    ledger["reserves"][[BANK_1, BANK_2]] = 1e5
    ledger["reserves"][CENTRAL_BANK] = -2e5 - 300.0 + 300.0
    for issuer in ISSUERS:
        ledger["price"][issuer] = 2.0
        for holder in (HOUSEHOLD, FUND if issuer != FUND else ABROAD):
            ledger["shares"][holder, issuer] = 50.0
        ledger["issued"][issuer] = 100.0
    village = Village(books, accounts, firms)
    start_books(village.ledger, accounts, firms)
    return village


@rule
def party(accounts, firms, number):
    """The account of a party: an institution, or a firm."""
    if number < INSTITUTIONS:
        return accounts[number]
    return firms[number - INSTITUTIONS].account


@rule
def means(account):
    """What a party can pay: its money; a bank makes money by paying, so it is held to a little."""
    return 10.0 if account.bank == account.column else account.cash


@rule
def pay_each_other(ledger, accounts, firms, verb, payer, payee, choice, share):
    amount = share * means(payer)
    purpose = CURRENT[ledger.sector[payer.column], ledger.sector[payee.column], choice % _MOST]
    if verb == 0:
        pay(ledger, payer, payee, amount, purpose)
    elif verb == 1:
        pay_in(ledger, ledger.services, payer, amount, purpose)
        pay_out(ledger, ledger.services, payee, 0.25 * amount, purpose)
        pay_out(ledger, ledger.services, payee, ledger.services.posted[purpose], purpose)
        empty_pool(ledger.services)
    elif verb == 2:
        purpose = CURRENT[ledger.sector[payer.column], ledger.sector[FIRMS], choice % _MOST]
        pay_in(ledger, ledger.goods, payer, amount, purpose)
        takings = post_receipts(ledger, ledger.goods, FIRMS)
        for k in range(len(firms)):
            settle_money(ledger, firms[k].account, firms[k].account.cash + takings / len(firms))
        pay_from_pool(ledger.goods, takings)
        empty_pool(ledger.goods)
    if COUNTED[purpose]:
        ledger.memo[purpose] += amount
    if DELIVERY_OF[purpose] >= 0:
        deliver(ledger, payer, DELIVERY_OF[purpose], amount)


@rule
def borrow(ledger, accounts, verb, borrower, share):
    if borrower.column == borrower.lender:
        return
    bank = accounts[borrower.lender]
    if verb == 3:
        grant_loan(ledger, borrower, bank, 100.0 * share)
    elif verb == 4:
        repay_loan(ledger, borrower, bank, share * min(means(borrower), borrower.loan))
    else:
        write_off_loan(ledger, borrower, bank, share * borrower.loan)


@rule
def contract(ledger, accounts, verb, first, second, choice, share):
    if verb == 6:
        kind = choice % FREE_CLAIMS
        lend(
            ledger,
            first,
            second,
            share * means(first),
            0.01,
            8.0,
            FIRST_CLAIM + kind,
            GOVERNMENT_BOND_TRADES + kind,
        )
        return
    if ledger.n_claims == 0:
        return
    claim = ledger.claims[choice % ledger.n_claims]
    purpose = GOVERNMENT_BOND_TRADES + claim.instrument - FIRST_CLAIM
    if claim.holder >= INSTITUTIONS or claim.issuer >= INSTITUTIONS or claim.holder == claim.issuer:
        return
    holder = accounts[claim.holder]
    issuer = accounts[claim.issuer]
    if verb == 7:
        redeem(ledger, claim, holder, issuer, share * min(claim.amount, means(issuer)), purpose)
    elif verb == 8:
        trade_claim(ledger, claim, holder, second, share * min(claim.amount, means(second)), purpose)
    else:
        write_off(ledger, claim, share * claim.amount)


@rule
def invest(ledger, accounts, verb, first, second, issuer, share):
    price = max(ledger.price[issuer], 1e-6)
    company = accounts[issuer]
    held = ledger.shares[first.column, issuer]
    issues = SHARE_ISSUES
    retires = BUYBACKS
    if ledger.equity_stock[issuer] == PRIVATE_EQUITY:
        issues = retires = PRIVATE_ROUNDS
    elif ledger.equity_stock[issuer] == FUND_SHARES:
        issues = retires = FUND_FLOWS
    if verb == 10:
        trade_shares(ledger, first, second, issuer, share * min(held, means(second) / price))
    elif verb == 11 and first.column != issuer:
        issue_shares(ledger, company, first, share * means(first), issues)
    elif verb == 12 and first.column != issuer:
        retire_shares(ledger, company, first, share * means(company), retires)
    elif verb == 13:
        reprice(ledger, issuer, ledger.price[issuer] * 2.0 * share)
    elif verb == 18 and issuer != FUND:
        pay_holders(ledger, accounts, company, share * means(company), DIVIDENDS)
    elif verb == 19:
        buy_back(ledger, accounts, company, share * means(company), retires)
    elif verb == 20:
        consolidate_shares(ledger, issuer, 0.5 + 2.0 * share)


@rule
def build(ledger, accounts, firms, verb, first, second, choice, share):
    cloud = accounts[CLOUD]
    if verb == 14 and choice % 2 == 0:
        amount = share * cloud.cash
        acquire(ledger, cloud, accounts[MAKER], amount, 6, COMPUTE)
        ledger.memo[6] += amount
        deliver(ledger, cloud, CHIPS_DELIVERED, amount)
    elif verb == 14:
        # A firm's investment is paid into the market for goods, and handed to one firm.
        amount = share * firms[choice % len(firms)].account.cash
        pay_in(ledger, ledger.goods, firms[choice % len(firms)].account, amount, 3)
        add_asset(ledger, firms[choice % len(firms)].account, CAPITAL, amount)
        pay_out(ledger, ledger.goods, firms[0].account, ledger.goods.cash, 3)
        empty_pool(ledger.goods)
    elif verb == 15:
        depreciate(ledger, first, CAPITAL, share * first.tangible[CAPITAL - FIRST_TANGIBLE])
    elif verb == 16:
        # Only one cloud lives here: it sells used compute to itself.
        trade_asset(ledger, cloud, cloud, COMPUTE, share * min(cloud.cash, cloud.tangible[0]), USED_COMPUTE)
    elif verb == 17:
        part = share * cloud.tangible[CONSTRUCTION - FIRST_TANGIBLE]
        reclassify(ledger, cloud, CONSTRUCTION, SHELLS, part)


@rule
def post(ledger, accounts, firms, postings):
    """Carry out postings one after the other."""
    for k in range(len(postings)):
        posting = postings[k]
        verb = posting.verb
        share = posting.share
        if posting.first == posting.second:
            continue
        first = party(accounts, firms, posting.first)
        second = party(accounts, firms, posting.second)
        if verb <= 2:
            pay_each_other(ledger, accounts, firms, verb, first, second, posting.choice, share)
        elif verb <= 5:
            borrow(ledger, accounts, verb, first, share)
        elif verb <= 9:
            contract(ledger, accounts, verb, first, second, posting.choice, share)
        elif verb <= 13 or verb >= 18:
            issuer = posting.choice % 4
            invest(ledger, accounts, verb, first, second, FUND if issuer == 3 else issuer, share)
        else:
            build(ledger, accounts, firms, verb, first, second, posting.choice, share)
