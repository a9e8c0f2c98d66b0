"""The levers: everything a shock or a policy can move, each declared once with the place where it acts.

A lever at its neutral value changes nothing. Paths of several shocks and policies on one lever add up or multiply, as
the lever says."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

Combine = Literal["add", "multiply"]


class Lever(NamedTuple):
    """One thing that shocks and policies can move; `low` to `high` bounds each path and all together."""

    name: str
    meaning: str
    unit: str
    combine: Combine
    low: float
    high: float
    acts_on: str

    @property
    def neutral(self) -> float:
        """The value that changes nothing: zero for what is added, one for what multiplies."""
        return 0.0 if self.combine == "add" else 1.0


def scaled(name: str, meaning: str, low: float, high: float, acts_on: str) -> Lever:
    """A lever that multiplies what it moves."""
    return Lever(name, meaning, "ratio", "multiply", low, high, acts_on)


def added(name: str, meaning: str, unit: str, low: float, high: float, acts_on: str) -> Lever:
    """A lever that is added to what it moves, in its unit."""
    return Lever(name, meaning, unit, "add", low, high, acts_on)


_DECLARED = (
    # technology and supply
    scaled("chip_supply", "chips that can be shipped", 0, 2, "chip market"),
    scaled("chip_price", "price of chips", 0.3, 3, "chip market"),
    scaled("memory_price", "price of a system through its memory", 0.5, 2, "system price"),
    scaled("capability_progress", "effect of training on capability", 0, 3, "technology"),
    added("efficiency", "compute efficiency gained beyond trend, a level", "ratio", -0.5, 20, "technology"),
    added("fringe_quality", "open-weight quality gained, a level", "log points", -2, 3, "AI-service market"),
    scaled("power_additions", "GW that can come online", 0, 4, "deliveries"),
    added("permitting_lead", "added quarters until equipment is online", "quarters", -2, 8, "deliveries"),
    scaled("depreciation_life", "book life of compute", 0.3, 2, "income statements"),
    added("foundry_subsidy", "growth of chip supply that government pays for", "per quarter", 0, 0.1, "chip market"),
    added("grid_investment", "power for compute that government builds", "GW per quarter", 0, 5, "deliveries"),
    # demand for AI and for everything else
    scaled("adoption_speed", "pace at which firms and consumers take AI up", 0, 5, "adoption"),
    scaled("firm_gain", "true gain of ordinary firms from AI", 0, 4, "adoption"),
    scaled("ai_demand_regulation", "all demand for AI services", 0, 2, "AI-service market"),
    added("liability", "part of AI-service revenue that sellers owe for harm", "share", 0, 0.5, "AI-service market"),
    added("adoption_support", "part of firms' AI spending that government pays", "share", 0, 0.8, "adoption"),
    added("open_weights", "compute that government rents to train open models", "GW", 0, 20, "AI-service market"),
    added("public_compute", "compute that government rents for public use", "GW", 0, 20, "compute market"),
    added("open_partnerships", "part of labs' new contracts that is open to all clouds", "share", 0, 1, "contracts"),
    scaled("foreign_demand", "foreign demand for AI services", 0, 3, "AI-service market"),
    scaled("lab_price", "prices of the labs", 0.1, 3, "AI-service market"),
    scaled("training_budget", "training budgets of the labs", 0, 3, "labs' plans"),
    scaled("export_licence", "orders of foreign chip buyers allowed", 0, 2, "chip market"),
    added("tariff", "tariff on imported chips and parts", "ratio", -0.1, 1.5, "system price"),
    scaled("household_demand", "household consumption", 0.8, 1.2, "goods market"),
    added("stimulus", "government purchases", "share of GDP", -0.05, 0.1, "government"),
    added("wage_tax", "tax rate on wages", "ratio", -0.2, 0.3, "government"),
    added("investment_credit", "AI capex paid by government", "share", 0, 0.5, "government"),
    # money and investors
    added("policy_rate", "central bank's rate", "per year", -0.1, 0.15, "central bank"),
    added("fed_put", "cut of the policy rate per unit of fall of AI equity", "per year", 0, 0.2, "central bank"),
    added("sentiment", "price surprise in AI shares", "log per quarter", -1, 1, "equity market"),
    scaled("patience", "hazard of investors' withdrawal", 0, 10, "equity market"),
    added("look_through", "discount investors put on circular revenue", "share", -1, 1, "equity market"),
    # an audit and a disclosure rule may both ask for it: more than all counts as all
    added("consolidation", "debt of vehicles that lenders count as their users'", "share", 0, 2, "lending"),
    added("insider_selling", "AI equity that insiders sell", "share per quarter", 0, 0.1, "equity market"),
    scaled(
        "venture_appetite",
        "money that venture funds, and sovereign funds beside them, offer in rounds",
        0,
        4,
        "private rounds",
    ),
    scaled("sovereign_money", "money that sovereign funds add in rounds", 0, 20, "private rounds"),
    scaled("bond_window", "bonds and private loans that investors take", 0, 2, "bond market, private credit"),
    added("bank_capital_buffer", "capital banks hold above their target", "ratio", -0.03, 0.08, "banks"),
    added("loan_to_value_cap", "advance rate on chip collateral", "ratio", -0.6, 0.2, "private credit"),
    added("stake_cap", "share of a customer that one supplier may own", "share", -1, 1, "deals"),
    added("bank_ai_limit", "share of banks' loans that may go to AI firms and funds", "share", -1, 0, "banks"),
    scaled("private_credit_leverage", "assets over net assets of private-credit funds", 0.5, 2, "private credit"),
    added("gate", "redemptions private credit pays", "NAV per quarter", -0.1, 0.5, "private credit"),
    added("contract_guarantee", "rents and damages of failed AI firms that government pays", "share", 0, 1, "clearing"),
    added("bail_out", "most that government grants a key player that cannot pay", "share of GDP", 0, 0.1, "clearing"),
)

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _DECLARED}
if len(LEVERS) < len(_DECLARED):
    raise RuntimeError("a lever is declared twice")

LEVER_DTYPE = np.dtype([(name, np.float64) for name in LEVERS])
