"""Private capital: rounds of the labs, and the money of venture funds."""

import math

import numpy as np

from simulation import randomness as draw_purpose
from simulation.agents.funds import YEAR_MEMORY
from simulation.agents.labs import runway
from simulation.books.ledger import market_value
from simulation.books.purposes import FUND_FLOWS, PRIVATE_ROUNDS
from simulation.books.verbs import buy_back, issue_shares
from simulation.credit.lenders import NOTHING, bank_of, lend_on_ai, part_met, placeable, spare_money
from simulation.disturbances.declared import FUNDING
from simulation.obligations.dues import liquid
from simulation.randomness import normal
from simulation.rule import rule
from simulation.valuation.private_marks import pre_money, price_round

APPETITE_SPREAD = 0.2  # log: how far investors' appetite strays from quarter to quarter
LARGEST_MINIMUM = 0.9  # of what dilution leaves room for: a round that asks for all of it would never come about
COMMITTED = 0.1  # of what investors can place at once, to one venture fund; each of the two gives half
LINE_DRAWN = 0.1  # of what the levered fund's bank line lacks, in a quarter


@rule
def venture_appetite(world):
    """Part of their dry powder that investors put into rounds in a quarter; little in a withdrawal."""
    w = world[0]
    p = w.parameters
    appetite = p.venture_pace * w.levers.venture_appetite * w.luck.factor[FUNDING, 0]
    if w.exchange.withdrawal > 0.5:
        appetite *= p.withdrawal_appetite
    luck = normal(w.seed, draw_purpose.ROUND_APPETITE, w.opening_quarter + w.quarter, 0)
    return min(appetite * math.exp(APPETITE_SPREAD * p.price_noise * luck), 1.0)


@rule
def mean_lab_value(w):
    """What a living lab is worth on average (USD bn)."""
    value = 1e-9
    count = 1e-9
    for lab in w.labs:
        if lab.alive > 0.5:
            value += market_value(w.ledger, lab.account.column)
            count += 1.0
    return value / count


@rule
def hold_rounds(world, accounts, firms):
    """Labs with a short runway ask for `round_quarters` of burn and take no less than `round_minimum`; all rounds of a
    year dilute at most by `dilution_cap`. Investors offer to all at once. A round that money refuses cuts training to
    `failed_round_cut`; one for which there is no room is not held."""
    w = world[0]
    w.market.failed_rounds = 0.0
    w.market.failed_weight = 0.0
    mean_value = mean_lab_value(w)
    asked = np.zeros(len(w.labs))
    least = np.zeros(len(w.labs))
    for j in range(len(w.labs)):
        ask_for_money(world, w.labs[j], j, asked, least)
    by_funds = np.zeros(len(w.venture_funds))
    appetite = venture_appetite(world)
    for f in range(len(w.venture_funds)):
        by_funds[f] = appetite * max(w.venture_funds[f].account.cash, 0.0)
    abroad = w.rest_of_world[0].account
    sovereign = min(w.parameters.sovereign_share * w.levers.sovereign_money * by_funds.sum(), placeable(abroad))
    offered = by_funds.sum() + sovereign
    granted = share_out_offers(w, asked, least, offered)
    for j in range(len(w.labs)):
        lab = w.labs[j]
        if granted[j] > 0.0:
            price_round(world, lab)
            for f in range(len(w.venture_funds)):
                fund = w.venture_funds[f].account
                money = granted[j] * by_funds[f] / offered
                lab.new_equity += issue_shares(w.ledger, lab.account, fund, money, PRIVATE_ROUNDS)
            money = granted[j] * sovereign / offered
            lab.new_equity += issue_shares(w.ledger, lab.account, abroad, money, PRIVATE_ROUNDS)
            lab.raised_year += lab.new_equity
            w.debtors[lab.account.column].new_money += lab.new_equity
            w.market.lab_equity_raised += lab.new_equity
        elif least[j] > 0.0:
            lab.failed_rounds = 1.0
            lab.training_budget *= w.parameters.failed_round_cut
            w.market.failed_rounds += 1.0
            w.market.failed_weight += market_value(w.ledger, lab.account.column) / mean_value


@rule
def ask_for_money(world, lab, j, asked, least):
    """Enter what a lab asks for in a round and the least that it takes (USD bn), nothing where its runway is long,
    suppliers have put in what it needs, or its owners will not be diluted further this year."""
    w = world[0]
    p = w.parameters
    lab.new_equity = 0.0
    lab.failed_rounds = 0.0
    by_suppliers = lab.supplier_equity
    lab.supplier_equity = 0.0
    lab.raised_year = YEAR_MEMORY * lab.raised_year + by_suppliers
    if lab.alive < 0.5:
        return
    lab.runway = runway(liquid(w, lab.account), lab.burn)
    if lab.runway >= p.runway_trigger:
        return
    room = max(p.dilution_cap * pre_money(world, lab) - lab.raised_year, 0.0)
    ask = min(max(p.round_quarters * lab.burn - by_suppliers, 0.0), room)
    if ask > NOTHING:
        asked[j] = ask
        least[j] = max(min(p.round_minimum * lab.burn - by_suppliers, LARGEST_MINIMUM * room), NOTHING)
        if w.debtors[lab.account.column].spared > 0.5:
            least[j] = NOTHING  # an experiment keeps it going: it takes what it gets


@rule
def share_out_offers(w, asked, least, offered):
    """Money that investors put into each lab (USD bn): all get the same part of what they ask. Where that is less than
    the least some take, the round of the one worth least among them fails, and the others share its money."""
    granted = asked.copy()
    for _ in range(len(asked)):
        part = part_met(granted.sum(), offered)
        worst = -1
        lowest = np.inf
        for j in range(len(asked)):
            value = market_value(w.ledger, w.labs[j].account.column)
            if granted[j] > 0.0 and least[j] - part * granted[j] > NOTHING and value < lowest:
                worst = j
                lowest = value
        if worst < 0:
            return part * granted
        granted[worst] = 0.0
    return granted


@rule
def move_venture_money(world, accounts, firms):
    """Investors commit to venture funds while the market runs and get back, little by little, what lies unspent beyond
    `venture_powder` of net assets; the levered one borrows."""
    w = world[0]
    p = w.parameters
    top = w.households[0].account
    abroad = w.rest_of_world[0].account
    calm = 1.0 if w.exchange.withdrawal < 0.5 else p.withdrawal_appetite
    most = COMMITTED * placeable(top) + COMMITTED * placeable(abroad)
    for k in range(len(w.venture_funds)):
        fund = w.venture_funds[k]
        wanted = p.venture_commitment * max(fund.net_assets, 0.0) * calm
        money = 0.5 * min(wanted, most)
        issue_shares(w.ledger, fund.account, top, min(money, placeable(top)), FUND_FLOWS)
        issue_shares(w.ledger, fund.account, abroad, min(money, placeable(abroad)), FUND_FLOWS)
        idle = spare_money(fund.account.cash, p.venture_powder * max(fund.net_assets, 0.0))
        buy_back(w.ledger, accounts, fund.account, p.buffer_adjustment * idle, FUND_FLOWS)
        if fund.levered > 0.5:
            target = p.levered_share * fund.net_assets
            bank = bank_of(w, fund.account)
            if fund.account.loan < target:
                lend_on_ai(w, bank, fund.account, LINE_DRAWN * (target - fund.account.loan))
