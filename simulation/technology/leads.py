"""How long what is ordered takes: permits, sites, chips."""

from simulation.agents.clouds import PERMITS, SITES
from simulation.rule import rule


@rule
def likely_arrival(market):
    """Part of the orders that buyers have room for that is likely to come next quarter: all, or what supply was of
    them."""
    return min(1.0, market.supply_value / max(market.due_value, 1e-9))


@rule
def building_lead(w):
    """Quarters from the beginning of a site to its use; quicker permits shorten them."""
    lead = int(w.parameters.construction_lead + min(w.levers.permitting_lead, 0.0) + 0.5)
    return min(max(lead, 1), SITES)


@rule
def permit_wait(w):
    """Quarters that orders wait for permits, beyond what permits usually take."""
    return min(int(max(w.levers.permitting_lead, 0.0) + 0.5), PERMITS)
