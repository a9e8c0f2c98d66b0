"""Take-or-pay contracts: how they are priced and signed, and which part of a provider's compute serves whom."""

import numpy as np

from simulation.books.ledger import place_among
from simulation.rule import record, rule

CONTRACTS = 512
CONTRACT = record(
    customer="i8",
    provider="i8",
    gigawatts="f8",
    price="f8",
    quarters_left="f8",
    starts_in="f8",
    delivered="f8",
    firm="f8",  # GW that cannot be cancelled
    known="f8",  # one for a contract of record
    supplier="i8",  # column whose money asked for it, -1 for none
)


@rule
def backlog_of(contract):
    """What a contract will still bring its provider (USD bn)."""
    return contract.gigawatts * contract.price * max(contract.quarters_left, 0.0)


@rule
def contract_rent(w):
    """Rent at which a new contract is signed: the expected spot rent, within 30 percent of user cost."""
    market = w.market
    return min(max(market.expected_spot, 0.7 * market.user_cost), 1.3 * market.user_cost)


@rule
def rent_trend(p, quarters):
    """Rent in some quarters over today's, if compute goes on getting cheaper at the trend."""
    systems = p.it_share * (1.0 - p.it_price_decline) ** quarters
    return systems + (1.0 - p.it_share) * (1.0 - p.shell_price_decline) ** quarters


@rule
def sign(w, customer, provider, gigawatts, price, starts_in, quarters, firm_share, known, supplier):
    """Enter a take-or-pay contract in the register; one of the same parties and dates grows by it. `supplier` is the
    column whose money asked for it. With the register full it is added to the youngest of these parties."""
    market = w.market
    for k in range(market.n_contracts if starts_in > 0.0 else 0):
        contract = market.contracts[k]
        if contract.starts_in != starts_in or contract.customer != customer or contract.provider != provider:
            continue
        if contract.supplier == supplier and contract.quarters_left == quarters and contract.known == known:
            total = contract.gigawatts + gigawatts
            contract.price = (contract.price * contract.gigawatts + price * gigawatts) / total
            contract.gigawatts = total
            contract.firm += firm_share * gigawatts
            return
    if market.n_contracts >= CONTRACTS:
        add_to_youngest(market, customer, provider, gigawatts, price, quarters, firm_share)
        return
    contract = market.contracts[market.n_contracts]
    contract.customer = customer
    contract.provider = provider
    contract.gigawatts = gigawatts
    contract.price = price
    contract.quarters_left = quarters
    contract.starts_in = starts_in
    contract.delivered = 0.0
    contract.firm = firm_share * gigawatts
    contract.known = known
    contract.supplier = supplier
    market.n_contracts += 1


@rule
def add_to_youngest(market, customer, provider, gigawatts, price, quarters, firm_share):
    """Let the youngest contract of two parties grow by as many gigawatts as keep the amount that is signed."""
    for k in range(market.n_contracts - 1, -1, -1):
        contract = market.contracts[k]
        if contract.customer == customer and contract.provider == provider and contract.quarters_left > 0.0:
            more = gigawatts * price * quarters / (contract.price * contract.quarters_left)
            contract.gigawatts += more
            contract.firm += firm_share * more
            return


@rule
def served_shares(w):
    """Part of every cloud's compute, standing and on its way, that is under contract with each lab: array of labs by
    clouds. Chips delivered to a cloud count for a lab by this part."""
    market = w.market
    shares = np.zeros((len(w.labs), len(w.clouds)))
    for n in range(market.n_contracts):
        contract = market.contracts[n]
        lab = place_among(w.labs, contract.customer)
        if lab >= 0 and contract.quarters_left > 0.0:
            shares[lab, contract.provider] += contract.gigawatts
    for k in range(len(w.clouds)):
        cloud = w.clouds[k]
        signed = 0.0
        for j in range(len(w.labs)):
            signed += shares[j, k]
        capacity = max(cloud.online + cloud.waiting + cloud.pipeline, signed)
        for j in range(len(w.labs)):
            shares[j, k] = shares[j, k] / capacity if capacity > 0.0 else 0.0
    return shares
