"""Compute in place: it wears out and loses value, and new equipment comes online where a shell stands ready."""

from simulation.agents.clouds import depreciate_compute, impair, installable
from simulation.rule import rule


@rule
def age_owner(owner, world):
    """Depreciate, impair and age the compute and shells of one owner."""
    w = world[0]
    p = w.parameters
    life = p.book_life_it * w.levers.depreciation_life
    charge = depreciate_compute(owner, w.ledger, w.quarter, life, p)
    power = owner.online + owner.waiting + owner.mothballed - owner.lease_power
    charge += impair(owner, w.ledger, w.market.it_price, power, p)
    owner.depreciation = charge
    owner.online *= 1.0 - p.attrition
    owner.mothballed *= 1.0 - p.attrition
    owner.shells *= 1.0 - p.shell_depreciation


@rule
def age_compute(world, accounts, firms):
    """Wear and impairment of all owners of compute."""
    w = world[0]
    for cloud in w.clouds:
        age_owner(cloud, world)
    for buyer in w.other_buyers:
        age_owner(buyer, world)


@rule
def install(world, accounts, firms):
    """Equipment comes online where a shell stands ready, within the power that the grid can add in a quarter: shared
    pro rata, so that chips can be stranded. The cap binds physical gigawatts."""
    w = world[0]
    p = w.parameters
    market = w.market
    wanted = 0.0
    for cloud in w.clouds:
        wanted += installable(cloud)
    for buyer in w.other_buyers:
        wanted += installable(buyer)
    share = 1.0
    if p.power_cap > 0.5 and wanted > 0.0:
        power = market.power_cap * w.levers.power_additions + w.levers.grid_investment
        share = min(1.0, power / (wanted * market.physical))
    for cloud in w.clouds:
        cloud.came_online = share * installable(cloud)
        cloud.online += cloud.came_online
        cloud.waiting -= cloud.came_online
    for buyer in w.other_buyers:
        buyer.came_online = share * installable(buyer)
        buyer.online += buyer.came_online
        buyer.waiting -= buyer.came_online
