"""Public finance and portfolios: the deficit is sold, households and foreigners place their money, banks get
reserves."""

import numpy as np

from simulation.agents.banks import reserve_shortfall
from simulation.books import verbs
from simulation.books.instruments import GOVERNMENT_BONDS, LISTED_EQUITY
from simulation.books.purposes import FUND_FLOWS, GOVERNMENT_BOND_TRADES, PURPOSES
from simulation.books.receipts import received_less_paid
from simulation.credit import lenders
from simulation.markets.equity import ai_holdings, trade_ai_shares
from simulation.rule import rule

_LENT = np.array([row.nature in ("current", "capital") for row in PURPOSES])


@rule
def note_foreign_claims(world, accounts, firms):
    """What foreigners took in beyond what they paid for goods, services and incomes they have lent to residents."""
    w = world[0]
    for account in accounts:
        if w.ledger.resident[account.column] < 0.5:
            w.rest_of_world[0].claims += received_less_paid(w.ledger, account.column, _LENT)


@rule
def place_savings(world, accounts, firms):
    """Households keep money in proportion to income and put the rest into insurers and bond funds, or take it back."""
    w = world[0]
    ledger = w.ledger
    insurer = w.insurers[0]
    for household in w.households:
        account = household.account
        extra = w.parameters.saving_pace * (account.cash - household.money_ratio * household.permanent_income)
        if extra > 0.0:
            verbs.issue_shares(ledger, insurer.account, account, extra, FUND_FLOWS)
        elif extra < 0.0:
            # Half of a holding at most in a quarter, so that a fund is never left with assets and no shares.
            held = ledger.shares[account.column, insurer.account.column] * ledger.price[insurer.account.column]
            wanted = min(lenders.money_of_insurers(w, -extra), 0.5 * held)
            verbs.retire_shares(ledger, insurer.account, account, wanted, FUND_FLOWS)


@rule
def buy_treasuries(w, buyer, amount):
    """Buy new government bonds. Returns what was bought."""
    if amount <= 0.0:
        return 0.0
    government = w.governments[0].account
    return verbs.lend(
        w.ledger,
        buyer,
        government,
        amount,
        w.macro.bond_rate,
        lenders.TREASURY_MATURITY,
        GOVERNMENT_BONDS,
        GOVERNMENT_BOND_TRADES,
    )


@rule
def finance_government(world, accounts, firms):
    """The deficit is sold to insurers, abroad and banks as far as their money goes, the rest to the central bank; a
    surplus redeems what the central bank holds."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    government = w.governments[0]
    central = w.central_banks[0].account
    abroad = w.rest_of_world[0]
    insurer = w.insurers[0]
    target = government.money_ratio * w.macro.potential_nominal
    need = target - government.account.cash
    insurer_room = lenders.spare_money(
        insurer.account.cash, insurer.money_target * w.macro.trend_level + lenders.promised_money(w)
    )
    abroad_room = lenders.spare_money(abroad.account.cash, abroad.money_ratio * w.macro.potential_nominal)
    if need > 0.0:
        rooms = insurer_room + abroad_room
        share = min(1.0, (1.0 - p.bank_treasury_share) * need / rooms) if rooms > 0.0 else 0.0
        bought = buy_treasuries(w, insurer.account, share * insurer_room)
        bought += buy_treasuries(w, abroad.account, share * abroad_room)
        insurer_room *= 1.0 - share
        abroad_room *= 1.0 - share
        for bank in w.banks:
            room = max(ledger.reserves[bank.account.column] - p.reserve_ratio * bank.deposits, 0.0)
            bought += buy_treasuries(w, bank.account, min(p.bank_treasury_share * need / len(w.banks), room))
        buy_treasuries(w, central, need - bought)
    else:
        number = verbs.claim_between(ledger, GOVERNMENT_BONDS, central.column, government.account.column)
        if number >= 0:
            verbs.redeem(ledger, ledger.claims[number], central, government.account, -need, GOVERNMENT_BOND_TRADES)
    # Spare money that the new issues left buys bonds from the central bank.
    number = verbs.claim_between(ledger, GOVERNMENT_BONDS, central.column, government.account.column)
    if number >= 0:
        held = ledger.claims[number]
        verbs.trade_claim(
            ledger, held, central, insurer.account, min(0.5 * insurer_room, 0.5 * held.amount), GOVERNMENT_BOND_TRADES
        )
        verbs.trade_claim(
            ledger, held, central, abroad.account, min(0.5 * abroad_room, 0.5 * held.amount), GOVERNMENT_BOND_TRADES
        )


@rule
def buy_home_shares(world, accounts, firms):
    """Foreigners put a part of their spare money into home shares while these are less than their usual part of what
    foreigners hold; bought from the top decile at the market's proportions between AI and ordinary firms."""
    w = world[0]
    ledger = w.ledger
    abroad = w.rest_of_world[0]
    household = w.households[0].account
    spare = lenders.spare_money(abroad.account.cash, abroad.money_ratio * w.macro.potential_nominal)
    held = ledger.position[LISTED_EQUITY, abroad.account.column]
    bonds = ledger.position[GOVERNMENT_BONDS, abroad.account.column]
    lack = abroad.equity_part * (held + bonds + abroad.account.cash) - held
    amount = min(w.parameters.foreign_equity_share * spare, max(lack, 0.0))
    insiders = min(w.levers.insider_selling * w.exchange.market_value, lenders.placeable(abroad.account))
    if insiders > 0.0:
        trade_ai_shares(w, abroad.account, household, insiders)
    if amount <= 0.0:
        return
    column = firms[0].account.column
    ai = ai_holdings(w, household.column)
    ordinary = ledger.shares[household.column, column] * ledger.price[column]
    bought = trade_ai_shares(w, abroad.account, household, amount * ai / (ai + ordinary))
    number = min(amount - bought, 0.5 * ordinary) / ledger.price[column]
    verbs.trade_shares(ledger, household, abroad.account, column, max(number, 0.0))


@rule
def supply_reserves(world, accounts, firms):
    """The central bank lends reserves to banks that are short and is repaid by those that have plenty; foreigners and
    insurers short of money sell it government bonds."""
    w = world[0]
    ledger = w.ledger
    central = w.central_banks[0].account
    for bank in w.banks:
        lack = reserve_shortfall(bank, ledger)
        if lack > 0.0:
            verbs.grant_loan(ledger, bank.account, central, lack)
        elif bank.account.loan > 0.0:
            verbs.repay_loan(ledger, bank.account, central, ledger.reserves[bank.account.column])
    abroad = w.rest_of_world[0]
    lack = 0.5 * abroad.money_ratio * w.macro.potential_nominal - abroad.account.cash
    if lack > 0.0:
        lenders.sell_treasuries(w, abroad.account, lack)
    insurer = w.insurers[0].account
    if insurer.cash < 0.0:
        lenders.sell_treasuries(w, insurer, -insurer.cash)
    cover_overdraft(w, abroad.account)
    for household in w.households:
        cover_overdraft(w, household.account)


@rule
def cover_overdraft(w, account):
    """An account that ended the quarter short becomes a bank loan."""
    if account.cash < 0.0:
        verbs.grant_loan(w.ledger, account, lenders.bank_of(w, account).account, -account.cash)
