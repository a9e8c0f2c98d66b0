"""Equity stakes of suppliers in customers: tranches that fall due on gigawatts online or with time, paid from free
cash."""

import math

import numpy as np

from simulation.books.instruments import PRIVATE_EQUITY
from simulation.books.ledger import place_among
from simulation.books.purposes import PRIVATE_ROUNDS, SHARE_ISSUES
from simulation.books.verbs import issue_shares
from simulation.chronicle import STAKE_PAID, tell
from simulation.credit.lenders import bank_of, lend_on_ai, spare_money
from simulation.obligations.deal_register import EQUITY_STAKE, OPEN, OVER
from simulation.obligations.supplier_money import note_supplier_money
from simulation.registry import LISTED
from simulation.rule import rule
from simulation.valuation.private_marks import price_round

SMALLEST = 1e-9  # USD bn


@rule
def free_cash(w, column, money):
    """What a supplier can spare of its money (USD bn): what is above its usual holding."""
    maker, cloud = place_among(w.chip_makers, column), place_among(w.clouds, column)
    usual = 0.0
    if maker >= 0:
        usual = w.chip_makers[maker].money_target
    elif cloud >= 0:
        usual = w.clouds[cloud].money_target
    return spare_money(money, usual)


@rule
def is_supplier(column):
    """Whether a column is that of a chip maker or cloud."""
    return column < LISTED


@rule
def room_for_stake(w, supplier, customer):
    """What a supplier can pay for new shares of a customer until it owns as much as the cap allows (USD bn)."""
    cap = min(max(w.parameters.stake_cap + w.levers.stake_cap, 0.0), 1.0)
    if cap >= 1.0 or not is_supplier(supplier):
        return 1e9
    price = w.ledger.price[customer]
    held = w.ledger.shares[supplier, customer] * price
    return max((cap * w.ledger.issued[customer] * price - held) / (1.0 - cap), 0.0)


@rule
def invest(world, accounts, supplier, customer, amount):
    """A supplier buys new shares of a customer: of a lab in a round of its own that sets the price, of others at the
    price of the market. Returns the money paid."""
    w = world[0]
    ledger = w.ledger
    if amount <= SMALLEST:
        return 0.0
    lab = place_among(w.labs, customer)
    if lab >= 0:
        price_round(world, w.labs[lab])
    amount = min(amount, room_for_stake(w, supplier, customer))
    if amount <= SMALLEST:
        return 0.0
    private = ledger.equity_stock[customer] == PRIVATE_EQUITY
    purpose = PRIVATE_ROUNDS if private else SHARE_ISSUES
    paid = issue_shares(ledger, accounts[customer], accounts[supplier], amount, purpose)
    if lab >= 0:
        w.market.lab_equity_raised += paid
    else:
        w.market.equity_raised += paid
    w.debtors[customer].new_money += paid
    note_supplier_money(w, supplier, customer, paid)
    if lab >= 0:
        w.labs[lab].supplier_equity += paid
    return paid


@rule
def tranche_due(deal):
    """What a stake's schedule asks by now and has not been paid (USD bn): whole gigawatts that have come online, or
    the quarters that have passed."""
    if deal.gigawatts > 0.0:
        part = math.floor(deal.delivered + SMALLEST) / deal.gigawatts
    else:
        part = (deal.quarters - deal.quarters_left + 1.0) / max(deal.quarters, 1.0)
    return max(deal.amount * min(part, 1.0) - deal.done, 0.0)


@rule
def draw_line(w, account, lack):
    """A levered fund borrows at its bank what it lacks for a stake, up to its leverage. Returns the money lent."""
    place = place_among(w.venture_funds, account.column)
    if place < 0 or w.venture_funds[place].levered < 0.5:
        return 0.0
    room = w.parameters.levered_share * max(w.venture_funds[place].net_assets, 0.0) - account.loan
    return lend_on_ai(w, bank_of(w, account), account, min(lack, room))


@rule
def pay_stakes(world, accounts, firms):
    """Tranches that are due are paid as far as the supplier's free cash goes, the same part of each; what is not paid
    stays due."""
    w = world[0]
    dues = np.zeros(w.deals.n_deals)
    total = np.zeros(len(accounts))
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.kind != EQUITY_STAKE or deal.open != OPEN or deal.starts_in > 0.0:
            continue
        if deal.known < 0.5 or w.parameters.known_deals > 0.5:
            dues[number] = tranche_due(deal)
            total[deal.supplier] += dues[number]
    part = np.zeros(len(accounts))
    for supplier in range(len(accounts)):
        if total[supplier] > SMALLEST:
            free = free_cash(w, supplier, accounts[supplier].cash)
            free += draw_line(w, accounts[supplier], total[supplier] - free)
            part[supplier] = min(free / total[supplier], 1.0)
    for number in range(w.deals.n_deals):
        deal = w.deals.deals[number]
        if deal.kind != EQUITY_STAKE or deal.open != OPEN or deal.starts_in > 0.0:
            continue
        if dues[number] > SMALLEST:
            paid = invest(world, accounts, deal.supplier, deal.customer, part[deal.supplier] * dues[number])
            deal.done += paid
            if paid > SMALLEST:
                tell(w.chronicle, STAKE_PAID, deal.supplier, deal.customer, paid, 0.0)
        if deal.done >= deal.amount - SMALLEST:
            deal.open = OVER
