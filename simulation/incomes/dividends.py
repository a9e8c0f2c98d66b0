"""Profits paid out: dividends and buybacks of the AI sector, dividends of ordinary firms."""

from simulation.books.ledger import market_value
from simulation.books.purposes import BUYBACKS, DIVIDENDS
from simulation.books.verbs import buy_back, empty_pool, pay_holders, pay_out
from simulation.credit.lenders import spare_money
from simulation.rule import rule

DIVIDEND_PART = 0.4  # of what listed AI firms pay their owners; the rest buys back shares
MOST_BOUGHT = 0.02  # of its shares that a firm buys back in a quarter


@rule
def pay_owners(ledger, accounts, firm, amount):
    """Pay the owners of a listed firm, by dividends and, as far as few shares are taken from the market, buybacks."""
    bought = min((1.0 - DIVIDEND_PART) * amount, MOST_BOUGHT * market_value(ledger, firm.column))
    pay_holders(ledger, accounts, firm, amount - bought, DIVIDENDS)
    buy_back(ledger, accounts, firm, bought, BUYBACKS)


@rule
def pay_out_profits(world, accounts, firms):
    """Dividends and buybacks of the AI sector; dividends of firms and banks to their owners."""
    w = world[0]
    ledger = w.ledger
    for cloud in w.clouds:
        amount = min(cloud.payout, spare_money(cloud.account.cash, cloud.money_target))
        if cloud.alive > 0.5 and amount > 0.0:
            pay_owners(ledger, accounts, cloud.account, amount)
    for maker in w.chip_makers:
        free = maker.payout_share * max(maker.operating_cash_flow - maker.capex, 0.0)
        maker.payout = min(free, spare_money(maker.account.cash, maker.money_target))
        if maker.payout > 0.0:
            pay_owners(ledger, accounts, maker.account, maker.payout)
    for buyer in w.other_buyers:
        amount = min(buyer.payout, spare_money(buyer.account.cash, buyer.money_target))
        if amount > 0.0:
            pay_holders(ledger, accounts, buyer.account, amount, DIVIDENDS)


@rule
def pay_firms_dividends(world, accounts, firms):
    """Hand the dividends of all ordinary firms to the holders of their pooled shares."""
    w = world[0]
    ledger = w.ledger
    pool = ledger.dividends
    total = pool.posted[DIVIDENDS]
    column = firms[0].account.column
    last = 0
    for holder in range(len(accounts)):
        if ledger.shares[holder, column] > ledger.shares[last, column]:
            last = holder
    for holder in range(len(accounts)):
        number = ledger.shares[holder, column]
        if holder != last and number > 0.0:
            pay_out(ledger, pool, accounts[holder], total * number / ledger.issued[column], DIVIDENDS)
    pay_out(ledger, pool, accounts[last], pool.posted[DIVIDENDS], DIVIDENDS)
    empty_pool(pool)
    expected = w.exchange.firms_dividends * (1.0 + w.macro.trend_nominal_growth)
    w.exchange.firms_dividends = expected + 0.25 * (total - expected)
