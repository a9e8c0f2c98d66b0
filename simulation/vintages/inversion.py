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
    ai_discount_rate,
    ai_earnings,
    chip_earnings,
    core_worth,
    discount_rate,
    growth_seen,
    h_model,
    market_potential,
    part_seen,
    potential_earnings,
    room_to_grow,
    seen_earnings,
)
from simulation.plan import pass_quarter
from simulation.rule import live, rule
from simulation.state import HYPERSCALERS, LISTED, MAKERS, N_INSTITUTIONS

if TYPE_CHECKING:
    from simulation.vintages.builder import Opening

CORE_MULTIPLE = 15.0  # value of core business over its yearly cash flow, at most: the market's of 2015-19
CORE_PART = 0.95  # of market value, at most
TRIALS = 3


@rule
def _open_earnings(security: Any, earned: float, growth: float, gain: float) -> Any:
    """Earnings that investors expect in the first quarter, had they grown to its figure evenly; those expected before
    are what the security opens with."""
    pace = (1.0 + growth) ** 0.25
    security.earnings = earned / pace * gain / (1.0 - (1.0 - gain) / pace)
    return security.earnings + gain * (earned - security.earnings)


@rule
def _open_core(w: Any, security: Any, firm: Any) -> Any:
    """Value of a core business at the opening: the market's, up to a multiple that core businesses have."""
    p = w.parameters
    value = market_value(w.ledger, firm.account.column)
    core = max(4.0 * firm.core_cash_share * firm.core_revenue, 1e-9)
    multiple = min(CORE_MULTIPLE, CORE_PART * value / core)
    security.core_scale = multiple * (ai_discount_rate(w.macro, p) - p.terminal_growth)
    return core_worth(w, security, firm)


@rule
def _share_scale(w: Any, first: int, last: int, rest: Any, reckoned: Any) -> None:
    """One scale for all of a kind, columns `first` to `last`: what the market pays for their AI earnings over what the
    formula makes of them. What it pays more or less for one of them is hoped or feared of that one."""
    scale = rest[first:last].sum() / max(reckoned[first:last].sum(), 1e-9)
    for column in range(first, last):
        security = w.exchange.securities[column]
        security.growth_scale = scale
        security.hope = np.log(max(rest[column], 1e-9) / max(scale * reckoned[column], 1e-9))


@rule
def scale_values(world: Any, accounts: Any, firms: Any) -> None:
    """Scales at which every AI firm's value and price agree at the opening: investors are taken to have priced what
    they saw. What sober investors would have seen differs from the start."""
    w = world[0]
    p = w.parameters
    market = w.market
    rate = ai_discount_rate(w.macro, p)
    growth = growth_seen(world)
    sober_growth = min(market.end_growth, room_to_grow(world))
    covered = min(1.0, market.coverage)
    potential = market_potential(world)
    labs = LISTED + len(w.labs)
    rest = np.zeros(labs)
    reckoned = np.zeros(labs)
    sober = np.zeros(labs)
    for maker in w.chip_makers:
        column = maker.account.column
        security = w.exchange.securities[column]
        earnings = _open_earnings(security, chip_earnings(maker), growth, p.earnings_gain)
        rest[column] = market_value(w.ledger, column) - _open_core(w, security, maker)
        reckoned[column] = h_model(earnings * part_seen(w), growth, p.terminal_growth, p.growth_horizon, rate)
        sober[column] = h_model(earnings * covered, sober_growth, p.terminal_growth, p.growth_horizon, rate)
    for cloud in w.clouds:
        column = cloud.account.column
        security = w.exchange.securities[column]
        earned = ai_earnings(cloud, market, potential, p.potential_margin)
        earnings = _open_earnings(security, earned, growth, p.earnings_gain)
        seen = seen_earnings(w, cloud, earnings)
        rest[column] = market_value(w.ledger, column) - _open_core(w, security, cloud)
        reckoned[column] = h_model(seen, growth, p.terminal_growth, p.growth_horizon, rate)
        sober[column] = h_model(earnings, sober_growth, p.terminal_growth, p.growth_horizon, rate)
    for lab in w.labs:
        column = lab.account.column
        earnings = potential_earnings(4.0 * market.end_demand, potential, lab.market_share, p.potential_margin)
        rest[column] = market_value(w.ledger, column)
        reckoned[column] = h_model(earnings, growth, p.terminal_growth, p.growth_horizon, rate)
    _share_scale(w, 0, MAKERS, rest, reckoned)
    _share_scale(w, MAKERS, MAKERS + HYPERSCALERS, rest, reckoned)
    _share_scale(w, MAKERS + HYPERSCALERS, LISTED, rest, reckoned)
    _share_scale(w, LISTED, labs, rest, reckoned)
    for column in range(LISTED):
        security = w.exchange.securities[column]
        security.value = market_value(w.ledger, column)
        security.sober_value = security.value - rest[column] * (1.0 - sober[column] / max(reckoned[column], 1e-9))
        security.lost = 0.0
        security.counted = w.ledger.price[column]


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
