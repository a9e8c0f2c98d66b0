"""The last step of an opening: scales of value at today's prices, and a trial quarter that fits what only the whole
economy decides, the growth of output and the sale of AI services."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.agents.firms import FIRM
from simulation.books.audit import start_books
from simulation.books.gdp import measure_gdp
from simulation.books.instruments import GOVERNMENT_BONDS
from simulation.books.ledger import ACCOUNT, SLOT, market_value
from simulation.disturbances.process import still
from simulation.measurement.circularity import open_purses
from simulation.measurement.recording import record_macroeconomy
from simulation.plan import pass_quarter
from simulation.registry import HYPERSCALERS, LISTED, MAKERS, N_INSTITUTIONS
from simulation.rule import live, room, rule
from simulation.state import WORLD
from simulation.valuation import appraisal
from simulation.vintages.facts import assumed

if TYPE_CHECKING:
    from simulation.vintages.opening import Opening

TRIALS = 4
LEAST_RECKONED = 1e-6  # USD bn
LARGEST_KEPT = 10_000  # firms: keeping more takes memory, and building more a small part of a run's time


def _bytes_of_dues() -> slice:
    """Bytes of a world that list dues: a third of it, and none of them is read before it is written."""
    world = np.empty(1, WORLD)
    dues = world["clearing"]["dues"]
    start = dues.ctypes.data - world.ctypes.data
    return slice(start, start + dues.nbytes)


_DUES = _bytes_of_dues()


@rule
def _open_earnings(security: Any, earned: float, growth: float, gain: float) -> Any:
    """Earnings that investors expect in the first quarter, had they grown to its figure evenly; those expected before
    are what the security opens with."""
    pace = (1.0 + growth) ** 0.25
    security.earnings = earned / pace * gain / (1.0 - (1.0 - gain) / pace)
    return security.earnings + gain * (earned - security.earnings)


@rule
def _open_core(w: Any, security: Any, firm: Any, most: float, part: float) -> Any:
    """Value of a core business at the opening: the market's, up to the multiple that core businesses have at `most` and
    to a `part` of what the market pays; where AI never came, all that it pays."""
    p = w.parameters
    value = market_value(w.ledger, firm.account.column)
    core = max(4.0 * firm.core_cash_flow, 1e-9)
    multiple = min(most, part * value / core) if p.ai > 0.0 else value / core
    security.core_scale = multiple * (appraisal.ai_discount_rate(w.macro, p) - p.terminal_growth)
    return appraisal.core_worth(w, security, firm)


@rule
def _share_scale(w: Any, first: int, last: int, rest: Any, reckoned: Any) -> None:
    """One scale for all of a kind, columns `first` to `last`: what the market pays for their AI earnings over what the
    formula makes of them. What it pays more or less for one of them is hoped or feared of that one. Where nobody earns
    anything by AI, later earnings are worth what the formula makes of them."""
    total = reckoned[first:last].sum()
    scale = rest[first:last].sum() / total if total > LEAST_RECKONED else 1.0
    for column in range(first, last):
        security = w.exchange.securities[column]
        security.growth_scale = scale
        if total > LEAST_RECKONED:
            security.hope = np.log(max(rest[column], 1e-9) / max(scale * reckoned[column], 1e-9))


@rule
def measure_output(world: Any, accounts: Any, firms: Any) -> None:
    """All that a trial needs of the record of a quarter: output, and how far it is from its potential."""
    measure_gdp(world[0].ledger)
    record_macroeconomy(world, accounts, firms)


@rule
def start_all_books(world: Any, accounts: Any, firms: Any) -> None:
    """Take the positions of a newly built economy as the opening of its first quarter."""
    start_books(world[0].ledger, accounts, firms)


@rule
def scale_ordinary_shares(world: Any, accounts: Any, firms: Any, value: float) -> None:
    """The scale at which ordinary shares are worth what the market pays for them."""
    w = world[0]
    p = w.parameters
    rate = appraisal.discount_rate(w.macro, p)
    growing = 4.0 * w.exchange.firms_dividends / (rate - p.terminal_growth + p.ordinary_risk)
    w.exchange.firms_value_scale = value / growing


@rule
def scale_values(world: Any, most_multiple: float, most_part: float) -> None:
    """Scales at which every AI firm's value and price agree at the opening: investors are taken to have priced what
    they saw. What sober investors would have seen differs from the start."""
    w = world[0]
    p = w.parameters
    market = w.market
    rate = appraisal.ai_discount_rate(w.macro, p)
    growth = appraisal.growth_seen(world)
    sober_growth = min(market.end_growth, appraisal.room_to_grow(world))
    covered = min(1.0, market.coverage)
    potential = appraisal.market_potential(world)
    labs = LISTED + len(w.labs)
    rest = np.zeros(labs)
    reckoned = np.zeros(labs)
    sober = np.zeros(labs)
    for maker in w.chip_makers:
        column = maker.account.column
        security = w.exchange.securities[column]
        earnings = _open_earnings(security, appraisal.chip_earnings(maker), growth, p.earnings_gain)
        rest[column] = market_value(w.ledger, column) - _open_core(w, security, maker, most_multiple, most_part)
        reckoned[column] = appraisal.h_model(
            earnings * appraisal.part_seen(w), growth, p.terminal_growth, p.growth_horizon, rate
        )
        sober[column] = appraisal.h_model(earnings * covered, sober_growth, p.terminal_growth, p.growth_horizon, rate)
    for cloud in w.clouds:
        column = cloud.account.column
        security = w.exchange.securities[column]
        earned = appraisal.ai_earnings(cloud, market, potential, p.potential_margin)
        earnings = _open_earnings(security, earned, growth, p.earnings_gain)
        seen = appraisal.seen_earnings(w, cloud, earnings)
        rest[column] = market_value(w.ledger, column) - _open_core(w, security, cloud, most_multiple, most_part)
        reckoned[column] = appraisal.h_model(seen, growth, p.terminal_growth, p.growth_horizon, rate)
        sober[column] = appraisal.h_model(earnings, sober_growth, p.terminal_growth, p.growth_horizon, rate)
    for lab in w.labs:
        column = lab.account.column
        earnings = appraisal.potential_earnings(
            4.0 * market.end_demand, potential, lab.market_share, p.potential_margin
        )
        rest[column] = market_value(w.ledger, column)
        reckoned[column] = appraisal.h_model(earnings, growth, p.terminal_growth, p.growth_horizon, rate)
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
    trial = _trial(len(opening.firms))
    start_all_books(*opening.arguments)  # no fit moves a balance
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
        if not opening.p["ai"]:
            continue
        market["consumer_scale"] = max(
            float(market["consumer_scale"]) + lack / (1.0 - float(market["fringe_share"])), 0.0
        )
    trial.first_quarter(opening)
    _scale_on(opening, trial)
    open_purses(*opening.arguments)


def _fit_incomes(opening: Opening, world: Any) -> None:
    """Take for the opening the incomes that the first quarter brings, a quarter's trend earlier, and fit transfers and
    income from abroad so that public debt and foreigners' claims keep their ratio to output.

    What every payer of the economy hands its owners is thus in the income that households count on: no list of payers
    is kept here."""
    w = opening.w
    growth = 1.0 + float(w["macro"]["trend_nominal_growth"])
    opened, households = w["households"], world["households"]
    income = households["disposable_income"] / growth
    opened["disposable_income"] = opened["permanent_income"] = income
    opened["loan_ratio"] = opened["account"]["loan"] / income
    opened["money_ratio"] = opened["account"]["cash"] / income
    debt = float(w["governments"][0]["debt"])
    deficit = (growth - 1.0) * debt + opening.p["deficit_above_steady"] * opening.us("nominal_gdp")
    lack = deficit - (_net_debt(world) - (debt - float(w["governments"][0]["account"]["cash"])))
    potential = float(world["macro"]["potential_nominal"])
    w["governments"][0]["transfer_level"] += lack / potential
    abroad = w["rest_of_world"][0]
    lent = float(world["rest_of_world"][0]["claims"] - abroad["claims"])
    share = float(abroad["income_share"]) + (lent - (growth - 1.0) * float(abroad["claims"])) / potential
    abroad["income_share"] = max(share, 0.0)  # a surplus in trade lowers foreigners' claims by itself
    for name, fitted in (
        ("transfers that keep the debt ratio steady, share of GDP", w["governments"][0]["transfer_level"]),
        ("income on assets abroad that keeps foreign claims steady, share of GDP", abroad["income_share"]),
    ):
        opening.residuals[name] = float(fitted) * potential / opening.us("nominal_gdp")


def _fit_consumption(opening: Opening, world: Any, target: float) -> None:
    """Propensities at which real GDP grows as it did, out of the incomes just fitted; imports leak out of what is
    added."""
    growth = float(world["macro"]["real_gdp"] / opening.w["macro"]["real_gdp"]) - 1.0
    missing = (target - growth) * opening.us("nominal_gdp") / (1.0 - opening.p["import_share"])
    households, then = opening.w["households"], world["households"]
    spent = float((then["propensity"] * then["permanent_income"]).sum())
    income = households["permanent_income"] * (1.0 + float(world["macro"]["trend_nominal_growth"]))
    households["propensity"] *= (spent + missing) / float((households["propensity"] * income).sum())


def _net_debt(world: Any) -> float:
    """Government bonds outstanding less the government's money (USD bn)."""
    government, ledger = world["governments"][0]["account"], world["ledger"]
    claims = ledger["claims"][: int(ledger["n_claims"])]
    bonds = claims["amount"][(claims["instrument"] == GOVERNMENT_BONDS) & (claims["issuer"] == government["column"])]
    return float(sum(bonds.tolist())) - float(government["cash"])


class _Trial:
    """Copies of the opening on which the first quarter is tried, without noise. Trials are not audited: the first
    quarter of the run is."""

    def __init__(self, firms: int) -> None:
        self.world = room(1, WORLD)
        self.firms = room(firms, FIRM)
        accounts = np.ndarray((N_INSTITUTIONS,), ACCOUNT, self.world, 0, (SLOT,))
        self.arguments = (live(self.world), live(accounts), live(self.firms))

    def first_quarter(self, opening: Opening) -> Any:
        """Run the first quarter of the opening as it is now. Returns its world."""
        copy, original = self.world.view(np.uint8), opening.world.view(np.uint8)
        for part in (slice(0, _DUES.start), slice(_DUES.stop, None)):
            copy[part] = original[part]
        self.firms.view(np.uint8)[:] = opening.firms.view(np.uint8)
        world = self.world[0]
        world["parameters"]["macro_noise"] = 0.0
        world["parameters"]["boom"] = 1.0  # an economy in which the boom stops at the opening opens as if it did not
        still(world["luck"])
        pass_quarter(*self.arguments)
        measure_output(*self.arguments)
        return world


_at_hand = local()


def _trial(firms: int) -> _Trial:
    """Room for trials. That of the last opening will do: getting another megabyte from the system takes longer than
    copying one."""
    trial: _Trial | None = getattr(_at_hand, "trial", None)
    if trial is None or len(trial.firms) != firms:
        trial = _Trial(firms)
    if firms <= LARGEST_KEPT:
        _at_hand.trial = trial
    return trial


def _scale_on(opening: Opening, trial: _Trial) -> None:
    """Values are scaled on the figures of the first quarter at the prices of the opening."""
    world = trial.world
    ledger, opened = world[0]["ledger"], opening.w["ledger"]
    ledger["price"][:] = opened["price"]
    ledger["issued"][:] = opened["issued"]
    scale_values(trial.arguments[0], assumed("most_core_multiple"), assumed("most_core_part"))
    opening.w["exchange"]["securities"][:] = world[0]["exchange"]["securities"]
    market = opening.w["market"]
    for name in ("coverage", "end_growth", "reported_growth"):
        market[name] = world[0]["market"][name]
    scale_ordinary_shares(*opening.arguments, opening.firms_value)
