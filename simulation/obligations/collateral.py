"""What stands behind a debt: what an agent owns, and what its contracts and leases will still bring."""

from simulation.books.instruments import CONSTRUCTION, FIRST_TANGIBLE, SHELLS
from simulation.books.ledger import place_among
from simulation.rule import rule

CORE_MULTIPLE = 10.0  # years of core cash flow that lenders take a going business for


@rule
def power_of(w, column):
    """Compute that an agent owns (adjusted GW), online and waiting; what it leases is its vehicle's."""
    k = place_among(w.clouds, column)
    if k >= 0:
        return max(w.clouds[k].online + w.clouds[k].waiting - w.clouds[k].lease_power, 0.0)
    k = place_among(w.other_buyers, column)
    if k >= 0:
        return w.other_buyers[k].online + w.other_buyers[k].waiting
    k = place_among(w.vehicles, column)
    return w.vehicles[k].power if k >= 0 else 0.0


@rule
def collateral_of(w, account):
    """What lenders could lay hands on (USD bn): compute at the mark that distress leaves, shells and sites at book."""
    market = w.market
    systems = power_of(w, account.column) * market.it_price * market.collateral_mark
    return systems + account.tangible[SHELLS - FIRST_TANGIBLE] + account.tangible[CONSTRUCTION - FIRST_TANGIBLE]


@rule
def core_value(w, column):
    """Worth of a core business as a going concern (USD bn): some years of its cash flow."""
    k = place_among(w.chip_makers, column)
    if k >= 0:
        maker = w.chip_makers[k]
        # A slump of chip sales does not make the rest of the business worthless.
        return CORE_MULTIPLE * max(maker.cash_flow_year, 4.0 * maker.core_cash_flow)
    k = place_among(w.clouds, column)
    return CORE_MULTIPLE * 4.0 * w.clouds[k].core_cash_flow if k >= 0 else 0.0


@rule
def rents_to_come(w, column):
    """What the lease in force will still bring a vehicle (USD bn), undiscounted like the debt it serves."""
    k = place_among(w.vehicles, column)
    if k < 0 or w.vehicles[k].lessee < 0:
        return 0.0
    return w.vehicles[k].rent * max(w.vehicles[k].quarters_left, 0.0)


@rule
def contracts_to_come(w, column):
    """What the contracts in force will still bring a cloud beyond running costs (USD bn), undiscounted like the debt
    that was lent against them."""
    provider = place_among(w.clouds, column)
    running = w.parameters.opex * w.market.system_price
    total = 0.0
    for k in range(w.market.n_contracts if provider >= 0 else 0):
        contract = w.market.contracts[k]
        if contract.provider == provider:
            total += contract.gigawatts * max(contract.price - running, 0.0) * max(contract.quarters_left, 0.0)
    return total


@rule
def backing_of(w, account):
    """What stands behind the secured debt of an owner of compute (USD bn): its collateral, or what contracts or a lease
    in force will still bring, if that is more."""
    to_come = contracts_to_come(w, account.column) + rents_to_come(w, account.column)
    return max(collateral_of(w, account), to_come)


@rule
def holdings(ledger, column):
    """Shares of others that an agent holds (USD bn)."""
    total = 0.0
    for issuer in range(len(ledger.price)):
        number = ledger.shares[column, issuer]
        if number > 0.0:
            total += number * ledger.price[issuer]
    return total
