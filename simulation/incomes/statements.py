"""Income statements of the AI sector: operating surplus, cash flow, profit, taxes, debt-service cover."""

from simulation.agents.clouds import HOME_BUYER
from simulation.books.purposes import CHIPS, IMPORTED_PARTS, N_PURPOSES, OPERATING, OUTPUT, PROFIT_TAX, USED_UP, WAGES
from simulation.books.receipts import interest_of, received_less_paid
from simulation.books.verbs import grant_loan, pay
from simulation.credit.lenders import BOND_MATURITY, bank_of, spare_money
from simulation.rule import rule

LEAST_GROWTH, MOST_GROWTH = -0.5, 0.6  # a quarter, of a lab's revenue, that its plans learn from


@rule
def surplus_of(ledger, column):
    """Value added less wages of one resident producer: what it adds to GDP by income besides wages."""
    total = -ledger.paid[WAGES, column]
    for purpose in range(N_PURPOSES):
        if OUTPUT[purpose]:
            total += ledger.received[purpose, column]
        if USED_UP[purpose]:
            total -= ledger.paid[purpose, column]
    return total


@rule
def tally_surplus(world, accounts, firms):
    """Operating surplus of all resident producers, from what each of them has received and used up."""
    w = world[0]
    ledger = w.ledger
    total = w.totals.surplus
    for maker in w.chip_makers:
        total += surplus_of(ledger, maker.account.column) - maker.parts_used
    for cloud in w.clouds:
        total += surplus_of(ledger, cloud.account.column)
    for lab in w.labs:
        total += surplus_of(ledger, lab.account.column)
    for buyer in w.other_buyers:
        if buyer.kind == HOME_BUYER:
            total += surplus_of(ledger, buyer.account.column)
    for vehicle in w.vehicles:
        total += surplus_of(ledger, vehicle.account.column)
    ledger.operating_surplus = total


@rule
def operating_cash(ledger, firm):
    """Operating cash flow of a member of the AI sector before tax (USD bn)."""
    return received_less_paid(ledger, firm.account.column, OPERATING)


@rule
def settle_taxes(w, firm, cash_flow, profit):
    """Tax on the quarter's profit, for which its bank lends whoever is short of money; what it leaves of profit and
    operating cash flow; and what lenders read of them. Works for all of the AI sector."""
    tax = w.parameters.tax_profits * max(profit, 0.0)
    lack = tax - max(firm.account.cash, 0.0)
    if lack > 0.0:
        grant_loan(w.ledger, firm.account, bank_of(w, firm.account).account, lack)
    pay(w.ledger, firm.account, w.governments[0].account, tax, PROFIT_TAX)
    firm.operating_cash_flow = cash_flow - tax
    firm.profit = profit - tax
    firm.interest = interest_of(w.ledger, firm.account.column)
    note_cover(w, firm.account, firm.operating_cash_flow, firm.interest)


@rule
def close_statements(world, accounts, firms):
    """Income statements and taxes of the AI sector."""
    w = world[0]
    ledger = w.ledger
    for maker in w.chip_makers:
        # Parts are bought, not used up, in cash flow; profit takes what was used up.
        parts = ledger.paid[IMPORTED_PARTS, maker.account.column]
        cash_flow = operating_cash(ledger, maker) + ledger.received[CHIPS, maker.account.column] - parts
        settle_taxes(w, maker, cash_flow, cash_flow + parts - maker.parts_used - maker.depreciation)
        maker.cash_flow_year += 0.25 * (4.0 * maker.operating_cash_flow - maker.cash_flow_year)
    for cloud in w.clouds:
        cash_flow = operating_cash(ledger, cloud)
        settle_taxes(w, cloud, cash_flow, cash_flow - cloud.depreciation)
        cloud.cash_flow_year += 0.25 * (4.0 * (cloud.operating_cash_flow + cloud.interest) - cloud.cash_flow_year)
        cloud.ai_revenue = cloud.rental_revenue + cloud.service_revenue
    for buyer in w.other_buyers:
        cash_flow = operating_cash(ledger, buyer)
        settle_taxes(w, buyer, cash_flow, cash_flow - buyer.depreciation)
        buyer.cash_flow_year += 0.25 * (4.0 * (buyer.operating_cash_flow + buyer.interest) - buyer.cash_flow_year)
    for vehicle in w.vehicles:
        if vehicle.alive > 0.5:
            cash_flow = operating_cash(ledger, vehicle)
            settle_taxes(w, vehicle, cash_flow, cash_flow - vehicle.depreciation)
    for lab in w.labs:
        cash_flow = operating_cash(ledger, lab)
        settle_taxes(w, lab, cash_flow, cash_flow)
        lab.burn += 0.5 * (max(-lab.operating_cash_flow, 0.0) - lab.burn)
        growth = min(max(lab.revenue / max(lab.revenue_before, 1e-6) - 1.0, LEAST_GROWTH), MOST_GROWTH)
        lab.expected_growth += w.parameters.expectation_gain * (growth - lab.expected_growth)


@rule
def note_cover(w, account, cash_flow, interest):
    """What lenders read of a debtor: operating cash flow, and its cover of interest and of the maturing debt that its
    money could not repay."""
    debtor = w.debtors[account.column]
    debtor.cash_flow = cash_flow
    debtor.cover = debt_cover(cash_flow + interest, interest, spare_money(debtor.debt, account.cash))


@rule
def debt_cover(cash_flow, interest, debt):
    """Debt-service cover: cash flow before interest over interest and the part of the debt that matures."""
    service = interest + debt / BOND_MATURITY
    if service <= 1e-9:
        return 9.0
    return min(max(cash_flow / service, -9.0), 9.0)
