"""Investors, banks and the public sector at the opening, and the residuals that close every balance sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.agents.funds import EXTRAPOLATIVE, FUNDAMENTAL, PASSIVE
from simulation.books import instruments as stock
from simulation.credit.lenders import BOND_MATURITY, TREASURY_MATURITY
from simulation.registry import FIRMS_COLUMN, HYPERSCALERS, NAMES, NUMBER, columns_of
from simulation.vintages.facts import assumed
from simulation.vintages.services_opening import fact

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening

STAKES = (
    ("Microsoft", "OpenAI"),
    ("Amazon", "Anthropic"),
    ("Alphabet", "Anthropic"),
    ("Nvidia", "CoreWeave"),
    ("Nvidia", "OpenAI"),
    ("Nvidia", "xAI"),
)


def open_investors(opening: Opening) -> None:
    """Debt and shares of the AI sector, and the funds that hold them."""
    _open_debt(opening)
    _open_shares(opening)


def _open_debt(opening: Opening) -> None:
    """Bonds of makers and hyperscalers at insurers; debt of neoclouds at private-credit funds."""
    insurer = opening.column("insurers")
    rate = 0.25 * (opening.us("policy_rate") + float(opening.p["bond_spread"]))
    for kind in ("chip_makers", "clouds"):
        for k, name in enumerate(NAMES[kind]):
            debt = fact(opening, name, "debt") if k < HYPERSCALERS or opening.p["ai"] else 0.0
            column = opening.column(kind, k)
            if kind == "clouds" and k >= HYPERSCALERS:
                debt = float(opening.w["debtors"]["debt"][column]) if debt > 0.0 else 0.0
                spread = float(opening.p["spread_other"] + opening.p["private_premium"])
                for holder in columns_of("credit_funds"):
                    opening.give_claim(
                        stock.PRIVATE_CREDIT,
                        holder,
                        column,
                        debt / NUMBER["credit_funds"],
                        0.25 * (opening.us("policy_rate") + spread),
                        assumed("term_left_of_private_credit"),
                    )
            else:
                opening.give_claim(stock.CORPORATE_BONDS, insurer, column, debt, rate, BOND_MATURITY)


def _open_shares(opening: Opening) -> None:
    """Who owns whom: AI firms by market value or last round, ordinary firms, banks and funds."""
    w, p = opening.w, opening.p
    top, rest = opening.column("households", 0), opening.column("households", 1)
    abroad = opening.column("rest_of_world")
    fund_assets = opening.us("equity_fund_assets")
    listed = [(kind, k, name) for kind in ("chip_makers", "clouds") for k, name in enumerate(NAMES[kind])]
    values = {name: fact(opening, name, "market_value") for _, _, name in listed}
    ai_total = sum(values.values())
    firms_total = max(opening.us("listed_equity") - ai_total, assumed("least_ordinary_equity") * ai_total)
    ai_share = ai_total / (ai_total + firms_total)
    funds = NUMBER["equity_funds"]
    each = fund_assets / funds
    invested = 1.0 - assumed("cash_of_equity_funds")
    foreign, others = assumed("foreign_part_of_shares"), assumed("rest_part_of_shares")
    stakes: dict[str, float] = {}
    for owner, target in STAKES:
        value = opening.facts.get(owner, f"stake_in_{target}") * float(p["stake_scale"])
        if value > 0.0:
            stakes[target] = stakes.get(target, 0.0) + value
            kind = "chip_makers" if owner == "Nvidia" else "clouds"
            issuer_kind = "labs" if target in NAMES["labs"] else "clouds"
            issuer = opening.column(issuer_kind, NAMES[issuer_kind].index(target))
            opening.give_shares(opening.column(kind, NAMES[kind].index(owner)), issuer, value)
    for kind, k, name in listed:
        issuer = opening.column(kind, k)
        free = values[name] - stakes.get(name, 0.0)
        held = each * invested * ai_share * values[name] / ai_total * free / values[name]
        opening.give_shares_alike(columns_of("equity_funds"), issuer, held)
        left = values[name] - float(w["ledger"]["issued"][issuer])
        opening.give_shares(abroad, issuer, foreign * left)
        opening.give_shares(rest, issuer, others * left)
        opening.give_shares(top, issuer, (1.0 - others - foreign) * left)
    opening.give_shares_alike(columns_of("equity_funds"), FIRMS_COLUMN, each * invested * (1.0 - ai_share))
    held = each * invested * (1.0 - ai_share) * funds
    left = max(firms_total - held, assumed("least_shares_outside_funds") * firms_total)
    opening.give_shares(abroad, FIRMS_COLUMN, foreign * left)
    opening.give_shares(rest, FIRMS_COLUMN, others * left)
    opening.give_shares(top, FIRMS_COLUMN, (1.0 - others - foreign) * left)
    opening.firms_value = float(w["ledger"]["issued"][FIRMS_COLUMN])
    foreign, others = assumed("foreign_part_of_fund_shares"), assumed("rest_part_of_fund_shares")
    for f, fund in enumerate(w["equity_funds"]):
        fund["style"] = (FUNDAMENTAL, EXTRAPOLATIVE, PASSIVE)[3 * f // funds]
        fund["account"]["cash"] = assumed("cash_of_equity_funds") * each
        fund["ai_share"] = fund["ai_normal"] = ai_share * invested
        fund["assets"] = each
        if fund["style"] == EXTRAPOLATIVE:
            fund["account"]["loan"] = opening.us("margin_debt") / (funds // 3)
        fund["net_assets"] = each - fund["account"]["loan"]
        fund["price_before"] = 1.0
        column = opening.column("equity_funds", f)
        for holder, part in ((top, 1.0 - others - foreign), (rest, others), (abroad, foreign)):
            opening.give_shares(holder, column, part * fund["net_assets"])
    _open_private_capital(opening, stakes)
    for b, buyer in enumerate(w["other_buyers"]):
        book = float(buyer["account"]["tangible"].sum() + buyer["account"]["cash"])
        opening.give_shares(top if b == 0 else abroad, opening.column("other_buyers", b), book)


def _open_private_capital(opening: Opening, stakes: dict[str, float]) -> None:
    """Labs' owners, venture funds with dry powder, private-credit funds with what they have lent: the dry powder of
    these is promised and stays with their investors."""
    w, p = opening.w, opening.p
    top, abroad = opening.column("households", 0), opening.column("rest_of_world")
    insurer = opening.column("insurers")
    for k, name in enumerate(NAMES["labs"]):
        issuer = opening.column("labs", k)
        value = fact(opening, name, "market_value")
        free = value - stakes.get(name, 0.0)
        for fund in columns_of("venture_funds"):
            opening.give_shares(fund, issuer, assumed("venture_funds_part_of_labs") * free)
        opening.give_shares(abroad, issuer, assumed("foreign_part_of_labs") * free)
        opening.give_shares(top, issuer, assumed("top_part_of_labs") * free)
    powder = assumed("ai_part_of_venture") * opening.us("venture_dry_powder")
    shares = w["ledger"]["shares"]
    foreign = assumed("foreign_part_of_venture")
    for f, fund in enumerate(w["venture_funds"]):
        column = opening.column("venture_funds", f)
        fund["account"]["cash"] = powder / NUMBER["venture_funds"]
        fund["levered"] = float(NAMES["venture_funds"][f] == "SoftBank")
        assets = float(shares[column].sum() + fund["account"]["cash"])
        if fund["levered"]:
            fund["account"]["loan"] = float(p["levered_share"]) / (1.0 + float(p["levered_share"])) * assets
        fund["net_assets"] = assets - fund["account"]["loan"]
        opening.give_shares(top, column, (1.0 - foreign) * fund["net_assets"])
        opening.give_shares(abroad, column, foreign * fund["net_assets"])
    lent = 0.0
    ledger = w["ledger"]
    for k in range(int(ledger["n_claims"])):
        claim = ledger["claims"][k]
        if claim["instrument"] == stock.PRIVATE_CREDIT:
            lent += float(claim["amount"]) / NUMBER["credit_funds"]
    money = opening.us("private_credit_for_ai") / NUMBER["credit_funds"]
    for f, fund in enumerate(w["credit_funds"]):
        fund["account"]["cash"] = float(p["credit_fund_buffer"]) * money
        fund["account"]["loan"] = (1.0 - 1.0 / float(p["credit_fund_leverage"])) * lent
        fund["net_assets"] = lent + fund["account"]["cash"] - fund["account"]["loan"]
        fund["promised"] = max(money - fund["net_assets"], 0.0)
        fund["return_quarter"] = p["credit_fund_yield"]
        opening.give_shares(insurer, opening.column("credit_funds", f), fund["net_assets"])


def close_books(opening: Opening) -> None:
    """Government bonds, insurers, banks and the central bank: what is left closes each, and is reported."""
    _place_government_bonds(opening)
    _close_banks(opening)
    _close_insurers(opening)
    _close_incomes(opening)


def _place_government_bonds(opening: Opening) -> None:
    government = opening.column("governments")
    rate = float(opening.w["macro"]["bond_rate"]) * assumed("old_coupons")
    opening.coupon = rate
    others = assumed("rest_part_of_treasuries")
    holders = {
        opening.column("rest_of_world"): opening.us("foreign_held_treasuries"),
        opening.column("households", 0): (1.0 - others) * opening.us("household_treasuries"),
        opening.column("households", 1): others * opening.us("household_treasuries"),
        opening.column("central_banks"): opening.us("central_bank_treasuries"),
    }
    for holder, amount in holders.items():
        opening.give_claim(stock.GOVERNMENT_BONDS, holder, government, amount, rate, TREASURY_MATURITY)
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
    for b, bank in enumerate(w["banks"]):
        column = first + b
        ledger["reserves"][column] = in_reserves * liquid[b]
        opening.give_claim(
            stock.GOVERNMENT_BONDS,
            column,
            opening.column("governments"),
            (1.0 - in_reserves) * liquid[b],
            opening.coupon,
            TREASURY_MATURITY,
        )
        bank["account"]["loan"] = advances[b]
        bank["equity"] = equity[b]
        bank["lends"] = 1.0
        bank["loans"] = loans[b]
        bank["deposits"] = deposits[b]
        bank["risk_weighted_assets"] = loans[b]
        bank["capital_ratio"] = bank["target_ratio"] = equity[b] / loans[b]
        value = float(opening.p["bank_book_multiple"]) * equity[b]
        for holder, part in (
            (opening.column("households", 0), assumed("top_part_of_banks")),
            (opening.column("households", 1), assumed("rest_part_of_banks")),
            (opening.column("rest_of_world"), assumed("foreign_part_of_banks")),
        ):
            opening.give_shares(holder, column, part * value)
    reserves_held = float(ledger["reserves"][first : first + banks].sum())
    ledger["reserves"][opening.column("central_banks")] = -reserves_held
    opening.bonds_left -= (1.0 - in_reserves) * liquid.sum()
    opening.residuals["bank reserves: closing less reported"] = reserves_held - reserves
    w["households"]["loan_ratio"] = 1.0


def _close_insurers(opening: Opening) -> None:
    """Insurers hold the government bonds that are left; households hold the insurers."""
    ledger = opening.w["ledger"]
    insurer = opening.column("insurers")
    opening.give_claim(
        stock.GOVERNMENT_BONDS,
        insurer,
        opening.column("governments"),
        opening.bonds_left,
        opening.coupon,
        TREASURY_MATURITY,
    )
    opening.residuals["insurers' government bonds: closing less reported"] = opening.bonds_left - opening.us(
        "insurers_treasuries"
    )
    assets = float(opening.w["insurers"][0]["account"]["cash"])
    for k in range(int(ledger["n_claims"])):
        if ledger["claims"][k]["holder"] == insurer:
            assets += float(ledger["claims"][k]["amount"])
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
    profit = income * (1.0 - float(opening.p["tax_profits"]))
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
    opening.income_from_abroad = _income_from_abroad(opening)
    for k in range(2):
        column = opening.column("households", k)
        part = ledger["shares"][column, FIRMS_COLUMN] / ledger["issued"][FIRMS_COLUMN]
        funds = sum(
            ledger["shares"][column, f]
            / ledger["issued"][f]
            * ledger["shares"][f, FIRMS_COLUMN]
            / ledger["issued"][FIRMS_COLUMN]
            for f in columns_of("equity_funds")
        )
        property_income[k] += (part + funds) * opening.firm_dividends
        insurer = opening.column("insurers")
        held = ledger["shares"][column, insurer] / ledger["issued"][insurer]
        property_income[k] += held * opening.bonds_left * opening.coupon * assumed("insurers_income_over_coupons")
        property_income[k] += households[k]["account"]["cash"] * macro["deposit_rate"]
        for c in range(int(ledger["n_claims"])):
            claim = ledger["claims"][c]
            if claim["holder"] == column:
                property_income[k] += claim["amount"] * claim["rate"]
        property_income[k] += opening.income_from_abroad * float(households["foreign_share"][k])
        property_income[k] += _bank_dividends(opening) * of_banks[k]
    taxes = float(p["tax_wages"]) * wages + float(p["tax_capital"]) * property_income.sum() + opening.firm_profit_tax
    taxes += _bank_dividends(opening) * assumed("bank_tax_over_dividends")
    tech = float(w["clouds"]["operating_cash_flow"].sum() + w["chip_makers"]["operating_cash_flow"].sum())
    taxes += assumed("tax_on_tech_cash_flow") * tech
    central = opening.column("central_banks")
    profit = opening.us("central_bank_treasuries") * opening.coupon
    profit -= float(-ledger["reserves"][central]) * 0.25 * float(macro["policy_rate"])
    purchases = opening.us("government_share") * opening.us("nominal_gdp")
    deficit = trend * debt + float(p["deficit_above_steady"]) * opening.us("nominal_gdp")
    transfers = taxes + profit + deficit - purchases - coupons
    opening.residuals["transfers that keep the debt ratio steady, share of GDP"] = transfers / opening.us("nominal_gdp")
    benefits = (
        float(p["unemployment_benefit"])
        * float(macro["unemployment"] - p["natural_unemployment"])
        * float(macro["labour_force"] * macro["wage"])
    )
    w["governments"][0]["transfer_level"] = (transfers - benefits) / float(macro["potential_nominal"])
    w["governments"][0]["debt"] = debt
    w["governments"][0]["debt_ratio"] = debt / float(macro["potential_nominal"])
    interest = households["account"]["loan"] * float(macro["loan_rate_quarter"])
    income = wage_income + property_income + households["transfer_share"] * transfers - interest
    income -= float(p["tax_wages"]) * wage_income + float(p["tax_capital"]) * property_income
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
    wealth_part = 0.25 * float(p["wealth_effect"]) * float(households["smoothed_wealth"].sum())
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
