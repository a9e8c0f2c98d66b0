"""The plan of a quarter: sixteen lines, in order. A plan is a list that can be printed, timed, replaced and added
to."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from simulation import monetary_policy, public_policy
from simulation.books.audit import audit, open_quarter
from simulation.credit import covenants, debt_service, private_credit
from simulation.deals import backstops, cancellation, commitments, known, proposals, stakes, vehicles, warrant_life
from simulation.distress import blows, entry, receivership, rescue, settlement, solvency
from simulation.disturbances import process as disturbances
from simulation.incomes import banks, dividends, funds, households, statements
from simulation.investment import funding, orders, standstill
from simulation.markets import (
    ai_services,
    chips,
    compute,
    equity,
    goods,
    open_models,
    public_finance,
    reservations,
    rounds,
    wages,
)
from simulation.measurement import circularity, importance, recording
from simulation.obligations import dues, supplier_money
from simulation.rule import rule, sequence
from simulation.technology import compute_in_place, progress
from simulation.valuation import appraisal, private_marks

PhaseFunction = Callable[[Any, Any, Any], None]


class Phase(NamedTuple):
    """One line of the plan. `steps` are called in order with world, accounts and firms."""

    name: str
    meaning: str
    steps: tuple[PhaseFunction, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        """Steps go by name where they have one: where a copy arrives, the rule stands compiled."""
        return _arrived, (self.name, self.meaning, tuple(map(_address, self.steps)))


def _address(step: PhaseFunction) -> str | PhaseFunction:
    """Where a step is found in another process, or the step itself if it is nowhere to be imported from."""
    module, name = step.__module__, step.__name__
    importable = module != "__main__" and getattr(sys.modules.get(module), name, None) is step
    return f"{module}:{name}" if importable else step


def _arrived(name: str, meaning: str, steps: tuple[str | PhaseFunction, ...]) -> Phase:
    found = []
    for step in steps:
        if isinstance(step, str):
            module, _, function = step.partition(":")
            found.append(getattr(import_module(module), function))
        else:
            found.append(step)
    return Phase(name, meaning, tuple(found))


@rule
def begin(world: Any, accounts: Any, firms: Any) -> None:
    """A new quarter: yesterday's closing is today's opening."""
    world[0].quarter += 1
    open_quarter(world[0].ledger)


@rule
def check(world: Any, accounts: Any, firms: Any) -> None:
    """Every identity is checked; the ledger says what was found."""
    audit(world[0].ledger, accounts, firms)


DEFAULT_PLAN: tuple[Phase, ...] = (
    Phase("policy", "shocks and policy take effect; the policy rate answers last quarter", (
        begin, dues.open_dues, supplier_money.open_supplier_money, blows.strike, disturbances.bring_luck,
        monetary_policy.set_policy_rate,
        goods.shake)),
    Phase("technology", "system prices, capability, wear and value of compute in place", (
        progress.advance_prices, progress.advance_capability, compute_in_place.age_compute)),
    Phase("deliveries", "ordered chips are shipped and paid, sites are built and opened, equipment comes online", (
        standstill.hold_investment, chips.ship, chips.construct, compute_in_place.install, known.count_progress)),
    Phase("expectations", "what everybody reads of growth, backlog and rents", (
        cancellation.cancel_contracts, cancellation.cancel_deals, orders.sector_outlook)),
    Phase("adoption", "prices of services; firms learn, adopt and spend; consumers and foreigners follow", (
        ai_services.set_prices_and_shares, ai_services.buy_services, public_policy.pay_liability)),
    Phase("compute", "needs, rent, contracts, spot; the technology firms' daily business", (
        compute.plan_use, open_models.plan_open_models, compute.price_compute, compute.serve_contracts,
        compute.serve_spot, backstops.call_backstops, compute.operate, recording.measure_coverage,
        ai_services.track_growth)),
    Phase("macroeconomy", "wages and prices, spending, output and jobs", (
        wages.set_wages_and_prices, goods.spend, goods.produce, goods.hand_out_pools,
        open_models.pay_for_open_models)),
    Phase("plans", "orders wanted, and the compute that labs want to reserve", (
        orders.plan_orders, standstill.plan_held_orders, receivership.sell_mothballed)),
    Phase("funding", "own cash, bonds, loans, rounds; what is not funded is not ordered", (
        debt_service.measure_debt, private_credit.keep_leverage_limit, warrant_life.sell_earned_shares,
        proposals.propose_deals, vehicles.draw_on_vehicles, funding.fund_clouds, funding.fund_other_buyers,
        rounds.hold_rounds, chips.start_sites, commitments.reserve_orders, chips.place_orders,
        commitments.settle_deposits)),
    Phase("payments", "interest and maturing debt fall due", (
        households.settle_household_loans, debt_service.pay_interest, debt_service.roll_over,
        covenants.enforce_covenants, debt_service.repay_from_plenty, private_credit.repay_lines, vehicles.bill_rents)),
    Phase("clearing", "relief, payments due, failures, fire sales, until nobody else fails", (
        debt_service.measure_debt, solvency.watch_solvency, settlement.settle, receivership.manage_receivership)),
    Phase("contracts", "deals of record enter, tranches are paid, warrants vest; contracts end and are signed", (
        reservations.age_contracts, known.advance_deals, stakes.pay_stakes, warrant_life.live_with_warrants,
        known.close_deals, reservations.sign_contracts, entry.found_entrants)),
    Phase("incomes", "income statements, taxes, dividends, bank capital, household income", (
        statements.tally_surplus, statements.close_statements, dividends.pay_out_profits, dividends.pay_firms_dividends,
        vehicles.age_vehicles, banks.settle_banks, rescue.resolve_banks, funds.distribute_fund_income,
        households.settle_households)),
    Phase("asset prices", "value, the withdrawal regime, returns, trades, net asset values", (
        appraisal.appraise, equity.move_prices, equity.decide_withdrawal, equity.reprice_firms_and_banks,
        private_marks.refresh_marks, equity.value_funds, equity.note_fund_returns,
        equity.rebalance_funds)),
    Phase("flows", "fund flows and gates; the deficit is sold, savings are placed, banks get reserves", (
        rescue.write_off_fund_loans, equity.move_fund_money, rounds.move_venture_money,
        private_credit.move_credit_money, public_finance.note_foreign_claims, public_finance.buy_home_shares,
        public_finance.place_savings, public_finance.finance_government, public_finance.supply_reserves,
        equity.value_funds)),
    Phase("audit", "every identity is checked and the quarter is recorded", ()),
)  # fmt: skip

DIAGNOSTICS: tuple[PhaseFunction, ...] = (circularity.trace_money, importance.record_importance)
"""What no rule reads: where AI revenue comes from, and whose failure would put most at risk."""

RECORDING: tuple[PhaseFunction, ...] = (
    circularity.trace_money,
    recording.record_macroeconomy,
    recording.record_compute,
    recording.record_owners,
    recording.record_demand,
    recording.record_finance,
    recording.record_distress,
    importance.record_importance,
    recording.feel_stress,
)


def default_plan() -> list[Phase]:
    """A fresh copy of the sixteen lines of the quarter (section 5 of the model documentation)."""
    return list(DEFAULT_PLAN)


pass_quarter = sequence("pass_quarter", [step for phase in DEFAULT_PLAN for step in phase.steps])
"""All lines of the default plan in one call."""

close_quarter = sequence("close_quarter", [check, *RECORDING])
"""Audit and record of a quarter in one call."""

close_undiagnosed = sequence("close_undiagnosed", [check, *(step for step in RECORDING if step not in DIAGNOSTICS)])
"""The same without what no rule reads, a seventh of a quarter's time."""
