"""New deals: a supplier with free cash flow puts money into a customer who is short of it, and asks for purchases.

The customer's shares pay for the money, the money for the purchases: sales that the supplier has paid for itself.
"""

from __future__ import annotations

from simulation.agents.clouds import NEOCLOUD
from simulation.agents.funds import YEAR_MEMORY
from simulation.chronicle import DEAL_AGREED, tell
from simulation.deals.contracts import contract_rent, sign
from simulation.deals.known import open_deal
from simulation.deals.register import PURCHASE_COMMITMENT
from simulation.deals.stakes import free_cash, invest
from simulation.distress.register import liquid
from simulation.markets.credit import funding_gap, loan_room
from simulation.markets.private_marks import pre_money
from simulation.rule import rule

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
    """Part of every need that a supplier covers: some of it, as far as a share of its free cash flow reaches."""
    p = w.parameters
    if needs <= 0.0:
        return 0.0
    purse = min(p.deal_cash_share * max(cash_flow, 0.0), free_cash(w, supplier, liquid(w, accounts[supplier])))
    return p.circularity * min(p.deal_need_share, purse / needs)


@rule
def propose_deals(world, accounts, firms):
    """Every supplier in turn offers money to the customers it sells to; they take it before they ask outside."""
    w = world[0]
    w.market.equity_raised = 0.0
    w.market.lab_equity_raised = 0.0
    w.market.debt_raised = 0.0
    if w.parameters.endogenous_deals < 0.5:
        return
    for m in range(len(w.chip_makers)):
        fund_customers_of_maker(world, accounts, m)
    for k in range(len(w.clouds)):
        fund_labs_of_host(world, accounts, k)


@rule
def fund_customers_of_maker(world, accounts, m):
    """A chip maker buys shares of labs and neoclouds; labs sign for compute with their providers, who build with the
    maker's chips, and neoclouds order from it."""
    w = world[0]
    p = w.parameters
    maker = w.chip_makers[m]
    needs = 0.0
    for lab in w.labs:
        needs += need_of_lab(world, lab)
    for cloud in w.clouds:
        needs += need_of_cloud(w, cloud)
    part = offered(w, accounts, maker.account.column, maker.operating_cash_flow - maker.capex, needs)
    if part <= 0.0 or maker.alive < 0.5:
        return
    for j in range(len(w.labs)):
        lab = w.labs[j]
        money = part * need_of_lab(world, lab)
        if money > SMALLEST_DEAL:
            money = invest(world, accounts, maker.account.column, lab.account.column, money)
            gigawatts = buy_compute(w, j, -1, maker.account.column, p.deal_purchase_multiple * money)
            promise_chips(w, maker, lab.account.column, money, gigawatts * w.market.physical)
    for cloud in w.clouds:
        money = part * need_of_cloud(w, cloud)
        if money > SMALLEST_DEAL:
            money = invest(world, accounts, maker.account.column, cloud.account.column, money)
            gigawatts = p.deal_purchase_multiple * money / maker.price
            promise_chips(w, maker, cloud.account.column, money, gigawatts * w.market.physical)


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
def fund_labs_of_host(world, accounts, k):
    """A hyperscaler buys shares of the labs it hosts; they sign for more of its compute."""
    w = world[0]
    host = w.clouds[k]
    if host.kind == NEOCLOUD or host.alive < 0.5:
        return
    needs = 0.0
    for j in range(len(w.labs)):
        if w.market.partner_share[j, k] > 0.0:
            needs += need_of_lab(world, w.labs[j])
    part = offered(w, accounts, host.account.column, host.operating_cash_flow - host.capex, needs)
    if part <= 0.0:
        return
    for j in range(len(w.labs)):
        lab = w.labs[j]
        money = part * need_of_lab(world, lab) if w.market.partner_share[j, k] > 0.0 else 0.0
        if money > SMALLEST_DEAL:
            money = invest(world, accounts, host.account.column, lab.account.column, money)
            gigawatts = buy_compute(w, j, k, host.account.column, w.parameters.deal_purchase_multiple * money)
            tell(w.chronicle, DEAL_AGREED, host.account.column, lab.account.column, money, gigawatts)


@rule
def buy_compute(w, j, host, supplier, amount):
    """A lab signs take-or-pay contracts for an amount over their life (USD bn): with one host, or with its providers
    as it uses them (`host` -1). Returns what it has signed for (GW)."""
    if amount <= 0.0:
        return 0.0
    p = w.parameters
    lab = w.labs[j].account.column
    price = contract_rent(w)
    quarters = p.take_or_pay_quarters
    total = 0.0
    for k in range(len(w.clouds)):
        part = w.market.partner_share[j, k] if host < 0 else (1.0 if k == host else 0.0)
        gigawatts = part * amount / (price * quarters)
        if gigawatts > 0.0 and w.clouds[k].alive > 0.5:
            sign(w, lab, k, gigawatts, price, p.construction_lead, quarters, p.firm_share, 0.0, supplier)
            total += gigawatts
    return total
