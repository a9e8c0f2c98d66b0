"""New deals: a supplier with free cash flow puts money into a customer who is short of it, and asks for purchases.

The customer's shares pay for the money, the money for the purchases: sales that the supplier has paid for itself."""

import numpy as np

from simulation.agents.clouds import NEOCLOUD
from simulation.agents.funds import YEAR_MEMORY
from simulation.books.ledger import place_among
from simulation.chronicle import DEAL_AGREED, tell
from simulation.deals.known import open_deal
from simulation.deals.stakes import free_cash, invest, room_for_stake
from simulation.investment.funding import funding_gap, loan_room
from simulation.obligations.contracts import contract_rent, rent_trend, sign
from simulation.obligations.deal_register import PURCHASE_COMMITMENT
from simulation.obligations.dues import liquid
from simulation.registry import LISTED
from simulation.rule import rule
from simulation.valuation.private_marks import pre_money, price_round

SMALLEST_DEAL = 0.05  # USD bn


@rule
def need_of_lab(world, lab):
    """Money that a lab with a short runway looks for (USD bn): some quarters of burn, within the yearly dilution."""
    w = world[0]
    p = w.parameters
    if lab.alive < 0.5 or lab.burn <= 1e-9 or liquid(w, lab.account) >= p.runway_trigger * lab.burn:
        return 0.0
    room = max(p.dilution_cap * pre_money(world, lab) - YEAR_MEMORY * lab.raised_year - lab.supplier_equity, 0.0)
    return min(max(p.round_quarters * lab.burn - lab.supplier_equity, 0.0), room)


@rule
def need_of_cloud(w, cloud):
    """Money that a neocloud's plans lack and private credit will not lend (USD bn)."""
    if cloud.alive < 0.5 or cloud.kind != NEOCLOUD:
        return 0.0
    return max(funding_gap(w, cloud) - loan_room(w, cloud), 0.0)


@rule
def offered(w, accounts, supplier, cash_flow, needs):
    """Part of every need that a supplier covers: some of it, as far as a share of its free cash flow reaches, and no
    more than it has to spare."""
    p = w.parameters
    if needs <= 0.0:
        return 0.0
    wanted = p.circularity * min(p.deal_need_share, p.deal_cash_share * max(cash_flow, 0.0) / needs)
    return min(wanted, free_cash(w, supplier, liquid(w, accounts[supplier])) / needs)


@rule
def propose_deals(world, accounts, firms):
    """All suppliers offer money at once to the customers they sell to. A customer who is offered more than it needs
    takes the same part of every offer; what is still lacking it asks for outside."""
    w = world[0]
    w.market.equity_raised = 0.0
    w.market.lab_equity_raised = 0.0
    w.market.debt_raised = 0.0
    if w.parameters.endogenous_deals < 0.5:
        return
    needs = needs_of_customers(world)
    offers = np.zeros((LISTED, len(accounts)))
    for m in range(len(w.chip_makers)):
        offer_as_maker(w, accounts, w.chip_makers[m], needs, offers)
    for k in range(len(w.clouds)):
        offer_as_host(w, accounts, k, needs, offers)
    take_offers(world, accounts, needs, offers)


@rule
def needs_of_customers(world):
    """What every lab and neocloud looks for, by column (USD bn)."""
    w = world[0]
    needs = np.zeros(len(w.debtors))
    for lab in w.labs:
        needs[lab.account.column] = need_of_lab(world, lab)
    for cloud in w.clouds:
        needs[cloud.account.column] = need_of_cloud(w, cloud)
    return needs


@rule
def offer_as_maker(w, accounts, maker, needs, offers):
    """A chip maker offers money to labs and neoclouds: all who buy its chips or have them bought."""
    if maker.alive < 0.5:
        return
    supplier = maker.account.column
    part = offered(w, accounts, supplier, maker.operating_cash_flow - maker.capex, needs.sum())
    offers[supplier, :] = part * needs[: len(accounts)]


@rule
def offer_as_host(w, accounts, k, needs, offers):
    """A hyperscaler offers money to the labs it hosts."""
    host = w.clouds[k]
    if host.kind == NEOCLOUD or host.alive < 0.5:
        return
    hosted = 0.0
    for j in range(len(w.labs)):
        if w.market.partner_share[j, k] > 0.0:
            hosted += needs[w.labs[j].account.column]
    supplier = host.account.column
    part = offered(w, accounts, supplier, host.operating_cash_flow - host.capex, hosted)
    for j in range(len(w.labs)):
        if w.market.partner_share[j, k] > 0.0:
            customer = w.labs[j].account.column
            offers[supplier, customer] = part * needs[customer]


@rule
def take_offers(world, accounts, needs, offers):
    """Each customer takes what it is offered, cut to its need in proportion, and signs for what is asked in return:
    compute by labs, chips by labs and neoclouds from makers."""
    w = world[0]
    for customer in range(len(accounts)):
        if needs[customer] <= 0.0:
            continue
        taken = min(needs[customer] / max(offers[:, customer].sum(), 1e-12), 1.0)
        lab = place_among(w.labs, customer)
        if lab >= 0 and taken * offers[:, customer].max() > SMALLEST_DEAL:
            price_round(world, w.labs[lab])
        # The cap on a stake is read off the shares that stand before anybody buys.
        rooms = np.zeros(LISTED)
        for supplier in range(LISTED):
            rooms[supplier] = room_for_stake(w, supplier, customer)
        for supplier in range(LISTED):
            money = min(taken * offers[supplier, customer], rooms[supplier])
            if money > SMALLEST_DEAL:
                money = invest(world, accounts, supplier, customer, money)
                agree_purchases(w, supplier, customer, money)


@rule
def agree_purchases(w, supplier, customer, money):
    """What a supplier's money buys it: a lab signs for compute, with the host that pays or, where a maker pays, with
    all its providers, who build with the maker's chips; a neocloud orders from the maker."""
    amount = w.parameters.deal_purchase_multiple * money
    maker = place_among(w.chip_makers, supplier)
    lab = place_among(w.labs, customer)
    if maker < 0:
        gigawatts = buy_compute(w, lab, place_among(w.clouds, supplier), supplier, amount)
        tell(w.chronicle, DEAL_AGREED, supplier, customer, money, gigawatts)
    else:
        bought = buy_compute(w, lab, -1, supplier, amount) if lab >= 0 else amount / w.chip_makers[maker].price
        promise_chips(w, w.chip_makers[maker], customer, money, bought * w.market.physical)


@rule
def promise_chips(w, maker, customer, money, gigawatts):
    """Enter what a customer has promised to buy from the maker that has put money into it (physical GW)."""
    if money <= 0.0:
        return
    p = w.parameters
    value = gigawatts / w.market.physical * maker.price
    supplier = maker.account.column
    open_deal(w, PURCHASE_COMMITMENT, supplier, customer, value, gigawatts, p.deal_purchase_quarters, p.firm_share)
    tell(w.chronicle, DEAL_AGREED, supplier, customer, money, gigawatts)


@rule
def buy_compute(w, j, host, supplier, amount):
    """A lab signs take-or-pay contracts for an amount over their life (USD bn): with one host, or with its providers
    as it uses them (`host` -1). Returns what it has signed for (GW)."""
    if amount <= 0.0:
        return 0.0
    p = w.parameters
    lab = w.labs[j].account.column
    price = contract_rent(w) * rent_trend(p, p.construction_lead)
    quarters = p.take_or_pay_quarters
    total = 0.0
    for k in range(len(w.clouds)):
        part = w.market.partner_share[j, k] if host < 0 else (1.0 if k == host else 0.0)
        gigawatts = part * amount / (price * quarters)
        if gigawatts > 0.0 and w.clouds[k].alive > 0.5:
            sign(w, lab, k, gigawatts, price, p.construction_lead, quarters, p.firm_share, 0.0, supplier)
            total += gigawatts
    return total
