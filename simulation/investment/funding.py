"""Funding of AI investment: own cash, bonds, private credit, vendor loans, new shares; what is not funded is not
ordered."""

import numpy as np

from simulation.agents.clouds import HOME_BUYER, NEOCLOUD, building_due, equipment_to_order, room_for_chips
from simulation.books.ledger import market_value
from simulation.books.purposes import PRIVATE_ROUNDS, SHARE_ISSUES
from simulation.books.verbs import issue_shares
from simulation.credit import lenders
from simulation.credit.vendor_loans import lend_as_vendors
from simulation.obligations.dues import debt_seen, liquid
from simulation.rule import rule
from simulation.technology.leads import building_lead, likely_arrival, permit_wait


@rule
def planned_spending(w, buyer):
    """What the next quarter will ask for (USD bn): chips that are likely to come and can be housed, and building."""
    market = w.market
    starting = buyer.permits[0]
    if permit_wait(w) == 0:
        starting += buyer.planned_orders
    chips = min(buyer.pipeline + equipment_to_order(buyer, starting), room_for_chips(buyer))
    building = building_due(buyer, 1.0) + starting / building_lead(w)
    return chips * likely_arrival(market) * market.it_price + building * market.shell_price


@rule
def funding_gap(w, buyer):
    """What the plans of a cloud or another buyer lack of own money (USD bn); negative where money is left."""
    own = w.parameters.capex_ocf_ceiling * buyer.operating_cash_flow + liquid(w, buyer.account) - buyer.money_target
    return planned_spending(w, buyer) + buyer.other_capex - own


@rule
def cut_orders(w, buyer, lack):
    """What is not funded is not ordered."""
    market = w.market
    price = market.it_price + market.shell_price / building_lead(w)
    cut = min(buyer.planned_orders, lack / price)
    buyer.planned_orders -= cut
    buyer.orders_cut = cut


@rule
def fund_clouds(world, accounts, firms):
    """Own cash first, then, for hyperscalers, buybacks and bonds; for neoclouds, private credit on contracts and a part
    of the rest, and vendor loans; then equity. Where lenders have less than is asked, all who ask get the same part of
    it. What is not funded is not ordered."""
    w = world[0]
    p = w.parameters
    market = w.market
    window = w.levers.bond_window
    if w.exchange.withdrawal > 0.5:
        window *= p.withdrawal_bond_window
    gaps = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        cloud = w.clouds[k]
        cloud.new_debt = 0.0
        cloud.new_equity = 0.0
        cloud.orders_cut = 0.0
        if cloud.alive > 0.5:
            gap = funding_gap(w, cloud)
            cloud.payout = planned_payout(w, cloud, gap)
            gaps[k] = max(gap, 0.0)
    sell_bonds(w, gaps, window)
    borrow_privately(w, gaps, window)
    take_vendor_loans(w, gaps)
    if w.exchange.withdrawal < 0.5:
        sell_new_shares(w, gaps)
    for k in range(len(w.clouds)):
        cloud = w.clouds[k]
        w.debtors[cloud.account.column].new_money += cloud.new_debt + cloud.new_equity
        market.debt_raised += cloud.new_debt
        market.equity_raised += cloud.new_equity
        if gaps[k] > 0.0:
            cut_orders(w, cloud, gaps[k])


@rule
def bond_room(w, cloud):
    """Bonds that a hyperscaler can still sell before its net debt reaches the ceiling over cash flow (USD bn)."""
    net_debt = debt_seen(w, cloud.account.column) - liquid(w, cloud.account)
    return max(w.parameters.net_debt_ceiling * max(cloud.cash_flow_year, 0.0) - net_debt, 0.0)


@rule
def planned_payout(w, cloud, gap):
    """What goes to owners (USD bn): the usual part of cash flow as long as bonds reach for the gap, and, where plans
    leave it, a part of the money beyond what a business of its size usually holds, so that it does not pile up."""
    p = w.parameters
    usual = min(cloud.payout_share * max(cloud.operating_cash_flow, 0.0), max(bond_room(w, cloud) - gap, 0.0))
    if cloud.core_revenue <= 0.0:
        return usual
    usually_held = cloud.liquidity / p.liquidity_target * cloud.core_revenue
    beyond = lenders.spare_money(cloud.account.cash - usual, usually_held)
    return usual + min(p.surplus_payout * beyond, max(-gap - usual, 0.0))


@rule
def sell_bonds(w, gaps, window):
    """Hyperscalers sell bonds for their gaps (USD bn, by cloud), within their debt ceiling."""
    p = w.parameters
    asked = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        cloud = w.clouds[k]
        if gaps[k] > 0.0 and cloud.kind != NEOCLOUD:
            asked[k] = min(gaps[k], bond_room(w, cloud)) * min(window, 1.0)
    part = lenders.part_met(asked.sum(), lenders.money_of_insurers(w, asked.sum()))
    rate = lenders.borrowing_rate(w, p.bond_spread)
    for k in range(len(w.clouds)):
        if asked[k] > 0.0:
            w.clouds[k].new_debt = lenders.issue_bond(w, w.clouds[k].account, part * asked[k], rate)
            gaps[k] -= w.clouds[k].new_debt


@rule
def borrow_privately(w, gaps, window):
    """Neoclouds draw on delayed-draw loans for their gaps (USD bn, by cloud)."""
    asked = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        if gaps[k] > 0.0 and w.clouds[k].kind == NEOCLOUD:
            asked[k] = min(gaps[k], loan_room(w, w.clouds[k])) * min(window, 1.0)
    part = lenders.part_met(asked.sum(), lenders.private_credit_room(w))
    for k in range(len(w.clouds)):
        if asked[k] > 0.0:
            lent = lenders.lend_privately(w, w.clouds[k].account, part * asked[k], rate_of_loan(w, w.clouds[k]))
            w.clouds[k].new_debt += lent
            gaps[k] -= lent


@rule
def take_vendor_loans(w, gaps):
    """Neoclouds take what makers lend for what private credit leaves open (USD bn, by cloud)."""
    p = w.parameters
    lacks = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        lacks[k] = gaps[k] if w.clouds[k].kind == NEOCLOUD else 0.0
    lent = lend_as_vendors(w, lacks, lenders.borrowing_rate(w, p.spread_other + p.private_premium))
    for k in range(len(w.clouds)):
        w.clouds[k].new_debt += lent[k]
        gaps[k] -= lent[k]


@rule
def covered_by_contracts(cloud):
    """Part of a cloud's compute, standing and on its way, that is rented out under contract."""
    return min(cloud.contracted / max(cloud.online + cloud.waiting + cloud.pipeline, 1e-9), 1.0)


@rule
def loan_room(w, cloud):
    """What private credit would still lend a neocloud (USD bn): `advance_rate` of contracted capacity,
    `advance_rate_uncontracted` of the rest, less its debt."""
    p = w.parameters
    covered = covered_by_contracts(cloud)
    advance = (p.advance_rate * covered + p.advance_rate_uncontracted * (1.0 - covered)) + w.levers.loan_to_value_cap
    mark = (cloud.online + cloud.waiting) * w.market.it_price * w.market.collateral_mark + planned_spending(w, cloud)
    return max(max(advance, 0.0) * mark - w.debtors[cloud.account.column].debt, 0.0)


@rule
def rate_of_loan(w, cloud):
    """Rate of a neocloud's delayed-draw loan: at the spread of its customers as far as contracts cover it."""
    p = w.parameters
    covered = covered_by_contracts(cloud)
    spread = covered * p.spread_investment_grade + (1.0 - covered) * p.spread_other
    return lenders.borrowing_rate(w, spread + p.private_premium)


@rule
def sell_new_shares(w, gaps):
    """Clouds sell new shares for what is still lacking (USD bn, by cloud), a small part of their market value at most,
    to the top decile's portfolio, from where funds buy them."""
    buyer = w.households[0].account
    asked = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        most = w.parameters.equity_issue_limit * market_value(w.ledger, w.clouds[k].account.column)
        asked[k] = min(max(gaps[k], 0.0), most)
    part = lenders.part_met(asked.sum(), lenders.placeable(buyer))
    for k in range(len(w.clouds)):
        if asked[k] > 0.0:
            cloud = w.clouds[k]
            cloud.new_equity = issue_shares(w.ledger, cloud.account, buyer, part * asked[k], SHARE_ISSUES)
            w.exchange.issuance += cloud.new_equity
            gaps[k] -= cloud.new_equity


@rule
def fund_other_buyers(world, accounts, firms):
    """Owners of enterprise, sovereign and foreign data centres pay in what is missing, half of it as a bank loan for
    the enterprise buyer; what is too much goes back as a dividend later. Owners who have less than is asked give all
    the same part of it."""
    w = world[0]
    p = w.parameters
    asked = np.zeros(len(w.other_buyers))
    home = 0.0
    abroad = 0.0
    for k in range(len(w.other_buyers)):
        buyer = w.other_buyers[k]
        buyer.new_debt = 0.0
        buyer.new_equity = 0.0
        buyer.orders_cut = 0.0
        gap = funding_gap(w, buyer)
        buyer.payout = max(-gap, 0.0) * 0.5
        if gap <= 0.0 or buyer.alive < 0.5:
            continue
        if buyer.kind == HOME_BUYER:
            mark = (buyer.online + buyer.waiting) * w.market.it_price * w.market.collateral_mark
            loan = min(0.5 * gap, max(p.advance_rate_uncontracted * mark - buyer.account.loan, 0.0))
            buyer.new_debt = lenders.lend_on_ai(w, lenders.bank_of(w, buyer.account), buyer.account, loan)
            home += gap - buyer.new_debt
        else:
            abroad += gap
        asked[k] = gap - buyer.new_debt
    home_part = lenders.part_met(home, lenders.placeable(w.households[0].account))
    foreign_part = lenders.part_met(abroad, lenders.placeable(w.rest_of_world[0].account))
    for k in range(len(w.other_buyers)):
        buyer = w.other_buyers[k]
        if asked[k] <= 0.0:
            continue
        at_home = buyer.kind == HOME_BUYER
        owner = w.households[0].account if at_home else w.rest_of_world[0].account
        money = asked[k] * (home_part if at_home else foreign_part)
        buyer.new_equity = issue_shares(w.ledger, buyer.account, owner, money, PRIVATE_ROUNDS)
        w.market.debt_raised += buyer.new_debt
        w.market.equity_raised += buyer.new_equity
        if asked[k] > buyer.new_equity:
            cut_orders(w, buyer, asked[k] - buyer.new_equity)
