"""The market for compute ahead of time: labs sign take-or-pay contracts, and contracts run out."""

from simulation.agents.labs import affordable_dues, compute_wanted
from simulation.books.ledger import market_value
from simulation.chronicle import NOBODY
from simulation.obligations.contracts import contract_rent, rent_trend, sign
from simulation.public_policy import partner_part
from simulation.rule import rule

FIRST_CONTRACT = 0.0005  # GW that a lab may sign for in a quarter, however little it needs today


@rule
def age_contracts(world, accounts, firms):
    """Contracts move on by a quarter; those that have run out make room in the register."""
    w = world[0]
    market = w.market
    kept = 0
    for k in range(market.n_contracts):
        contract = market.contracts[k]
        if contract.starts_in > 0.0:
            contract.starts_in -= 1.0
        else:
            contract.quarters_left -= 1.0
        if contract.quarters_left > 0.0:
            if kept != k:
                market.contracts[kept] = contract
            kept += 1
    market.n_contracts = kept


@rule
def sign_contracts(world, accounts, firms):
    """Labs reserve compute ahead: what they want at the horizon and have not yet under contract, as far as the dues of
    a year stay within what they dare to owe. The providers that hold their contracts already get most of the new
    ones."""
    w = world[0]
    p = w.parameters
    market = w.market
    for j in range(len(w.labs)):
        lab = w.labs[j]
        if lab.alive < 0.5:
            continue
        signed = 0.0
        dues = 0.0
        for k in range(market.n_contracts):
            contract = market.contracts[k]
            if contract.customer != lab.account.column or contract.starts_in > p.commitment_horizon:
                continue
            if contract.starts_in + contract.quarters_left > p.commitment_horizon:
                signed += contract.gigawatts
            dues += 4.0 * contract.gigawatts * contract.price
        price = contract_rent(w) * rent_trend(p, p.construction_lead)
        valuation = market_value(w.ledger, lab.account.column)
        lab.wants_compute = p.contract_cover * compute_wanted(lab, p)
        lack = max(lab.wants_compute - signed, 0.0)
        room = max(affordable_dues(lab, valuation, p) - dues, 0.0) / (4.0 * price)
        new = min(lack, room, p.contract_pace * max(lab.need, 0.001) + FIRST_CONTRACT)
        if new > 1e-4:
            for k in range(len(w.clouds)):
                part = new * partner_part(w, j, k)
                if part > 1e-6:
                    start, quarters = p.construction_lead, p.take_or_pay_quarters
                    sign(w, lab.account.column, k, part, price, start, quarters, p.firm_share, 0.0, NOBODY)
