"""Investors, banks and the public sector at the opening, and the residuals that close every balance sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.agents.funds import EXTRAPOLATIVE, FUNDAMENTAL, PASSIVE
from simulation.books import instruments as stock
from simulation.credit.lenders import BOND_MATURITY, TREASURY_MATURITY
from simulation.registry import (
    CLOUDS,
    COLUMN_NAMES,
    FIRMS_COLUMN,
    FIRST_COLUMN,
    HYPERSCALERS,
    LABS,
    LISTED,
    MAKERS,
    NAMES,
    NUMBER,
    columns_of,
)
from simulation.vintages.facts import assumed
from simulation.vintages.services_opening import facts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from simulation.vintages.opening import Opening

_STAKES_OF_RECORD = (
    ("Microsoft", "OpenAI"),
    ("Amazon", "Anthropic"),
    ("Alphabet", "Anthropic"),
    ("Nvidia", "CoreWeave"),
    ("Nvidia", "OpenAI"),
    ("Nvidia", "xAI"),
)
_STAKES = [((COLUMN_NAMES.index(owner), COLUMN_NAMES.index(of)), owner, of) for owner, of in _STAKES_OF_RECORD]


def open_investors(opening: Opening) -> None:
    """Debt and shares of the AI sector, and the funds that hold them."""
    _open_debt(opening)
    _open_shares(opening)


def _open_debt(opening: Opening) -> None:
    """Bonds of makers and hyperscalers at insurers; debt of neoclouds at private-credit funds."""
    p, facts = opening.p, opening.facts
    insurer, policy_rate = opening.column("insurers"), opening.us("policy_rate")
    rate = 0.25 * (policy_rate + p["bond_spread"])
    for kind, number in (("chip_makers", MAKERS), ("clouds", HYPERSCALERS)):
        columns = np.arange(number) + FIRST_COLUMN[kind]
        debt = facts_of(facts, kind, "debt")[:number]
        opening.give_claims(stock.CORPORATE_BONDS, insurer, columns, debt, rate, BOND_MATURITY)
    if not p["ai"]:
        return
    lenders = np.array(columns_of("credit_funds"))
    neoclouds = np.arange(FIRST_COLUMN["clouds"] + HYPERSCALERS, FIRST_COLUMN["clouds"] + CLOUDS)
    # Who reports no debt has no line.
    known = facts_of(facts, "clouds", "debt")[HYPERSCALERS:] > 0.0
    debt = np.where(known, opening.w["debtors"]["debt"][neoclouds], 0.0)
    opening.give_claims(
        stock.PRIVATE_CREDIT,
        np.tile(lenders, len(neoclouds)),
        neoclouds.repeat(len(lenders)),
        (debt / len(lenders)).repeat(len(lenders)),
        0.25 * (policy_rate + (p["spread_other"] + p["private_premium"])),
        assumed("term_left_of_private_credit"),
    )


def _stakes(opening: Opening) -> dict[tuple[int, int], float]:
    """What AI firms hold of each other (USD bn), by columns of holder and issuer."""
    scale = opening.p["stake_scale"]
    stakes = {pair: opening.facts.get(owner, f"stake_in_{target}") * scale for pair, owner, target in _STAKES}
    return {pair: value for pair, value in stakes.items() if value > 0.0}


def _open_shares(opening: Opening) -> None:
    """Who owns whom: AI firms by market value or last round, ordinary firms, banks and funds."""
    w, facts = opening.w, opening.facts
    top, rest = opening.column("households", 0), opening.column("households", 1)
    abroad = opening.column("rest_of_world")
    fund_assets = opening.us("equity_fund_assets")
    values = np.concatenate([facts_of(facts, kind, "market_value") for kind in ("chip_makers", "clouds")])
    ai_total = sum(values.tolist())
    firms_total = max(opening.us("listed_equity") - ai_total, assumed("least_ordinary_equity") * ai_total)
    ai_share = ai_total / (ai_total + firms_total)
    funds = NUMBER["equity_funds"]
    each = fund_assets / funds
    invested = 1.0 - assumed("cash_of_equity_funds")
    foreign, others = assumed("foreign_part_of_shares"), assumed("rest_part_of_shares")
    staked = np.zeros(LISTED + LABS)
    for (owner, target), value in _stakes(opening).items():
        staked[target] += value
        opening.give_shares(owner, target, value)
    listed = slice(0, LISTED)
    free = values - staked[listed]
    held = each * invested * ai_share * values / ai_total * free / values
    opening.give_shares_alike(columns_of("equity_funds"), listed, held)
    left = values - w["ledger"]["issued"][listed]
    for holder, part in ((abroad, foreign), (rest, others), (top, 1.0 - others - foreign)):
        opening.give_shares(holder, listed, part * left)
    opening.give_shares_alike(columns_of("equity_funds"), FIRMS_COLUMN, each * invested * (1.0 - ai_share))
    left_to_others = max(
        firms_total - each * invested * (1.0 - ai_share) * funds, assumed("least_shares_outside_funds") * firms_total
    )
    for holder, part in ((abroad, foreign), (rest, others), (top, 1.0 - others - foreign)):
        opening.give_shares(holder, FIRMS_COLUMN, part * left_to_others)
    opening.firms_value = float(w["ledger"]["issued"][FIRMS_COLUMN])
    _open_equity_funds(opening, each, ai_share * invested)
    _open_private_capital(opening, staked[LISTED:])
    account = w["other_buyers"]["account"]
    books = (account["tangible"].sum(axis=1) + account["cash"]).tolist()
    for b, (column, book) in enumerate(zip(columns_of("other_buyers"), books, strict=True)):
        opening.give_shares(top if b == 0 else abroad, column, book)


def _open_equity_funds(opening: Opening, each: float, ai_share: float) -> None:
    """Funds of equal size, a third of them of each style; those that follow prices have borrowed on margin."""
    funds, number = opening.w["equity_funds"], NUMBER["equity_funds"]
    foreign, others = assumed("foreign_part_of_fund_shares"), assumed("rest_part_of_fund_shares")
    funds["style"] = np.repeat((FUNDAMENTAL, EXTRAPOLATIVE, PASSIVE), number // 3)
    account = funds["account"]
    account["cash"] = assumed("cash_of_equity_funds") * each
    funds["ai_share"] = funds["ai_normal"] = ai_share
    funds["assets"] = each
    account["loan"][funds["style"] == EXTRAPOLATIVE] = opening.us("margin_debt") / (number // 3)
    funds["net_assets"] = net_assets = each - account["loan"]
    funds["price_before"] = 1.0
    top, rest = opening.column("households", 0), opening.column("households", 1)
    for holder, part in ((top, 1.0 - others - foreign), (rest, others), (opening.column("rest_of_world"), foreign)):
        opening.give_shares(holder, _all("equity_funds"), part * net_assets)


def _open_private_capital(opening: Opening, staked: np.ndarray) -> None:
    """Labs' owners, venture funds with dry powder, private-credit funds with what they have lent: the dry powder of
    these is promised and stays with their investors."""
    w, p = opening.w, opening.p
    top, abroad = opening.column("households", 0), opening.column("rest_of_world")
    free = facts_of(opening.facts, "labs", "market_value") - staked
    opening.give_shares_alike(columns_of("venture_funds"), _all("labs"), assumed("venture_funds_part_of_labs") * free)
    opening.give_shares(abroad, _all("labs"), assumed("foreign_part_of_labs") * free)
    opening.give_shares(top, _all("labs"), assumed("top_part_of_labs") * free)
    powder = assumed("ai_part_of_venture") * opening.us("venture_dry_powder")
    foreign = assumed("foreign_part_of_venture")
    funds = w["venture_funds"]
    account = funds["account"]
    account["cash"] = powder / NUMBER["venture_funds"]
    funds["levered"] = levered = [float(name == "SoftBank") for name in NAMES["venture_funds"]]
    assets = w["ledger"]["shares"][_all("venture_funds")].sum(axis=1) + account["cash"]
    account["loan"] = np.where(levered, p["levered_share"] / (1.0 + p["levered_share"]) * assets, 0.0)
    funds["net_assets"] = net_assets = assets - account["loan"]
    opening.give_shares(top, _all("venture_funds"), (1.0 - foreign) * net_assets)
    opening.give_shares(abroad, _all("venture_funds"), foreign * net_assets)
    claims = w["ledger"]["claims"][: int(w["ledger"]["n_claims"])]
    private = claims["amount"][claims["instrument"] == stock.PRIVATE_CREDIT]
    lent = sum((private / NUMBER["credit_funds"]).tolist())
    money = opening.us("private_credit_for_ai") / NUMBER["credit_funds"]
    funds = w["credit_funds"]
    cash, loan = p["credit_fund_buffer"] * money, (1.0 - 1.0 / p["credit_fund_leverage"]) * lent
    value = lent + cash - loan
    funds["account"]["cash"], funds["account"]["loan"] = cash, loan
    funds["net_assets"] = value
    funds["promised"] = max(money - value, 0.0)
    funds["return_quarter"] = p["credit_fund_yield"]
    opening.give_shares(opening.column("insurers"), _all("credit_funds"), value)


def _all(kind: str) -> slice:
    """Columns of all members of a kind, as a slice."""
    return slice(FIRST_COLUMN[kind], FIRST_COLUMN[kind] + NUMBER[kind])


def close_books(opening: Opening) -> None:
    """Government bonds, insurers, banks and the central bank: what is left closes each, and is reported."""
    _place_government_bonds(opening)
    _close_banks(opening)
    _close_insurers(opening)
    _close_incomes(opening)


def _place_government_bonds(opening: Opening) -> None:
    opening.coupon = float(opening.w["macro"]["bond_rate"]) * assumed("old_coupons")
    others = assumed("rest_part_of_treasuries")
    holders = {
        opening.column("rest_of_world"): opening.us("foreign_held_treasuries"),
        opening.column("households", 0): (1.0 - others) * opening.us("household_treasuries"),
        opening.column("households", 1): others * opening.us("household_treasuries"),
        opening.column("central_banks"): opening.us("central_bank_treasuries"),
    }
    _give_government_bonds(opening, list(holders), list(holders.values()))
    opening.bonds_left = opening.us("government_debt") - sum(holders.values())
    w = opening.w
    w["rest_of_world"][0]["account"]["cash"] = opening.us("foreign_deposits")
    w["rest_of_world"][0]["money_ratio"] = opening.us("foreign_deposits") / float(w["macro"]["potential_nominal"])
    w["governments"][0]["account"]["cash"] = opening.us("treasury_account")
    w["governments"][0]["money_ratio"] = opening.us("treasury_account") / float(w["macro"]["potential_nominal"])
    promised = float(w["credit_funds"]["promised"].sum())
    kept = assumed("cash_of_insurers") * opening.us("insurers_assets")
    w["insurers"][0]["account"]["cash"] = kept + promised
    w["insurers"][0]["money_target"] = kept


def _give_government_bonds(opening: Opening, holders: Sequence[int], amounts: npt.ArrayLike) -> None:
    """Government bonds at the coupon of the opening, to holders by column (USD bn)."""
    bonds, government = np.array(amounts), opening.column("governments")
    opening.give_claims(stock.GOVERNMENT_BONDS, np.array(holders), government, bonds, opening.coupon, TREASURY_MATURITY)


def _close_banks(opening: Opening) -> None:
    """Banks open at the reported capital ratio, with household loans that close their sum; reserves, bonds and
    central-bank advances close each bank."""
    w, ledger = opening.w, opening.w["ledger"]
    first = opening.column("banks")
    accounts = opening.accounts
    number = accounts["bank"] - first
    banks = NUMBER["banks"]
    customers = (number >= 0) & (number < banks) & (accounts["bank"] != accounts["column"])
    deposits, loans = (np.bincount(number[customers], accounts[of][customers], banks) for of in ("cash", "loan"))
    firms = opening.firms["account"]
    for b in range(banks):
        mine = firms["bank"] == first + b
        deposits[b] += firms["cash"][mine].sum()
        loans[b] += firms["loan"][mine].sum()
    reserves, bonds = opening.us("bank_reserves"), opening.us("bank_treasuries")
    ratio = opening.us("bank_capital_ratio")
    # Loans are what deposits and capital leave after reserves and bonds; capital is its ratio of loans.
    capital = ratio / (1.0 - ratio) * (deposits.sum() - reserves - bonds)
    opening.residuals["bank capital: closing less reported"] = capital - opening.us("bank_capital")
    households = capital + deposits.sum() - reserves - bonds - loans.sum()
    opening.residuals["household bank loans: closing less reported"] = households - opening.us(
        "bank_loans_to_households"
    )
    top = assumed("top_part_of_household_loans")
    for k, part in enumerate((top, 1.0 - top)):
        loans[k] += part * households
        w["households"][k]["account"]["loan"] = part * households
    loans = np.maximum(loans, 1e-6)
    equity = capital * loans / loans.sum()
    liquid = deposits + equity - loans
    advances = np.maximum(assumed("least_liquidity_of_banks") * deposits - liquid, 0.0)
    liquid += advances
    in_reserves = reserves / (reserves + bonds)
    of_banks = _all("banks")
    ledger["reserves"][of_banks] = in_reserves * liquid
    _give_government_bonds(opening, columns_of("banks"), (1.0 - in_reserves) * liquid)
    kept = w["banks"]
    kept["account"]["loan"] = advances
    kept["equity"] = equity
    kept["lends"] = 1.0
    kept["loans"] = kept["risk_weighted_assets"] = loans
    kept["deposits"] = deposits
    kept["capital_ratio"] = kept["target_ratio"] = equity / loans
    value = opening.p["bank_book_multiple"] * equity
    for holder, part in (
        (opening.column("households", 0), assumed("top_part_of_banks")),
        (opening.column("households", 1), assumed("rest_part_of_banks")),
        (opening.column("rest_of_world"), assumed("foreign_part_of_banks")),
    ):
        opening.give_shares(holder, of_banks, part * value)
    reserves_held = float(ledger["reserves"][of_banks].sum())
    ledger["reserves"][opening.column("central_banks")] = -reserves_held
    opening.bonds_left -= (1.0 - in_reserves) * liquid.sum()
    opening.residuals["bank reserves: closing less reported"] = reserves_held - reserves
    w["households"]["loan_ratio"] = 1.0


def _claims_of(opening: Opening, holder: int) -> Any:
    """Claims that the books name so far of a holder, in the order in which they were entered."""
    ledger = opening.w["ledger"]
    claims = ledger["claims"][: int(ledger["n_claims"])]
    return claims[claims["holder"] == holder]


def _close_insurers(opening: Opening) -> None:
    """Insurers hold the government bonds that are left; households hold the insurers."""
    ledger = opening.w["ledger"]
    insurer = opening.column("insurers")
    _give_government_bonds(opening, [insurer], [opening.bonds_left])
    opening.residuals["insurers' government bonds: closing less reported"] = opening.bonds_left - opening.us(
        "insurers_treasuries"
    )
    assets = float(opening.w["insurers"][0]["account"]["cash"])
    assets = sum(_claims_of(opening, insurer)["amount"].tolist(), start=assets)
    assets += float((ledger["shares"][insurer] * ledger["price"]).sum())
    others = assumed("rest_part_of_insurers")
    opening.give_shares(opening.column("households", 0), insurer, (1.0 - others) * assets)
    opening.give_shares(opening.column("households", 1), insurer, others * assets)
    opening.w["insurers"][0]["net_assets"] = assets


def _income_from_abroad(opening: Opening) -> float:
    """Income on assets abroad that keeps foreigners' claims on home in proportion to GDP (USD bn a quarter); none where
    a surplus in trade would lower them anyway."""
    w, ledger = opening.w, opening.w["ledger"]
    abroad = opening.column("rest_of_world")
    claims = float(w["rest_of_world"][0]["account"]["cash"]) + opening.us("foreign_held_treasuries")
    income = opening.us("foreign_held_treasuries") * opening.coupon
    income += ledger["shares"][abroad, FIRMS_COLUMN] / ledger["issued"][FIRMS_COLUMN] * opening.firm_dividends
    income += opening.trade_deficit - float(w["macro"]["trend_nominal_growth"]) * claims
    income = max(income, 0.0)
    w["rest_of_world"][0]["claims"] = claims
    home = slice(0, FIRMS_COLUMN + 1)
    of_shares = ledger["equity_stock"][home] == stock.LISTED_EQUITY
    listed = ledger["shares"][abroad, home][of_shares]
    w["rest_of_world"][0]["equity_part"] = listed.sum() / (listed.sum() + claims)
    w["rest_of_world"][0]["claims_ratio"] = claims / float(w["macro"]["potential_nominal"])
    w["rest_of_world"][0]["income_share"] = income / float(w["macro"]["potential_nominal"])
    opening.residuals["income on assets abroad that keeps foreign claims steady, share of GDP"] = income / opening.us(
        "nominal_gdp"
    )
    return float(income)


def _bank_dividends(opening: Opening) -> float:
    """Profit of the banks after tax that growth leaves to be paid out (USD bn a quarter)."""
    w, macro = opening.w, opening.w["macro"]
    first = opening.column("banks")
    loans, deposits = float(w["banks"]["loans"].sum()), float(w["banks"]["deposits"].sum())
    reserves = float(opening.w["ledger"]["reserves"][first : first + NUMBER["banks"]].sum())
    income = loans * float(macro["loan_rate_quarter"]) + reserves * 0.25 * float(macro["policy_rate"])
    paid = deposits * assumed("deposits_that_bear_interest") * float(macro["deposit_rate"])
    income += opening.us("bank_treasuries") * opening.coupon - paid
    profit = income * (1.0 - opening.p["tax_profits"])
    return profit - float(macro["trend_nominal_growth"]) * float(w["banks"]["equity"].sum())


def _close_incomes(opening: Opening) -> None:
    """Transfers close the government's account at a steady debt ratio; permanent income and propensities close
    consumption."""
    w, p, macro = opening.w, opening.p, opening.w["macro"]
    ledger = w["ledger"]
    trend = float(macro["trend_nominal_growth"])
    wages = opening.wages + opening.tech_wages
    households = w["households"]
    wage_income = households["wage_share"] * wages
    debt = opening.us("government_debt")
    coupons = debt * opening.coupon
    property_income = np.zeros(2)
    of_banks = assumed("top_part_of_banks"), assumed("rest_part_of_banks")
    opening.income_from_abroad, bank_dividends = _income_from_abroad(opening), _bank_dividends(opening)
    for k in range(2):
        column = opening.column("households", k)
        part = ledger["shares"][column, FIRMS_COLUMN] / ledger["issued"][FIRMS_COLUMN]
        of_fund = ledger["shares"][column, _all("equity_funds")] / ledger["issued"][_all("equity_funds")]
        of_firms = ledger["shares"][_all("equity_funds"), FIRMS_COLUMN]
        funds = sum((of_fund * of_firms / ledger["issued"][FIRMS_COLUMN]).tolist())
        property_income[k] += (part + funds) * opening.firm_dividends
        insurer = opening.column("insurers")
        held = ledger["shares"][column, insurer] / ledger["issued"][insurer]
        property_income[k] += held * opening.bonds_left * opening.coupon * assumed("insurers_income_over_coupons")
        property_income[k] += households[k]["account"]["cash"] * macro["deposit_rate"]
        claims = _claims_of(opening, column)
        property_income[k] = sum((claims["amount"] * claims["rate"]).tolist(), start=float(property_income[k]))
        property_income[k] += opening.income_from_abroad * float(households["foreign_share"][k])
        property_income[k] += bank_dividends * of_banks[k]
    taxes = p["tax_wages"] * wages + p["tax_capital"] * property_income.sum() + opening.firm_profit_tax
    taxes += bank_dividends * assumed("bank_tax_over_dividends")
    tech = float(w["clouds"]["operating_cash_flow"].sum() + w["chip_makers"]["operating_cash_flow"].sum())
    taxes += assumed("tax_on_tech_cash_flow") * tech
    central = opening.column("central_banks")
    profit = opening.us("central_bank_treasuries") * opening.coupon
    profit -= float(-ledger["reserves"][central]) * 0.25 * float(macro["policy_rate"])
    purchases = opening.us("government_share") * opening.us("nominal_gdp")
    deficit = trend * debt + p["deficit_above_steady"] * opening.us("nominal_gdp")
    transfers = taxes + profit + deficit - purchases - coupons
    opening.residuals["transfers that keep the debt ratio steady, share of GDP"] = transfers / opening.us("nominal_gdp")
    benefits = (
        p["unemployment_benefit"]
        * float(macro["unemployment"] - p["natural_unemployment"])
        * float(macro["labour_force"] * macro["wage"])
    )
    w["governments"][0]["transfer_level"] = (transfers - benefits) / float(macro["potential_nominal"])
    w["governments"][0]["debt"] = debt
    w["governments"][0]["debt_ratio"] = debt / float(macro["potential_nominal"])
    interest = households["account"]["loan"] * float(macro["loan_rate_quarter"])
    income = wage_income + property_income + households["transfer_share"] * transfers - interest
    income -= p["tax_wages"] * wage_income + p["tax_capital"] * property_income
    households["disposable_income"] = income
    households["permanent_income"] = income
    households["loan_ratio"] = households["account"]["loan"] / income
    households["money_ratio"] = households["account"]["cash"] / income
    for k in range(2):
        column = opening.column("households", k)
        worth = ledger["shares"][column] * ledger["price"]
        households[k]["equity_wealth"] = float(worth.sum() - worth[opening.column("insurers")])
    households["smoothed_wealth"] = households["equity_wealth"]
    households["opening_wealth"] = households["equity_wealth"]
    wealth_part = 0.25 * p["wealth_effect"] * float(households["smoothed_wealth"].sum())
    base = np.array([p["propensity_top"], p["propensity_rest"]])
    scale = (opening.consumption - wealth_part) / float((base * income).sum())
    households["propensity"] = scale * base
    opening.residuals["propensity to consume out of permanent income (mean)"] = float(
        (scale * base * income).sum() / income.sum()
    )
    exchange = w["exchange"]
    exchange["firms_dividends"] = opening.firm_dividends
    exchange["index"] = exchange["index_peak"] = 1.0
    exchange["fundamentalists"] = assumed("fundamentalists")
    exchange["expected_end_growth"] = w["labs"][0]["expected_growth"]
    exchange["momentum"] = assumed("momentum")
