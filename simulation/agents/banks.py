"""Banks: they make money by lending, hold bonds and reserves, and stop lending when capital is short."""

import numpy as np

from simulation.books.instruments import BANK_LOANS, CORPORATE_BONDS, DEPOSITS, N_FINANCIAL, PRIVATE_CREDIT
from simulation.books.ledger import ACCOUNT, market_value
from simulation.books.purposes import PROFIT_TAX, PURPOSES
from simulation.books.verbs import pay
from simulation.rule import record, rule

_INCOME = np.array([row.name.startswith("interest") for row in PURPOSES])

BANK = record(
    account=ACCOUNT,
    lends="f8",
    equity="f8",
    risk_weighted_assets="f8",
    capital_ratio="f8",
    target_ratio="f8",
    deposits="f8",
    loans="f8",
    profit="f8=0",
    dividends="f8=0",
    losses="f8=0",
    failed="f8=0",
    ai_loans="f8=0",  # to the AI sector, its vehicles and the funds behind it
)


@rule
def read_capital(bank, ledger, p, buffer):
    """Book equity and capital ratio on the last audited balance sheet. Lending stops below the target (Basel III); the
    policy buffer is added on top of it."""
    position = ledger.position
    column = bank.account.column
    equity = 0.0
    for stock in range(N_FINANCIAL):
        equity += position[stock, column]
    equity += market_value(ledger, column)  # own shares are a claim on the bank, not a debt of it
    bank.equity = equity
    bank.loans = position[BANK_LOANS, column]
    bank.deposits = -position[DEPOSITS, column]
    bank.risk_weighted_assets = (
        max(bank.loans, 0.0) + position[CORPORATE_BONDS, column] + position[PRIVATE_CREDIT, column]
    )
    bank.capital_ratio = bank.equity / max(bank.risk_weighted_assets, 1e-9)
    bank.lends = 1.0 if bank.capital_ratio >= p.capital_target + buffer else 0.0


@rule
def share_profit(bank, government, ledger, macro, p, buffer):
    """Tax on the quarter's profit, then pay out what growth of the balance sheet does not need; nothing while capital
    is short of the target. Returns the dividend."""
    column = bank.account.column
    profit = 0.0
    for purpose in range(len(_INCOME)):
        if _INCOME[purpose]:
            profit += ledger.received[purpose, column] - ledger.paid[purpose, column]
    tax = pay(ledger, bank.account, government.account, p.tax_profits * max(profit - bank.losses, 0.0), PROFIT_TAX)
    bank.profit = profit - tax - bank.losses
    bank.losses = 0.0
    wanted = max((bank.target_ratio + buffer) * bank.risk_weighted_assets, p.leverage_ratio * bank.deposits)
    free = bank.equity + bank.profit - wanted * (1.0 + macro.trend_nominal_growth)
    bank.dividends = 0.0
    if bank.capital_ratio >= p.capital_target + buffer and free > 0.0:
        bank.dividends = min(free, max(bank.profit, 0.0) + p.excess_capital_payout * free)
    return bank.dividends


@rule
def reserve_shortfall(bank, ledger):
    """What a bank lacks in reserves (USD bn), to be lent by the central bank against its assets."""
    return max(-ledger.reserves[bank.account.column], 0.0)
