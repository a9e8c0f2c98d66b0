"""The receiver: it takes compute that found no buyer, for the creditors of those who failed, and sells it in time."""

from simulation.books import verbs
from simulation.books.instruments import COMPUTE, CORPORATE_BONDS, FIRST_TANGIBLE, SHELLS, VENDOR_LOANS
from simulation.books.purposes import FUND_FLOWS, USED_COMPUTE, USED_SHELLS
from simulation.chronicle import MOTHBALLED, NOBODY, REACTIVATED, tell
from simulation.credit.lenders import bank_of
from simulation.markets.fire_sale import buy_used, fire_sale_price, money_for_used, takers, value_at
from simulation.obligations.debts import debts_left, principal_purpose
from simulation.rule import rule

SMALLEST_STOCK = 1e-3  # GW that is worth keeping a receiver for


@rule
def hand_to_receiver(w, accounts, column):
    """Unsold compute goes to the receiver, whose shares the creditors take for a part of their claims at the price of
    the sale. Creditors pay for shares, the receiver for compute, the failed agent its debts: no money moves."""
    debtor = w.debtors[column]
    if debtor.unsold <= 0.0:
        return
    ledger = w.ledger
    seller = accounts[column]
    receiver = w.receivers[0]
    factor = receiver.price_factor
    value = debtor.unsold * (w.market.it_price + w.market.shell_price) * factor
    open_claims = debts_left(w, seller)
    taken = min(value, open_claims)
    tell(w.chronicle, MOTHBALLED, column, NOBODY, value, debtor.unsold)
    receiver.mothballed += debtor.unsold
    debtor.unsold = 0.0
    if taken <= 0.0:
        return
    if ledger.issued[receiver.account.column] <= 0.0:
        verbs.reprice(ledger, receiver.account.column, 1.0)
    systems = taken * w.market.it_price / (w.market.it_price + w.market.shell_price)
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == column and CORPORATE_BONDS <= claim.instrument <= VENDOR_LOANS and claim.amount > 0.0:
            part = taken * claim.amount / open_claims
            verbs.issue_shares(ledger, receiver.account, accounts[claim.holder], part, FUND_FLOWS)
            verbs.redeem(ledger, claim, accounts[claim.holder], seller, part, principal_purpose(claim.instrument))
    if seller.loan > 0.0:
        part = taken * seller.loan / open_claims
        verbs.issue_shares(ledger, receiver.account, bank_of(w, seller).account, part, FUND_FLOWS)
        verbs.repay_loan(ledger, seller, bank_of(w, seller).account, part)
    value_at(ledger, seller, COMPUTE, systems)
    value_at(ledger, seller, SHELLS, taken - systems)
    verbs.trade_asset(ledger, seller, receiver.account, COMPUTE, systems, USED_COMPUTE)
    verbs.trade_asset(ledger, seller, receiver.account, SHELLS, taken - systems, USED_SHELLS)


@rule
def sell_mothballed(world, accounts, firms):
    """Clouds that want to order take mothballed compute first, which is cheaper than new, as far as money goes."""
    w = world[0]
    p = w.parameters
    receiver = w.receivers[0]
    receiver.sold = 0.0
    if receiver.mothballed <= 1e-9:
        return
    absorbable = takers(w, w.market.it_price + w.market.shell_price).sum()
    factor = 1.0
    if p.fire_sales > 0.5:
        factor = fire_sale_price(1.0, receiver.mothballed, absorbable, p.fire_sale, p.fire_sale_floor)
    unit = (w.market.it_price + w.market.shell_price) * factor
    wanted = 0.0
    for cloud in w.clouds:
        wanted += min(cloud.planned_orders, money_for_used(w, cloud) / unit) if cloud.alive > 0.5 else 0.0
    if wanted <= 1e-9:
        return
    share = min(1.0, receiver.mothballed / wanted)
    for cloud in w.clouds:
        if cloud.alive < 0.5:
            continue
        power = share * min(cloud.planned_orders, money_for_used(w, cloud) / unit)
        if power <= 1e-9:
            continue
        paid = buy_used(w, receiver.account, cloud, power, factor)
        cloud.planned_orders -= power
        receiver.sold += power
        tell(w.chronicle, REACTIVATED, cloud.account.column, NOBODY, paid, power)
    receiver.mothballed = max(receiver.mothballed - receiver.sold, 0.0)


@rule
def manage_receivership(world, accounts, firms):
    """Idle compute wears and is marked to what it would fetch; money goes back to the creditors who hold the receiver's
    shares; the mark of all collateral recovers when nothing is offered."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    market = w.market
    receiver = w.receivers[0]
    account = receiver.account
    if receiver.offered <= 0.0:
        market.collateral_mark += p.collateral_recovery * (1.0 - market.collateral_mark)
    if ledger.issued[account.column] <= 0.0:
        return
    receiver.mothballed *= 1.0 - p.attrition
    worth = receiver.mothballed * market.collateral_mark
    mark_asset(ledger, account, COMPUTE, worth * market.it_price)
    mark_asset(ledger, account, SHELLS, worth * market.shell_price)
    value_receiver(w, account)
    if receiver.mothballed <= SMALLEST_STOCK:
        wind_up(w, accounts, receiver)
    elif account.cash > 0.0:
        verbs.buy_back(ledger, accounts, account, account.cash, FUND_FLOWS)
        value_receiver(w, account)


@rule
def wind_up(w, accounts, receiver):
    """With its compute sold the receiver pays out its money; its shares are gone until there is a new failure."""
    ledger = w.ledger
    account = receiver.account
    for stock in (COMPUTE, SHELLS):
        mark_asset(ledger, account, stock, 0.0)
    value_receiver(w, account)
    for holder in range(len(accounts)):
        held = ledger.shares[holder, account.column] * ledger.price[account.column]
        if held > 0.0:
            verbs.retire_shares(ledger, account, accounts[holder], min(held, max(account.cash, 0.0)), FUND_FLOWS)
    verbs.cancel_shares(ledger, account.column)
    receiver.mothballed = 0.0


@rule
def mark_asset(ledger, account, stock, worth):
    """Write an asset down to what it would fetch; never up."""
    excess = account.tangible[stock - FIRST_TANGIBLE] - worth
    if excess > 0.0:
        verbs.depreciate(ledger, account, stock, excess)


@rule
def value_receiver(w, account):
    """The receiver's shares are worth its money and compute."""
    worth = account.cash
    for k in range(len(account.tangible)):
        worth += account.tangible[k]
    verbs.reprice(w.ledger, account.column, max(worth, 1e-12) / w.ledger.issued[account.column])
