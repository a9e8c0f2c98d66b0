"""Private capital: rounds of the labs, money of venture funds, new contracts."""

from __future__ import annotations

import math

from simulation import randomness as draw_purpose
from simulation.agents.funds import YEAR_MEMORY
from simulation.agents.labs import affordable_dues, compute_wanted, runway
from simulation.books.ledger import market_value
from simulation.books.purposes import FUND_FLOWS, PRIVATE_ROUNDS
from simulation.books.verbs import buy_back, issue_shares
from simulation.chronicle import NOBODY
from simulation.deals.contracts import contract_rent, rent_trend, sign
from simulation.distress.register import liquid
from simulation.disturbances.declared import FUNDING
from simulation.markets.credit import bank_of, lend_on_ai, placeable, spare_money
from simulation.markets.private_marks import pre_money, price_round
from simulation.markets.public_policy import partner_part
from simulation.randomness import normal
from simulation.rule import rule

APPETITE_SPREAD = 0.2  # log: how far investors' appetite strays from quarter to quarter
LARGEST_MINIMUM = 0.9  # of what dilution leaves room for: a round that asks for all of it would never come about
COMMITTED = 0.1  # of what investors can place at once, to one venture fund; each of the two gives half
LINE_DRAWN = 0.1  # of what the levered fund's bank line lacks, in a quarter
FIRST_CONTRACT = 0.0005  # GW that a lab may sign for in a quarter, however little it needs today


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
    year dilute at most by `dilution_cap`. A failed round cuts training to `failed_round_cut`."""
    w = world[0]
    p = w.parameters
    appetite = venture_appetite(world)
    w.market.failed_rounds = 0.0
    w.market.failed_weight = 0.0
    mean_value = mean_lab_value(w)
    for lab in w.labs:
        lab.new_equity = 0.0
        lab.failed_rounds = 0.0
        by_suppliers = lab.supplier_equity
        lab.supplier_equity = 0.0
        lab.raised_year = YEAR_MEMORY * lab.raised_year + by_suppliers
        if lab.alive < 0.5:
            continue
        lab.runway = runway(liquid(w, lab.account), lab.burn)
        if lab.runway >= p.runway_trigger:
            continue
        room = max(p.dilution_cap * pre_money(world, lab) - lab.raised_year, 0.0)
        ask = min(max(p.round_quarters * lab.burn - by_suppliers, 0.0), room)
        if ask <= 1e-9 and by_suppliers > 0.0:
            continue  # suppliers have put in what was asked
        offered = 0.0
        for fund in w.venture_funds:
            offered += appetite * max(fund.account.cash, 0.0)
        abroad = w.rest_of_world[0].account
        sovereign = p.sovereign_share * w.levers.sovereign_money * offered
        offered += sovereign
        least = min(max(p.round_minimum * lab.burn - by_suppliers, 0.0), LARGEST_MINIMUM * room)
        if offered < least or ask <= 1e-9 or room <= 0.0:
            lab.failed_rounds += 1.0
            lab.training_budget *= p.failed_round_cut
            w.market.failed_rounds += 1.0
            w.market.failed_weight += market_value(w.ledger, lab.account.column) / mean_value
            continue
        price_round(world, lab)
        share = min(1.0, ask / max(offered, 1e-12))
        for fund in w.venture_funds:
            money = share * appetite * max(fund.account.cash, 0.0)
            lab.new_equity += issue_shares(w.ledger, lab.account, fund.account, money, PRIVATE_ROUNDS)
        lab.new_equity += issue_shares(
            w.ledger, lab.account, abroad, min(share * sovereign, placeable(abroad)), PRIVATE_ROUNDS
        )
        lab.raised_year += lab.new_equity
        w.debtors[lab.account.column].new_money += lab.new_equity
        w.market.equity_raised += lab.new_equity


@rule
def move_venture_money(world, accounts, firms):
    """Investors commit to venture funds while the market runs and get back, little by little, what lies unspent beyond
    `venture_powder` of net assets; the levered one borrows."""
    w = world[0]
    p = w.parameters
    top = w.households[0].account
    abroad = w.rest_of_world[0].account
    calm = 1.0 if w.exchange.withdrawal < 0.5 else p.withdrawal_appetite
    for k in range(len(w.venture_funds)):
        fund = w.venture_funds[k]
        wanted = p.venture_commitment * max(fund.net_assets, 0.0) * calm * w.levers.venture_appetite
        money = 0.5 * min(wanted, COMMITTED * placeable(top) + COMMITTED * placeable(abroad))
        issue_shares(w.ledger, fund.account, top, min(money, placeable(top)), FUND_FLOWS)
        issue_shares(w.ledger, fund.account, abroad, min(money, placeable(abroad)), FUND_FLOWS)
        idle = spare_money(fund.account.cash, p.venture_powder * max(fund.net_assets, 0.0))
        buy_back(w.ledger, accounts, fund.account, p.buffer_adjustment * idle, FUND_FLOWS)
        if fund.levered > 0.5:
            target = p.levered_share * fund.net_assets
            bank = bank_of(w, fund.account)
            if fund.account.loan < target:
                lend_on_ai(w, bank, fund.account, LINE_DRAWN * (target - fund.account.loan))


@rule
def age_contracts(world, accounts, firms):
    """Contracts move on by a quarter; those that have run out make room in the register."""
    w = world[0]
    market = w.market
    kept = 0
    for k in range(market.n_contracts):
        contract = market.contracts[k]
        if contract.starts_in > 0.0:
            contract.starts_in -= 1.0
        else:
            contract.quarters_left -= 1.0
        if contract.quarters_left > 0.0:
            if kept != k:
                market.contracts[kept] = contract
            kept += 1
    market.n_contracts = kept


@rule
def sign_contracts(world, accounts, firms):
    """Labs reserve compute ahead: what they want at the horizon and have not yet under contract, as far as the dues of
    a year stay within what they dare to owe. The providers that hold their contracts already get most of the new
    ones."""
    w = world[0]
    p = w.parameters
    market = w.market
    for j in range(len(w.labs)):
        lab = w.labs[j]
        if lab.alive < 0.5:
            continue
        signed = 0.0
        dues = 0.0
        for k in range(market.n_contracts):
            contract = market.contracts[k]
            if contract.customer != lab.account.column or contract.starts_in > p.commitment_horizon:
                continue
            if contract.starts_in + contract.quarters_left > p.commitment_horizon:
                signed += contract.gigawatts
            dues += 4.0 * contract.gigawatts * contract.price
        price = contract_rent(w) * rent_trend(p, p.construction_lead)
        valuation = market_value(w.ledger, lab.account.column)
        lab.wants_compute = p.contract_cover * compute_wanted(lab, p)
        lack = max(lab.wants_compute - signed, 0.0)
        room = max(affordable_dues(lab, valuation, p) - dues, 0.0) / (4.0 * price)
        new = min(lack, room, p.contract_pace * max(lab.need, 0.001) + FIRST_CONTRACT)
        if new > 1e-4:
            for k in range(len(w.clouds)):
                part = new * partner_part(w, j, k)
                if part > 1e-6:
                    start, quarters = p.construction_lead, p.take_or_pay_quarters
                    sign(w, lab.account.column, k, part, price, start, quarters, p.firm_share, 0.0, NOBODY)
