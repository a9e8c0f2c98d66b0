"""The last step of an opening: scales of value at today's prices, and a trial quarter that fits what only the whole
economy decides, the growth of output and the sale of AI services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.books.audit import start_books
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
TRIALS = 3


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
        core = 4.0 * maker.core_cash_share * maker.core_revenue
        profit = _past_year(security, chip_earnings(maker), growth)
        # AI profit is valued as the model says, core business at the multiple that is left.
        growth_value = h_model(profit * part_seen(w), growth, p.terminal_growth, p.growth_horizon, rate)
        security.growth_scale = min(1.0, CHIP_GROWTH_PART * value / max(growth_value, 1e-9))
        security.core_scale = (value - security.growth_scale * growth_value) / max(core, 1e-9)
    for cloud in w.clouds:
        column = cloud.account.column
        security = w.exchange.securities[column]
        value = market_value(w.ledger, column)
        core = 4.0 * cloud.core_cash_share * cloud.core_revenue
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
        growth = float(world["macro"]["real_gdp"] / opening.w["macro"]["real_gdp"]) - 1.0
        missing = (targets["real_growth"] - growth) * opening.us("nominal_gdp")
        households = opening.w["households"]
        income = float((households["propensity"] * households["permanent_income"]).sum())
        # Imports leak out of what is added.
        households["propensity"] *= 1.0 + missing / (1.0 - float(opening.p["import_share"])) / income
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
