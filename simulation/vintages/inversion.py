"""The last step of an opening: scales of value at today's prices, and a trial quarter that fits what only the whole
economy decides, the growth of output and the sale of AI services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.books.audit import start_books
from simulation.books.instruments import GOVERNMENT_BONDS
from simulation.books.ledger import ACCOUNT, SLOT, market_value
from simulation.deals.circularity import open_purses
from simulation.disturbances.process import still
from simulation.markets.valuation import (
    ai_earnings,
    chip_earnings,
    discount_rate,
    growth_seen,
    h_model,
    market_potential,
    part_seen,
    potential_earnings,
    remember_earnings,
    trailing_year,
)
from simulation.plan import pass_quarter
from simulation.rule import live, rule
from simulation.state import LISTED, N_INSTITUTIONS

if TYPE_CHECKING:
    from simulation.vintages.builder import Opening

CORE_MULTIPLE = 25.0  # value of core business over its yearly cash flow, at most
CHIP_GROWTH_PART = 0.8  # of a chip maker's market value that AI can explain, at most
CORE_PART = 0.95  # of market value, at most
TRIALS = 4


@rule
def _past_year(security: Any, earnings: float, growth: float) -> Any:
    """Earnings of the year up to the first quarter, had they grown to its figure evenly. The security remembers the
    three quarters before."""
    for k in range(len(security.earnings_past)):
        remember_earnings(security, earnings * (1.0 + growth) ** (0.25 * (k - len(security.earnings_past))))
    return trailing_year(security, earnings)


@rule
def scale_values(world: Any, accounts: Any, firms: Any) -> None:
    """Scales at which every AI firm's value and price agree at the opening: investors are taken to have priced what
    they saw. What sober investors would have seen differs from the start."""
    w = world[0]
    p = w.parameters
    market = w.market
    rate = discount_rate(w.macro, p)
    growth = growth_seen(w)
    potential = market_potential(world)
    for maker in w.chip_makers:
        column = maker.account.column
        security = w.exchange.securities[column]
        value = market_value(w.ledger, column)
        core = 4.0 * maker.core_cash_flow
        profit = _past_year(security, chip_earnings(maker), growth)
        # AI profit is valued as the model says, core business at the multiple that is left.
        growth_value = h_model(profit * part_seen(w), growth, p.terminal_growth, p.growth_horizon, rate)
        security.growth_scale = min(1.0, CHIP_GROWTH_PART * value / max(growth_value, 1e-9))
        security.core_scale = (value - security.growth_scale * growth_value) / max(core, 1e-9)
    for cloud in w.clouds:
        column = cloud.account.column
        security = w.exchange.securities[column]
        value = market_value(w.ledger, column)
        core = 4.0 * cloud.core_cash_flow
        security.core_scale = min(CORE_MULTIPLE, CORE_PART * value / max(core, 1e-9))
        rest = value - security.core_scale * core
        earnings = max(_past_year(security, ai_earnings(cloud, market, potential, p.potential_margin), growth), 1e-6)
        security.growth_scale = rest / max(h_model(earnings, growth, p.terminal_growth, p.growth_horizon, rate), 1e-9)
    for column in range(LISTED):
        w.exchange.securities[column].value = market_value(w.ledger, column)
    for lab in w.labs:
        column = lab.account.column
        security = w.exchange.securities[column]
        value = market_value(w.ledger, column)
        earnings = max(
            potential_earnings(4.0 * market.end_demand, potential, lab.market_share, p.potential_margin), 1e-9
        )
        security.growth_scale = value / max(h_model(earnings, growth, p.terminal_growth, p.growth_horizon, rate), 1e-9)


def invert(opening: Opening, targets: dict[str, float]) -> None:
    """Fit consumption's propensities to the growth of real GDP, and consumers' demand to the labs' revenue, by running
    the first quarter on copies. Then scale values on that first quarter and start the books."""
    trial = _Trial(opening)
    for _ in range(TRIALS):
        world = trial.first_quarter(opening)
        _fit_incomes(opening, world)
        _fit_consumption(opening, world, targets["real_growth"])
        revenue = float(world["market"]["lab_revenue"])
        lack = (
            (targets["lab_revenue"] - revenue)
            / max(targets["lab_revenue"], 1e-9)
            * float(world["market"]["end_demand"])
        )
        market = opening.w["market"]
        if opening.p["ai"] < 0.5:
            continue
        market["consumer_scale"] = max(
            float(market["consumer_scale"]) + lack / (1.0 - float(market["fringe_share"])), 0.0
        )
    trial.first_quarter(opening)
    _scale_on(opening, trial)
    start_books(live(opening.world)[0]["ledger"], live(opening.accounts), live(opening.firms))
    open_purses(live(opening.world), live(opening.accounts), live(opening.firms))


def _fit_incomes(opening: Opening, world: Any) -> None:
    """Take for the opening the incomes that the first quarter brings, a quarter's trend earlier, and fit transfers and
    income from abroad so that public debt and foreigners' claims keep their ratio to output.

    What every payer of the economy hands its owners is thus in the income that households count on: no list of payers
    is kept here.
    """
    w = opening.w
    growth = 1.0 + float(w["macro"]["trend_nominal_growth"])
    opened, households = w["households"], world["households"]
    income = households["disposable_income"] / growth
    opened["disposable_income"] = opened["permanent_income"] = income
    opened["loan_ratio"] = opened["account"]["loan"] / income
    opened["money_ratio"] = opened["account"]["cash"] / income
    debt = float(w["governments"][0]["debt"])
    deficit = (growth - 1.0) * debt + float(opening.p["deficit_above_steady"]) * opening.us("nominal_gdp")
    lack = deficit - (_net_debt(world) - (debt - float(w["governments"][0]["account"]["cash"])))
    w["governments"][0]["transfer_level"] += lack / float(world["macro"]["potential_nominal"])


def _fit_consumption(opening: Opening, world: Any, target: float) -> None:
    """Propensities at which real GDP grows as it did, out of the incomes just fitted; imports leak out of what is
    added."""
    growth = float(world["macro"]["real_gdp"] / opening.w["macro"]["real_gdp"]) - 1.0
    missing = (target - growth) * opening.us("nominal_gdp") / (1.0 - float(opening.p["import_share"]))
    households, then = opening.w["households"], world["households"]
    spent = float((then["propensity"] * then["permanent_income"]).sum())
    income = households["permanent_income"] * (1.0 + float(world["macro"]["trend_nominal_growth"]))
    households["propensity"] *= (spent + missing) / float((households["propensity"] * income).sum())


def _net_debt(world: Any) -> float:
    """Government bonds outstanding less the government's money (USD bn)."""
    government = world["governments"][0]["account"]
    return -float(world["ledger"]["position"][GOVERNMENT_BONDS, government["column"]]) - float(government["cash"])


class _Trial:
    """Copies of the opening on which the first quarter is tried, without noise."""

    def __init__(self, opening: Opening) -> None:
        self.world = np.empty_like(opening.world)
        self.firms = np.empty_like(opening.firms)
        accounts = np.ndarray((N_INSTITUTIONS,), ACCOUNT, self.world, 0, (SLOT,))
        self.arguments = (live(self.world), live(accounts), live(self.firms))

    def first_quarter(self, opening: Opening) -> Any:
        """Run the first quarter of the opening as it is now. Returns its world."""
        for copy, original in ((self.world, opening.world), (self.firms, opening.firms)):
            copy.view(np.uint8)[:] = original.view(np.uint8)
        world = self.world[0]
        world["parameters"]["macro_noise"] = 0.0
        still(world["luck"])
        start_books(self.arguments[0][0]["ledger"], self.arguments[1], self.arguments[2])
        pass_quarter(*self.arguments)
        return world


def _scale_on(opening: Opening, trial: _Trial) -> None:
    """Values are scaled on the figures of the first quarter at the prices of the opening."""
    world = trial.world
    ledger, opened = world[0]["ledger"], opening.w["ledger"]
    ledger["price"][:] = opened["price"]
    ledger["issued"][:] = opened["issued"]
    scale_values(*trial.arguments)
    opening.w["exchange"]["securities"][:] = world[0]["exchange"]["securities"]
    market = opening.w["market"]
    for name in ("coverage", "end_growth", "reported_growth"):
        market[name] = world[0]["market"][name]
    _scale_ordinary_shares(opening)


def _scale_ordinary_shares(opening: Opening) -> None:
    p, exchange = opening.p, opening.w["exchange"]
    rate = float(discount_rate(live(opening.world)[0]["macro"], opening.rule_parameters))
    value = 4.0 * float(exchange["firms_dividends"]) / (rate - float(p["terminal_growth"]) + float(p["ordinary_risk"]))
    exchange["firms_value_scale"] = opening.firms_value / value
