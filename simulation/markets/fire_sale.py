"""The market for compute in distress: what failed agents must sell meets the money of those who could use it.

Sellers in distress meet buyers who are short of money at the same time, so the price falls below value in best use
(Shleifer and Vishny 1992). The lower price marks everybody's collateral, and lenders roll over less of what is lent
against it."""

import numpy as np

from simulation.agents.clouds import COHORTS
from simulation.books.instruments import COMPUTE, CONSTRUCTION, FIRST_TANGIBLE, SHELLS
from simulation.books.ledger import place_among
from simulation.books.purposes import USED_COMPUTE, USED_SHELLS
from simulation.books.verbs import depreciate, trade_asset
from simulation.chronicle import FIRE_SALE, FIRE_SALE_COLLATERAL, NOBODY, tell
from simulation.obligations.collateral import power_of
from simulation.obligations.dues import liquid, note_blow
from simulation.rule import rule


@rule
def money_for_used(w, cloud):
    """What a cloud could pay for used compute at once (USD bn): nothing if it is failing itself."""
    if cloud.alive < 0.5 or w.debtors[cloud.account.column].in_default > 0.5:
        return 0.0
    return w.parameters.distress_money_share * max(min(liquid(w, cloud.account), cloud.account.cash), 0.0)


@rule
def taken_at(w, cloud, price):
    """Used compute that a cloud takes at a price (GW): what it has need of and no equipment for yet, as far as its
    money goes. Used systems stand in for new ones on order."""
    needed = cloud.planned_need / w.parameters.target_utilisation - cloud.online - cloud.waiting
    return min(max(needed, 0.0), money_for_used(w, cloud) / price)


@rule
def takers(w, price):
    """What each cloud takes at a price (GW)."""
    taken = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        taken[k] = taken_at(w, w.clouds[k], price)
    return taken


@rule
def delivered(w):
    """What makers have shipped in the quarter (GW): the turnover of the market that used compute comes into."""
    power = 0.0
    for maker in w.chip_makers:
        power += maker.shipped_power
    return power


@rule
def hold_fire_sale(w, accounts):
    """All who have newly failed sell at one price: the mark less what the offer, on top of what is mothballed, is above
    what the market absorbs: what buyers lack and can pay, beside what they buy new. The price marks everybody's
    collateral next quarter."""
    p = w.parameters
    receiver = w.receivers[0]
    offered = 0.0
    largest = NOBODY
    most = 0.0
    for column in range(len(accounts)):
        if w.debtors[column].in_default == 1.0:
            power = power_of(w, column)
            offered += power
            if power > most:
                most = power
                largest = column
    if offered <= 0.0:
        return
    unit = w.market.it_price + w.market.shell_price
    receiver.offered += offered
    receiver.absorbable = takers(w, unit).sum() + delivered(w)
    if p.fire_sales > 0.5:
        on_sale = receiver.offered + receiver.mothballed
        receiver.price_factor = fire_sale_price(1.0, on_sale, receiver.absorbable, p.fire_sale, p.fire_sale_floor)
    price = unit * receiver.price_factor
    parts = takers(w, price)
    parts /= max(offered, parts.sum())
    for column in range(len(accounts)):
        if w.debtors[column].in_default == 1.0 and power_of(w, column) > 0.0:
            sell_systems(w, accounts, column, parts)
    mark_collateral(w, receiver.price_factor, largest)


@rule
def mark_collateral(w, factor, seller):
    """Lenders mark all compute at the price of the sale; who owes more than before against it feels the blow, dealt by
    the largest seller."""
    before = w.market.collateral_mark
    w.market.collateral_mark = min(before, factor)
    fall = before - w.market.collateral_mark
    if fall <= 0.0:
        return
    for cloud in w.clouds:
        debtor = w.debtors[cloud.account.column]
        if cloud.alive > 0.5 and debtor.debt > 0.0 and debtor.in_default < 0.5:
            loss = fall * (cloud.online + cloud.waiting) * w.market.it_price
            note_blow(w, cloud.account.column, seller, FIRE_SALE_COLLATERAL, loss)


@rule
def sell_systems(w, accounts, column, parts):
    """Sell one failed owner's compute, with its shells, to the other clouds by what each of them takes; what none takes
    is left."""
    debtor = w.debtors[column]
    power = power_of(w, column)
    factor = w.receivers[0].price_factor
    debtor.heir = -1
    most = 0.0
    sold = 0.0
    for k in range(len(w.clouds)):
        part = parts[k]
        if part <= 0.0:
            continue
        sold += part
        paid = buy_used(w, accounts[column], w.clouds[k], part * power, factor)
        debtor.proceeds += paid
        if part > most:
            most = part
            debtor.heir = k
    debtor.unsold = max(1.0 - sold, 0.0) * power
    if debtor.heir >= 0:
        buyer = w.clouds[debtor.heir].account.column
        tell(w.chronicle, FIRE_SALE, column, buyer, debtor.proceeds, sold * power)


@rule
def buy_used(w, seller, buyer, power, factor):
    """A cloud buys used compute with its shells at a part of the mark; it goes online without waiting. Returns the
    price."""
    ledger = w.ledger
    systems = power * w.market.it_price * factor
    shells = power * w.market.shell_price * factor
    value_at(ledger, seller, COMPUTE, systems)
    value_at(ledger, seller, SHELLS, shells)
    trade_asset(ledger, seller, buyer.account, COMPUTE, systems, USED_COMPUTE)
    trade_asset(ledger, seller, buyer.account, SHELLS, shells, USED_SHELLS)
    buyer.online += power
    buyer.shells += power
    cohort = w.quarter % COHORTS
    buyer.cohort_cost[cohort] += systems
    buyer.cohort_book[cohort] += systems
    return systems + shells


@rule
def value_at(ledger, owner, stock, price):
    """Bring an owner's books up to the price of what it is about to sell, if they carry less."""
    lack = price - owner.tangible[stock - FIRST_TANGIBLE]
    if lack > 0.0:
        depreciate(ledger, owner, stock, -lack)


@rule
def retire_systems(w, accounts, column):
    """What a failed owner still has on its books after the sale is gone: sites, and the loss on what was sold."""
    account = accounts[column]
    power = power_of(w, column)
    if power <= 0.0 and account.tangible[COMPUTE - FIRST_TANGIBLE] <= 0.0:
        return
    for stock in (COMPUTE, SHELLS, CONSTRUCTION):
        depreciate(w.ledger, account, stock, account.tangible[stock - FIRST_TANGIBLE])
    k = place_among(w.clouds, column)
    if k >= 0:
        forget_systems(w.clouds[k])
    k = place_among(w.other_buyers, column)
    if k >= 0:
        forget_systems(w.other_buyers[k])
    k = place_among(w.vehicles, column)
    if k >= 0:
        take_from_user(w, w.vehicles[k])


@rule
def lessee_of(w, vehicle):
    """The cloud that leases from a vehicle."""
    return w.clouds[place_among(w.clouds, vehicle.lessee)]


@rule
def take_from_user(w, vehicle):
    """The user gives back what it has leased."""
    if vehicle.lessee >= 0:
        cloud = lessee_of(w, vehicle)
        back = min(vehicle.power, cloud.online)
        cloud.online -= back
        cloud.shells = max(cloud.shells - back, 0.0)
        cloud.lease_power = max(cloud.lease_power - vehicle.power, 0.0)
    vehicle.power = 0.0


@rule
def forget_systems(owner):
    """An owner without compute, orders or sites."""
    owner.online = 0.0
    owner.waiting = 0.0
    owner.lease_power = 0.0
    owner.shells = 0.0
    owner.pipeline = 0.0
    owner.orders = 0.0
    owner.planned_orders = 0.0
    owner.cohort_book[:] = 0.0
    owner.cohort_cost[:] = 0.0
    owner.sites[:] = 0.0
    owner.sites_unpaid[:] = 0.0
    owner.permits[:] = 0.0
    owner.decided = 0.0


@rule
def fire_sale_price(mark: float, offered: float, absorbable: float, depth: float, floor: float) -> float:
    """Price of an asset sold in distress: mark x max(floor, 1 - depth x offered/absorbable).

    Offered and absorbable are in units of the asset (GW): what is for sale and what buyers could take in a quarter;
    depth (`fire_sale`) is the part of the mark lost when the two are equal, floor (`fire_sale_floor`) what scrap and
    patience guarantee."""
    if offered <= 0.0:
        return mark
    if absorbable <= 0.0:
        return mark * floor
    return mark * max(floor, 1.0 - depth * offered / absorbable)
