"""The life of warrants: they count against the supplier's revenue as it delivers, vest on gigawatts and share price,
are carried at model value, exercised, and the shares sold when the holder needs cash."""

import numpy as np

from simulation.books.instruments import WARRANTS
from simulation.books.purposes import REBATES, SHARE_ISSUES, WARRANT_TRADES
from simulation.books.verbs import issue_shares, lend, open_claim, pay, redeem, reprice, revalue_claim, trade_shares
from simulation.chronicle import WARRANTS_EXERCISED, WARRANTS_VESTED, tell
from simulation.credit.lenders import part_met, placeable
from simulation.deals.warrants import carrying_value, contra_revenue, dilution, exercised, fair_value, vest
from simulation.obligations.deal_register import OPEN, OVER, WARRANT
from simulation.obligations.dues import liquid
from simulation.registry import LISTED
from simulation.rule import rule

SMALLEST = 1e-9  # USD bn


@rule
def tranches_of(deal):
    """Tranches of a warrant: one a gigawatt."""
    return max(int(deal.gigawatts + 0.5), 1)


@rule
def price_marks(deal):
    """Share prices at which the tranches vest: from the price at the grant, in even steps, to the target."""
    number = tranches_of(deal)
    marks = np.zeros(number)
    for k in range(number):
        rise = k / (number - 1.0) if number > 1 else 1.0
        marks[k] = deal.reference * (1.0 + (deal.target - 1.0) * rise)
    return marks


@rule
def live_with_warrants(world, accounts, firms):
    """One quarter of every warrant: contra-revenue for what was delivered, vesting, value, exercise."""
    w = world[0]
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.kind != WARRANT:
            continue
        if deal.open == OVER:
            lapse(w, deal)
        elif deal.open == OPEN:
            earn(w, accounts, deal)
            vested = newly_vested(w, deal)
            carry(w, deal, vested)
            if vested > 0.0:
                tell(
                    w.chronicle,
                    WARRANTS_VESTED,
                    deal.customer,
                    deal.supplier,
                    vested * w.ledger.price[deal.supplier],
                    0.0,
                )
                exercise(w, accounts, deal, vested)


@rule
def lapse(w, deal):
    """Warrants of a party that is gone are worth nothing."""
    claim = w.ledger.claims[open_claim(w.ledger, WARRANTS, deal.customer, deal.supplier)]
    revalue_claim(w.ledger, claim, 0.0)


@rule
def earn(w, accounts, deal):
    """The supplier gives back in warrants a part of what it has sold: a rebate, with which the customer buys them."""
    strike = w.parameters.warrant_strike * deal.reference
    granted = fair_value(deal.number, deal.reference, strike, w.parameters.warrant_chance)
    delivered = min(deal.delivered, deal.gigawatts)
    rebate = contra_revenue(granted, delivered, deal.gigawatts) - deal.rebated
    if rebate > 0.0:
        supplier, customer = accounts[deal.supplier], accounts[deal.customer]
        pay(w.ledger, supplier, customer, rebate, REBATES)
        lend(w.ledger, customer, supplier, rebate, 0.0, 0.0, WARRANTS, WARRANT_TRADES)
        deal.rebated += rebate


@rule
def newly_vested(w, deal):
    """Warrants that vest this quarter: tranches whose gigawatts are delivered and whose share price is reached."""
    number = tranches_of(deal)
    before = int(deal.done / deal.amount * number + 0.5)
    flags = np.zeros(number, np.bool_)
    flags[:before] = True  # price marks rise, so tranches vest in order
    each = deal.gigawatts / number
    new = vest(flags, deal.delivered, each, w.ledger.price[deal.supplier], price_marks(deal))
    deal.done += deal.amount * new / number
    return deal.number * new / number


@rule
def carry(w, deal, vested):
    """Both sides carry the warrants that are not yet exercised at model value."""
    strike = w.parameters.warrant_strike * deal.reference
    unvested = deal.number * max(1.0 - deal.done / deal.amount, 0.0)
    price = w.ledger.price[deal.supplier]
    value = carrying_value(vested, unvested, price, strike, w.parameters.warrant_chance)
    claim = w.ledger.claims[open_claim(w.ledger, WARRANTS, deal.customer, deal.supplier)]
    revalue_claim(w.ledger, claim, value)


@rule
def exercise(w, accounts, deal, vested):
    """Vested warrants become new shares, without money: as many as they are worth beyond the strike. The claim pays for
    them; the supplier is worth what it was, so that the price of a share falls by the dilution."""
    ledger = w.ledger
    price = ledger.price[deal.supplier]
    number = exercised(vested, price, w.parameters.warrant_strike * deal.reference)
    if number <= 0.0:
        return
    supplier, customer = accounts[deal.supplier], accounts[deal.customer]
    shares = ledger.issued[deal.supplier]
    worth = number * price
    issue_shares(ledger, supplier, customer, worth, SHARE_ISSUES)
    claim = ledger.claims[open_claim(ledger, WARRANTS, deal.customer, deal.supplier)]
    redeem(ledger, claim, customer, supplier, worth, WARRANT_TRADES)
    reprice(ledger, deal.supplier, price * (1.0 - dilution(shares, number)))
    tell(w.chronicle, WARRANTS_EXERCISED, deal.customer, deal.supplier, worth, 0.0)
    if deal.done >= deal.amount * (1.0 - 1e-9):
        deal.open = OVER


@rule
def sell_earned_shares(world, accounts, firms):
    """Labs short of runway sell the listed shares they own to the market before they ask for money, the same part of
    each; a buyer who cannot take all of them takes the same part from every lab."""
    w = world[0]
    ledger = w.ledger
    buyer = w.households[0].account
    sold = np.zeros(len(w.labs))
    for j in range(len(w.labs)):
        lab = w.labs[j]
        lack = w.parameters.runway_trigger * lab.burn - liquid(w, lab.account)
        if lab.alive > 0.5 and lack > 0.0:
            sold[j] = min(lack, listed_shares_of(ledger, lab.account.column))
    part = part_met(sold.sum(), placeable(buyer))
    for j in range(len(w.labs)):
        lab = w.labs[j].account
        if sold[j] > SMALLEST:
            share = part * sold[j] / listed_shares_of(ledger, lab.column)
            for issuer in range(LISTED):
                number = share * ledger.shares[lab.column, issuer]
                w.exchange.issuance += trade_shares(ledger, lab, buyer, issuer, number)


@rule
def listed_shares_of(ledger, holder):
    """Worth of the listed shares of the AI sector that a column holds (USD bn)."""
    total = 0.0
    for issuer in range(LISTED):
        total += ledger.shares[holder, issuer] * ledger.price[issuer]
    return total
