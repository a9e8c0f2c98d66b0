"""Vehicles and leases: a cloud sells compute to a vehicle that lenders and sponsors fund, and rents it back.

The debt leaves the cloud's balance sheet, the obligation does not: rent is due like any other, and the user has
guaranteed a residual value. A vehicle is closed when its lease ends; it fails when its user does not pay."""

import numpy as np

from simulation.agents.clouds import COHORTS, HYPERSCALER
from simulation.agents.vehicles import guarantee_due, lease_rent, lessee_renews
from simulation.books import purposes, verbs
from simulation.books.deliveries import ASSETS_LEASED, deliver
from simulation.books.instruments import COMPUTE, FIRST_TANGIBLE, PRIVATE_CREDIT, SHELLS
from simulation.chronicle import GUARANTEE_CALLED, NOBODY, VEHICLE_CLOSED, VEHICLE_MADE, tell
from simulation.credit import lenders
from simulation.distress.receivership import hand_to_receiver
from simulation.investment.funding import bond_room, funding_gap
from simulation.markets.fire_sale import buy_used, lessee_of, take_from_user, takers
from simulation.obligations.debts import debts_left
from simulation.obligations.dues import LEASES, NO_CLAIM, UNSECURED, owe, relief_on
from simulation.obligations.supplier_money import note_supplier_money
from simulation.rule import rule

WHOLE = 1.0
COVER_OF_LEASE = 1.1  # debt-service cover that lenders credit a new vehicle with: rent is debt service and a margin


@rule
def draw_on_vehicles(world, accounts, firms):
    """Vehicles of record buy their users' compute as their lines are drawn; hyperscalers whose plans own money does not
    pay sell a part of theirs to vehicles that they make. Lenders and sponsors who have less than is asked give all
    vehicles the same part."""
    w = world[0]
    asked = np.zeros(len(w.vehicles))
    making = w.parameters.endogenous_deals > 0.5 and w.exchange.withdrawal < 0.5
    if making:
        let_slots(w)
    for k in range(len(w.vehicles)):
        vehicle = w.vehicles[k]
        if vehicle.lessee == NOBODY:
            continue
        vehicle.starts_in = max(vehicle.starts_in - 1.0, 0.0)
        if vehicle.known > 0.5 and vehicle.starts_in <= 0.0 and w.parameters.known_deals > 0.5:
            asked[k] = max(min(vehicle.draw, vehicle.undrawn), 0.0)
        elif vehicle.known < 0.5 and making:
            asked[k] = wants_vehicle(w, lessee_of(w, vehicle))
    asked *= parts_sold(w, asked)
    funded = asked * funded_part(w, asked.sum())
    for k in range(len(w.vehicles)):
        vehicle = w.vehicles[k]
        if funded[k] > lenders.NOTHING:
            raised = sell_to_vehicle(w, vehicle, funded[k])
            if vehicle.known > 0.5:
                vehicle.undrawn -= raised
        if vehicle.known < 0.5 and vehicle.alive < 0.5:
            vehicle.lessee = NOBODY


@rule
def wants_vehicle(w, cloud):
    """What a hyperscaler would raise through a vehicle (USD bn): a part of what its plans lack of own money, and all
    that bonds do not reach, if it is worth a vehicle."""
    if cloud.kind != HYPERSCALER or cloud.alive < 0.5:
        return 0.0
    p = w.parameters
    gap = max(funding_gap(w, cloud), 0.0)
    wanted = max(p.vehicle_part * gap, gap - bond_room(w, cloud)) * min(w.levers.bond_window, 1.0)
    return wanted if wanted >= p.vehicle_smallest else 0.0


@rule
def let_slots(w):
    """Empty vehicles go to the hyperscalers that have none and want one most."""
    for vehicle in w.vehicles:
        if vehicle.known > 0.5 or vehicle.lessee != NOBODY:
            continue
        most = 0.0
        for cloud in w.clouds:
            wanted = wants_vehicle(w, cloud)
            if wanted > most and not leases_made_vehicle(w, cloud.account.column):
                most = wanted
                vehicle.lessee = cloud.account.column


@rule
def leases_made_vehicle(w, lessee):
    """Whether a user already leases from a vehicle that the economy has made."""
    leases = 0
    for vehicle in w.vehicles:
        leases += vehicle.known < 0.5 and vehicle.lessee == lessee
    return leases > 0


@rule
def parts_sold(w, asked):
    """Part of what each vehicle asks for (USD bn) that its user sells: to all its vehicles together no more than a part
    of its compute at book value."""
    parts = np.zeros(len(asked))
    for k in range(len(asked)):
        if asked[k] <= 0.0:
            continue
        cloud = lessee_of(w, w.vehicles[k])
        total = 0.0
        for other in range(len(asked)):
            total += asked[other] if w.vehicles[other].lessee == w.vehicles[k].lessee else 0.0
        book = cloud.account.tangible[COMPUTE - FIRST_TANGIBLE] + cloud.account.tangible[SHELLS - FIRST_TANGIBLE]
        if cloud.alive > 0.5 and cloud.online + cloud.waiting - cloud.lease_power > lenders.NOTHING:
            parts[k] = lenders.part_met(total, w.parameters.vehicle_share * book)
    return parts


@rule
def funded_part(w, asked):
    """Part of what all vehicles ask for that sponsors and lenders have."""
    p = w.parameters
    sponsors = 0.0
    for fund in w.venture_funds:
        sponsors += lenders.placeable(fund.account)
    return min(
        lenders.part_met((1.0 - p.vehicle_debt) * asked, sponsors),
        lenders.part_met(p.vehicle_debt * asked, lenders.private_credit_room(w)),
    )


@rule
def sell_to_vehicle(w, vehicle, amount):
    """The vehicle borrows most of the price, sponsors pay in the rest, and a part of the user's compute changes hands
    at book value. Returns the price."""
    p = w.parameters
    ledger = w.ledger
    cloud = lessee_of(w, vehicle)
    compute = cloud.account.tangible[COMPUTE - FIRST_TANGIBLE]
    shells = cloud.account.tangible[SHELLS - FIRST_TANGIBLE]
    book = compute + shells
    owned = cloud.online + cloud.waiting - cloud.lease_power
    if vehicle.alive < 0.5:
        open_vehicle(w, vehicle)
    sponsors = 0.0
    for fund in w.venture_funds:
        sponsors += lenders.placeable(fund.account)
    rate = lenders.borrowing_rate(w, p.spread_investment_grade + p.private_premium)
    borrowed = lenders.lend_privately(w, vehicle.account, p.vehicle_debt * amount, rate)
    equity = borrowed * (1.0 - p.vehicle_debt) / p.vehicle_debt
    price = borrowed
    for fund in w.venture_funds:
        part = equity * lenders.placeable(fund.account) / max(sponsors, 1e-12)
        price += verbs.issue_shares(ledger, vehicle.account, fund.account, part, purposes.PRIVATE_ROUNDS)
    if price <= 0.0:
        return 0.0
    share = price / book
    note_supplier_money(w, vehicle.account.column, cloud.account.column, price)
    verbs.trade_asset(ledger, cloud.account, vehicle.account, COMPUTE, share * compute, purposes.USED_COMPUTE)
    verbs.trade_asset(ledger, cloud.account, vehicle.account, SHELLS, share * shells, purposes.USED_SHELLS)
    for k in range(COHORTS):
        cloud.cohort_book[k] *= 1.0 - share
        cloud.cohort_cost[k] *= 1.0 - share
    power = share * owned
    vehicle.power += power
    cloud.lease_power += power
    vehicle.guarantee += p.residual_guarantee * borrowed
    tell(w.chronicle, VEHICLE_MADE, cloud.account.column, vehicle.account.column, price, power)
    return price


@rule
def open_vehicle(w, vehicle):
    """An empty vehicle takes up business: old shares are gone, the lease begins."""
    column = vehicle.account.column
    verbs.cancel_shares(w.ledger, column)
    verbs.reprice(w.ledger, column, WHOLE)
    vehicle.alive = 1.0
    vehicle.power = 0.0
    vehicle.guarantee = 0.0
    if vehicle.known < 0.5:
        vehicle.quarters_left = w.parameters.lease_quarters
    w.debtors[column].watched = 1.0
    w.debtors[column].cover = COVER_OF_LEASE
    w.debtors[column].failed_quarter = 0.0


@rule
def bill_rents(world, accounts, firms):
    """Rent is due on every lease: debt service and a margin. What is leased no longer is given back first."""
    w = world[0]
    p = w.parameters
    end_leases(w, accounts)
    for vehicle in w.vehicles:
        vehicle.rent = 0.0
        if vehicle.alive < 0.5 or vehicle.lessee == NOBODY or lease_is_over(vehicle):
            continue
        column = vehicle.account.column
        debt = 0.0
        interest = 0.0
        for k in range(w.ledger.n_claims):
            claim = w.ledger.claims[k]
            if claim.issuer == column and claim.instrument == PRIVATE_CREDIT:
                debt += claim.amount
                interest += claim.rate * claim.amount
        rent = lease_rent(interest, debt, lenders.LOAN_MATURITY, p.lease_margin) * (1.0 - relief_on(w, vehicle.lessee))
        vehicle.rent = rent
        owe(w, vehicle.lessee, column, rent, LEASES, purposes.LEASE_RENT, NO_CLAIM, 0)
        deliver(w.ledger, accounts[vehicle.lessee], ASSETS_LEASED, rent)


@rule
def lease_is_over(vehicle):
    """Whether a vehicle's lease has run out and nothing more will be drawn on it."""
    return vehicle.alive > 0.5 and vehicle.quarters_left <= 0.0 and vehicle.undrawn <= 0.0


@rule
def end_leases(w, accounts):
    """Users renew for another year what is worth its rent. The rest they give back: their vehicles sell it to the
    clouds at the mark that distress leaves, to each cloud the same part of all, and the users owe what they have
    guaranteed beyond that."""
    market = w.market
    offered = 0.0
    for vehicle in w.vehicles:
        if lease_is_over(vehicle):
            if renews(w, vehicle):
                vehicle.quarters_left = 4.0
            else:
                offered += vehicle.power
    if offered <= lenders.NOTHING:
        return
    parts = takers(w, (market.it_price + market.shell_price) * market.collateral_mark)
    parts /= max(offered, parts.sum())
    for vehicle in w.vehicles:
        if not lease_is_over(vehicle):
            continue
        power = vehicle.power
        take_from_user(w, vehicle)
        proceeds = 0.0
        for k in range(len(w.clouds)):
            if parts[k] * power > lenders.NOTHING:
                proceeds += buy_used(w, vehicle.account, w.clouds[k], parts[k] * power, market.collateral_mark)
        vehicle.power = max(1.0 - parts.sum(), 0.0) * power
        if vehicle.lessee != NOBODY:
            due = guarantee_due(vehicle.guarantee, proceeds)
            owe(w, vehicle.lessee, vehicle.account.column, due, UNSECURED, purposes.GUARANTEES, NO_CLAIM, 0)
            if due > 0.0:
                tell(w.chronicle, GUARANTEE_CALLED, vehicle.lessee, vehicle.account.column, due, power)
        vehicle.guarantee = 0.0


@rule
def renews(w, vehicle):
    """Whether a user that still does business keeps what it leases: it is worth more than the rent."""
    if vehicle.lessee == NOBODY or lessee_of(w, vehicle).alive < 0.5 or vehicle.rent <= 0.0:
        return False
    return lessee_renews(vehicle.rent, vehicle.power, w.market.spot, w.parameters.opex * w.market.system_price)


@rule
def age_vehicles(world, accounts, firms):
    """Assets wear; what rent leaves after debt service goes to the sponsors; a vehicle whose lease is over is closed.
    Shares of vehicles stand at book value."""
    w = world[0]
    p = w.parameters
    ledger = w.ledger
    for vehicle in w.vehicles:
        vehicle.depreciation = 0.0
        if vehicle.alive < 0.5:
            continue
        account = vehicle.account
        compute = account.tangible[COMPUTE - FIRST_TANGIBLE]
        vehicle.depreciation = verbs.depreciate(ledger, account, COMPUTE, compute / p.book_life_it)
        shells = account.tangible[SHELLS - FIRST_TANGIBLE]
        vehicle.depreciation += verbs.depreciate(ledger, account, SHELLS, p.shell_depreciation * shells)
        if lease_is_over(vehicle):
            wind_up_vehicle(w, accounts, vehicle)
        else:
            serve_sponsors(w, accounts, vehicle)
            vehicle.quarters_left -= 1.0
        book = account.cash - w.debtors[account.column].debt
        for k in range(len(account.tangible)):
            book += account.tangible[k]
        if vehicle.alive > 0.5 and ledger.issued[account.column] > 0.0:
            verbs.reprice(ledger, account.column, max(book, 1e-9) / ledger.issued[account.column])


@rule
def serve_sponsors(w, accounts, vehicle):
    """Compute wears out, and sponsors get what rent leaves after debt service."""
    account = vehicle.account
    wear = w.parameters.attrition * vehicle.power
    vehicle.power -= wear
    if vehicle.lessee != NOBODY:
        cloud = lessee_of(w, vehicle)
        cloud.lease_power = max(cloud.lease_power - wear, 0.0)
    spare = account.cash - w.debtors[account.column].debt / lenders.LOAN_MATURITY
    if spare > 0.0 and w.ledger.issued[account.column] > 0.0:
        verbs.pay_holders(w.ledger, accounts, account, spare, purposes.DIVIDENDS)


@rule
def wind_up_vehicle(w, accounts, vehicle):
    """Lenders are paid back as far as proceeds and guarantee go; what no cloud has taken goes to them, through the
    receiver, for what they are still owed; sponsors get the rest."""
    repay_lenders(w, accounts, vehicle.account)
    if debts_left(w, vehicle.account) > 0.0:
        w.debtors[vehicle.account.column].unsold = vehicle.power
        hand_to_receiver(w, accounts, vehicle.account.column)
    vehicle.power = 0.0
    close_vehicle(w, accounts, vehicle)


@rule
def repay_lenders(w, accounts, account):
    """Pay a vehicle's lenders back pro rata, as far as its money goes: funds, and the bank that has lent it what rent
    was counted on to bring."""
    ledger = w.ledger
    share = min(1.0, max(account.cash, 0.0) / max(debts_left(w, account), 1e-12))
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == account.column and claim.amount > 0.0:
            verbs.redeem(
                ledger, claim, accounts[claim.holder], account, share * claim.amount, purposes.PRIVATE_CREDIT_TRADES
            )
    if account.loan > 0.0:
        verbs.repay_loan(ledger, account, lenders.bank_of(w, account).account, share * account.loan)


@rule
def close_vehicle(w, accounts, vehicle):
    """With its debts paid a vehicle leaves, and its sponsors get what is left. With debts unpaid it stays until
    clearing finds it insolvent."""
    account = vehicle.account
    ledger = w.ledger
    column = account.column
    if debts_left(w, account) > 1e-9:
        return
    for stock in (COMPUTE, SHELLS):
        verbs.depreciate(ledger, account, stock, account.tangible[stock - FIRST_TANGIBLE])
    if account.cash > 0.0 and ledger.issued[column] > 0.0:
        verbs.pay_holders(ledger, accounts, account, account.cash, purposes.RECOVERIES)
    verbs.cancel_shares(ledger, column)
    tell(w.chronicle, VEHICLE_CLOSED, vehicle.lessee, column, 0.0, 0.0)
    vehicle.alive = 0.0
    vehicle.lessee = NOBODY
    vehicle.known = 0.0
    w.debtors[column].watched = 0.0
