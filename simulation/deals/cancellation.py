"""Deals are options: what is not firm may be cancelled, the sooner in stress and by those whose money runs out."""

import math

import numpy as np

from simulation import randomness as draw_purpose
from simulation.books.ledger import place_among
from simulation.chronicle import CONTRACT_CANCELLED, PURCHASE_CANCELLED, STAKE_CANCELLED, tell
from simulation.deals.commitments import committed_parts, part_of_reserved, withdraw_orders
from simulation.obligations.contracts import rent_trend, served_shares
from simulation.obligations.deal_register import EQUITY_STAKE, OPEN, OVER, PURCHASE_COMMITMENT
from simulation.randomness import draw_key, uniform, uniform_of
from simulation.registry import COLUMNS
from simulation.rule import rule

SMALLEST = 1e-9
LONGEST = 512  # quarters, for the keys of draws


@rule
def cancel_hazard(stress, short_of_runway, p):
    """Chance in a quarter that the optional rest of a deal is cancelled."""
    score = p.cancel_stress * stress + p.cancel_runway * short_of_runway
    return min(p.cancel_hazard * math.exp(score), 1.0)


@rule
def short_of_runway(w, column):
    """One for a lab whose money lasts less than the runway at which it looks for more."""
    lab = place_among(w.labs, column)
    return 1.0 if lab >= 0 and w.labs[lab].runway < w.parameters.runway_trigger else 0.0


@rule
def worth_cancelling(w, contract):
    """Whether a customer gains by cancelling: it has more under contract than it needs, or pays more than the spot
    rent it reckons with."""
    lab = place_among(w.labs, contract.customer)
    if lab >= 0 and w.labs[lab].contracted > w.labs[lab].need:
        return True
    return contract.price > w.market.spot * rent_trend(w.parameters, contract.starts_in)


@rule
def cancel_contracts(world, accounts, firms):
    """Customers give up the part of their contracts that is not firm, where they gain by it; the backlog falls at
    once."""
    w = world[0]
    p = w.parameters
    elapsed = w.opening_quarter + w.quarter
    quarter_key = draw_key(w.seed, draw_purpose.CONTRACT_CANCELLED, elapsed)
    for k in range(w.market.n_contracts):
        contract = w.market.contracts[k]
        rest = contract.gigawatts - contract.firm
        if rest <= SMALLEST or contract.quarters_left <= 0.0 or w.debtors[contract.customer].spared > 0.5:
            continue
        end = elapsed + int(contract.starts_in + contract.quarters_left)
        key = ((contract.customer * COLUMNS + contract.provider) * COLUMNS + contract.supplier + 1) * LONGEST + end
        hazard = cancel_hazard(w.macro.stress, short_of_runway(w, contract.customer), p)
        # Few draws are that low: what it is worth is asked last.
        if uniform_of(quarter_key, key) < hazard and worth_cancelling(w, contract):
            backlog = rest * contract.price * contract.quarters_left
            provider = w.clouds[contract.provider].account.column
            tell(w.chronicle, CONTRACT_CANCELLED, contract.customer, provider, backlog, rest)
            contract.gigawatts = contract.firm
            if contract.firm <= SMALLEST:
                contract.quarters_left = 0.0


@rule
def cancel_deals(world, accounts, firms):
    """Suppliers give up tranches of stakes they are not bound to pay, customers the purchases they need not make."""
    w = world[0]
    p = w.parameters
    elapsed = w.opening_quarter + w.quarter
    # Orders are shared among all commitments that stand before any is cancelled.
    shares = served_shares(w)
    committed = committed_parts(w, shares)
    given_back = np.zeros((len(w.chip_makers), len(w.clouds)))
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        stake = deal.kind == EQUITY_STAKE
        if deal.open != OPEN or not (stake or deal.kind == PURCHASE_COMMITMENT):
            continue
        kept = max(deal.done, deal.firm * deal.amount)
        rest = deal.amount - kept
        if rest <= SMALLEST or w.debtors[deal.supplier].spared > 0.5 or w.debtors[deal.customer].spared > 0.5:
            continue
        key = (deal.kind * COLUMNS + deal.supplier) * COLUMNS + deal.customer
        hazard = cancel_hazard(w.macro.stress, short_of_runway(w, deal.customer), p)
        if uniform(w.seed, draw_purpose.DEAL_CANCELLED, elapsed, key) >= hazard:
            continue
        if stake:
            tell(w.chronicle, STAKE_CANCELLED, deal.supplier, deal.customer, rest, 0.0)
        else:
            given_back[deal.supplier] += orders_given_back(w, shares, committed, deal, rest)
            tell(w.chronicle, PURCHASE_CANCELLED, deal.customer, deal.supplier, rest, 0.0)
        deal.gigawatts *= kept / deal.amount
        deal.amount = kept
        deal.firm = 1.0
        if deal.done >= deal.amount - SMALLEST:
            deal.open = OVER
    for m in range(len(w.chip_makers)):
        for k in range(len(w.clouds)):
            withdraw_orders(w, m, k, given_back[m, k])


@rule
def orders_given_back(w, shares, committed, deal, rest):
    """Chips on order, by cloud, that are taken back with the cancelled part of a commitment (adjusted GW)."""
    part = min(rest / max(deal.amount - deal.done, SMALLEST), 1.0)
    power = np.zeros(len(w.clouds))
    for k in range(len(w.clouds)):
        reserved = w.market.reserved[deal.supplier, k]
        power[k] = part * part_of_reserved(w, shares, committed, deal, k) * reserved
    return power
