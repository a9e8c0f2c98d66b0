"""What banks and the central bank earn and pay: interest on deposits and reserves, capital, dividends."""

from simulation.agents.banks import read_capital, share_profit
from simulation.books import purposes
from simulation.books.ledger import place_among
from simulation.books.verbs import pay, pay_holders
from simulation.rule import rule


@rule
def settle_banks(world, accounts, firms):
    """Deposit interest, interest on reserves, central-bank profit, bank capital and bank dividends."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    macro = w.macro
    central = w.central_banks[0]
    government = w.governments[0]
    for k in range(len(accounts)):
        account = accounts[k]
        bank = place_among(w.banks, account.bank)
        if bank >= 0 and account.bank != account.column and account.cash > 0.0:
            pay(
                ledger, w.banks[bank].account, account, macro.deposit_rate * account.cash, purposes.INTEREST_ON_DEPOSITS
            )
    for bank in w.banks:
        reserves = max(ledger.reserves[bank.account.column], 0.0)
        pay(ledger, central.account, bank.account, 0.25 * macro.policy_rate * reserves, purposes.INTEREST_ON_RESERVES)
    for bank in w.banks:  # apart: a dividend moves reserves between banks
        read_capital(bank, ledger, p, w.levers.bank_capital_buffer)
        dividend = share_profit(bank, government, ledger, macro, p, w.levers.bank_capital_buffer)
        if dividend > 0.0:
            pay_holders(ledger, accounts, bank.account, dividend, purposes.DIVIDENDS)
    profit = ledger.received[purposes.INTEREST_ON_GOVERNMENT_BONDS, central.account.column]
    profit += ledger.received[purposes.INTEREST_ON_LOANS, central.account.column]
    profit -= ledger.paid[purposes.INTEREST_ON_RESERVES, central.account.column]
    if profit >= 0.0:
        pay(ledger, central.account, government.account, profit, purposes.CENTRAL_BANK_PROFIT)
    else:
        pay(ledger, government.account, central.account, -profit, purposes.CENTRAL_BANK_PROFIT)
