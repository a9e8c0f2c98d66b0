"""Failed agents: their debts fall due, their contracts end, their compute is sold, and what is left is shared out."""

import numpy as np

from simulation.books.instruments import CORPORATE_BONDS, PRIVATE_CREDIT, VENDOR_LOANS
from simulation.books.ledger import market_value, place_among
from simulation.books.purposes import DAMAGES, LOANS, RECOVERIES, SHARE_ISSUES
from simulation.books.verbs import issue_shares, pay, redeem, repay_loan, reprice, write_off, write_off_loan
from simulation.chronicle import (
    CONTRACT_ENDED,
    FORCED_FAILURE,
    LOSSES_ON_CLAIMS,
    LOST_CONTRACT,
    NOBODY,
    tell,
    tell_chain,
)
from simulation.credit.lenders import bank_of
from simulation.distress.damages import take_or_pay_damages
from simulation.distress.receivership import hand_to_receiver
from simulation.markets.equity import start_shares_anew
from simulation.markets.fire_sale import hold_fire_sale, retire_systems
from simulation.obligations.collateral import core_value
from simulation.obligations.debts import debts_left, principal_due, principal_purpose
from simulation.obligations.dues import BANK_LOAN, DAMAGE_CLAIMS, NO_CLAIM, SECURED, UNSECURED, note_blow, owe
from simulation.rule import rule
from simulation.valuation.appraisal import core_worth, lose_business

WORTHLESS = 1e-9  # price that stands for nothing
YEAR = 4.0


@rule
def liquidate(w, accounts):
    """Sell the compute of all who have newly failed, at one price; then let their debts fall due and their contracts
    end."""
    hold_fire_sale(w, accounts)
    for column in range(len(accounts)):
        debtor = w.debtors[column]
        if debtor.in_default == 1.0:
            accelerate(w, accounts, column)
            end_contracts(w, accounts, column)
            debtor.in_default = 2.0


@rule
def accelerate(w, accounts, column):
    """All debts of a failed agent fall due. What its compute has fetched secures private credit; the rest is
    unsecured."""
    ledger = w.ledger
    secured = 1e-12
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == column and claim.instrument == PRIVATE_CREDIT:
            secured += claim.amount
    cover = min(w.debtors[column].proceeds / secured, 1.0)
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer != column or not CORPORATE_BONDS <= claim.instrument <= VENDOR_LOANS or claim.amount <= 0.0:
            continue
        left = claim.amount - principal_due(w, column, k)
        purpose = principal_purpose(claim.instrument)
        part = cover if claim.instrument == PRIVATE_CREDIT else 0.0
        owe(w, column, claim.holder, part * left, SECURED, purpose, k, 1)
        owe(w, column, claim.holder, (1.0 - part) * left, UNSECURED, purpose, k, 1)
    account = accounts[column]
    left = account.loan - principal_due(w, column, BANK_LOAN)
    owe(w, column, account.lender, left, UNSECURED, LOANS, BANK_LOAN, 1)


@rule
def end_contracts(w, accounts, column):
    """Contracts of a failed customer end, with damages; those of a failed provider pass to who has bought most of its
    compute, or end."""
    market = w.market
    p = w.parameters
    backlog = np.zeros(len(accounts))
    power = np.zeros(len(accounts))
    for k in range(market.n_contracts):
        contract = market.contracts[k]
        provider = w.clouds[contract.provider].account.column
        if contract.quarters_left <= 0.0 or (contract.customer != column and provider != column):
            continue
        value = contract.gigawatts * contract.price
        if contract.customer == column:
            damages = take_or_pay_damages(
                contract.quarters_left, contract.gigawatts, contract.price, market.spot, p.damage_quarters
            )
            owe(w, column, provider, damages, DAMAGE_CLAIMS, DAMAGES, NO_CLAIM, 0)
            w.clearing.damages += damages
            note_blow(w, provider, column, LOST_CONTRACT, min(contract.quarters_left, YEAR) * value)
            lose_business(w, provider, contract.delivered * contract.price / max(ai_sales(w, contract.provider), 1e-9))
            other = provider
        else:
            other = contract.customer
            heir = w.debtors[column].heir
            if heir >= 0:
                contract.provider = heir
                continue
            note_blow(w, contract.customer, column, LOST_CONTRACT, 0.0)
        backlog[other] += value * contract.quarters_left
        power[other] += contract.gigawatts
        contract.quarters_left = 0.0
    for other in range(len(accounts)):
        if power[other] > 0.0:
            tell(w.chronicle, CONTRACT_ENDED, column, other, backlog[other], power[other])
    for vehicle in w.vehicles:
        if vehicle.alive > 0.5 and vehicle.lessee == column:
            damages = lease_damages(w, vehicle)
            owe(w, column, vehicle.account.column, damages, DAMAGE_CLAIMS, DAMAGES, NO_CLAIM, 0)
            note_blow(w, vehicle.account.column, column, LOST_CONTRACT, YEAR * vehicle.rent)
            vehicle.lessee = NOBODY


@rule
def ai_sales(w, provider):
    """AI revenue of a cloud in the quarter (USD bn)."""
    cloud = w.clouds[provider]
    return cloud.rental_revenue + cloud.service_revenue


@rule
def lease_damages(w, vehicle):
    """What a vehicle loses by letting its compute at spot instead of to the user who has failed (USD bn)."""
    quarters = min(max(vehicle.quarters_left, 0.0), w.parameters.damage_quarters)
    to_others = vehicle.power * (w.market.spot - w.parameters.opex * w.market.system_price)
    return quarters * max(vehicle.rent - max(to_others, 0.0), 0.0)


@rule
def close_estate(w, accounts, column):
    """Share out what is left of a failed agent: unsold compute and a core business go to the creditors in kind, money
    that no creditor claims to the owners; the rest of the debts is written off on both sides."""
    ledger = w.ledger
    debtor = w.debtors[column]
    account = accounts[column]
    worth = market_value(ledger, column)
    hand_to_receiver(w, accounts, column)
    core = core_value(w, column)
    if core > 0.0 and debts_left(w, account) > WORTHLESS:
        convert_debt(w, accounts, column, core)
        loss = write_off_rest(w, accounts, column)
        owners_loss = worth
    else:
        loss = write_off_rest(w, accounts, column)
        paid = pay_out_rest(w, accounts, account)
        left = price_what_is_left(w, column)
        owners_loss = max(worth - paid - left, 0.0)
    retire_systems(w, accounts, column)
    cease_business(w, column)
    if core <= 0.0:
        close_core(w, column)
    debtor.watched = 1.0 if core > 0.0 else 0.0
    debtor.in_default = 0.0
    debtor.thin_quarters = 0.0
    debtor.failed_loss += loss
    w.exchange.credit_losses += loss
    if debtor.cause == FORCED_FAILURE:
        w.clearing.forced_loss += loss + owners_loss
    tell_chain(
        w.chronicle,
        debtor.cause,
        column,
        debtor.blow_by,
        debtor.failed_loss,
        0.0,
        debtor.blow_channel,
        debtor.generation,
    )
    debtor.blow = 0.0
    debtor.forced = 0.0


@rule
def price_what_is_left(w, column):
    """Shares of one who has paid its debts are worth its core business, if it has one. Returns their value (USD bn)."""
    ledger = w.ledger
    if ledger.issued[column] <= 0.0:
        return 0.0
    security = w.exchange.securities[column]
    maker, cloud = place_among(w.chip_makers, column), place_among(w.clouds, column)
    left = 0.0
    if maker >= 0:
        left = core_worth(w, security, w.chip_makers[maker])
    elif cloud >= 0:
        left = core_worth(w, security, w.clouds[cloud])
    reprice(ledger, column, max(min(left / ledger.issued[column], ledger.price[column]), WORTHLESS))
    security.value = market_value(ledger, column)
    return market_value(ledger, column)


@rule
def convert_debt(w, accounts, column, core):
    """A firm whose core business lives on is reorganised: old shares are worth nothing, creditors take new ones for
    their claims, as far as the business is worth it. They pay for shares, the firm pays them back: no money moves."""
    ledger = w.ledger
    account = accounts[column]
    debts = debts_left(w, account)
    part = min(core / debts, 1.0)
    start_shares_anew(w, column)
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == column and CORPORATE_BONDS <= claim.instrument <= VENDOR_LOANS and claim.amount > 0.0:
            amount = part * claim.amount
            issue_shares(ledger, account, accounts[claim.holder], amount, SHARE_ISSUES)
            redeem(ledger, claim, accounts[claim.holder], account, amount, principal_purpose(claim.instrument))
    if account.loan > 0.0:
        bank = bank_of(w, account).account
        amount = part * account.loan
        issue_shares(ledger, account, bank, amount, SHARE_ISSUES)
        repay_loan(ledger, account, bank, amount)


@rule
def write_off_rest(w, accounts, column):
    """Creditors give up what is left of their claims. Returns their loss (USD bn)."""
    ledger = w.ledger
    account = accounts[column]
    loss = 0.0
    for k in range(ledger.n_claims):
        claim = ledger.claims[k]
        if claim.issuer == column and CORPORATE_BONDS <= claim.instrument <= VENDOR_LOANS and claim.amount > 0.0:
            lost = write_off(ledger, claim, claim.amount)
            note_blow(w, claim.holder, column, LOSSES_ON_CLAIMS, lost)
            tally_loss(w, claim.holder, lost)
            loss += lost
    if account.loan > 0.0:
        bank = bank_of(w, account)
        lost = write_off_loan(ledger, account, bank.account, account.loan)
        bank.losses += lost
        note_blow(w, bank.account.column, column, LOSSES_ON_CLAIMS, lost)
        tally_loss(w, bank.account.column, lost)
        loss += lost
    return loss


@rule
def tally_loss(w, holder, lost):
    """Count a loss on AI debt with the kind of lender that bears it (USD bn)."""
    if place_among(w.banks, holder) >= 0:
        w.exchange.losses_of_banks += lost
    elif place_among(w.credit_funds, holder) >= 0:
        w.exchange.losses_of_credit_funds += lost


@rule
def pay_out_rest(w, accounts, account):
    """What is left of the money belongs to the owners. Returns what they get (USD bn)."""
    left = max(account.cash, 0.0)
    issued = w.ledger.issued[account.column]
    if left <= 0.0 or issued <= 0.0:
        return 0.0
    for holder in range(len(accounts)):
        number = w.ledger.shares[holder, account.column]
        if number > 0.0:
            pay(w.ledger, account, accounts[holder], left * number / issued, RECOVERIES)
    return left


@rule
def cease_business(w, column):
    """The AI business of a failed agent is closed."""
    lose_business(w, column, 1.0)
    k = place_among(w.labs, column)
    if k >= 0:
        w.labs[k].alive = 0.0
        w.labs[k].market_share = 0.0
    k = place_among(w.clouds, column)
    if k >= 0:
        w.clouds[k].alive = 0.0
        w.market.on_order[:, k] = 0.0
        give_up_plans(w.clouds[k])
        pass_partners_on(w, k)
    k = place_among(w.other_buyers, column)
    if k >= 0:
        w.other_buyers[k].alive = 0.0
        w.market.on_order[:, len(w.clouds) + k] = 0.0
        give_up_plans(w.other_buyers[k])
    k = place_among(w.vehicles, column)
    if k >= 0:
        vehicle = w.vehicles[k]
        vehicle.alive = 0.0
        vehicle.undrawn = 0.0
        vehicle.known = 0.0
        vehicle.lessee = NOBODY
    k = place_among(w.chip_makers, column)
    if k >= 0:
        close_maker(w, k)


@rule
def give_up_plans(owner):
    """Who has failed buys nothing more: what is on order, decided or waits for permits is given up."""
    owner.pipeline = 0.0
    owner.decided = 0.0
    owner.permits[:] = 0.0
    owner.planned_orders = 0.0
    owner.equipment_orders = 0.0


@rule
def close_core(w, column):
    """A core business that only loses money is closed when its firm fails: nobody would go on paying for it."""
    maker, cloud = place_among(w.chip_makers, column), place_among(w.clouds, column)
    if maker >= 0:
        w.chip_makers[maker].core_revenue = 0.0
        w.chip_makers[maker].core_cash_flow = 0.0
    elif cloud >= 0:
        w.clouds[cloud].core_revenue = 0.0
        w.clouds[cloud].core_cash_flow = 0.0
        w.clouds[cloud].liftable = 0.0


@rule
def pass_partners_on(w, failed):
    """Labs that used to sign with a failed cloud sign with the others they sign with, or with who has bought its
    compute."""
    market = w.market
    heir = w.debtors[w.clouds[failed].account.column].heir
    for j in range(len(w.labs)):
        lost = market.partner_share[j, failed]
        market.partner_share[j, failed] = 0.0
        left = 0.0
        for k in range(len(w.clouds)):
            left += market.partner_share[j, k]
        for k in range(len(w.clouds)):
            if left > 0.0:
                market.partner_share[j, k] *= (left + lost) / left
        if left <= 0.0 and heir >= 0:
            market.partner_share[j, heir] = lost


@rule
def close_maker(w, m):
    """A chip maker that fails ships no more: its orders are lost, and later ones go to the other makers."""
    market = w.market
    maker = w.chip_makers[m]
    maker.alive = 0.0
    maker.supply = 0.0
    maker.supply_coming[:] = 0.0
    maker.order_share = 0.0
    for k in range(market.on_order.shape[1]):
        if k < len(w.clouds):
            w.clouds[k].pipeline = max(w.clouds[k].pipeline - market.on_order[m, k], 0.0)
        else:
            buyer = w.other_buyers[k - len(w.clouds)]
            buyer.pipeline = max(buyer.pipeline - market.on_order[m, k], 0.0)
        market.on_order[m, k] = 0.0
        market.usual_maker_share[m, k] = 0.0
        total = 0.0
        for other in range(len(w.chip_makers)):
            total += market.usual_maker_share[other, k]
        for other in range(len(w.chip_makers)):
            if total > 0.0:
                market.usual_maker_share[other, k] /= total
            elif w.chip_makers[other].alive > 0.5:
                market.usual_maker_share[other, k] = 1.0 / (len(w.chip_makers) - 1.0)
