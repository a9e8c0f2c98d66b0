"""Distress: what failure costs, what creditors concede, what assets fetch when many must sell."""

from __future__ import annotations

from simulation.parameter import Parameter

# fmt: off
DISTRESS = (
    Parameter("default_cost", "share of value kept in default (Rogers-Veraart alpha and beta)",
              "ratio", 0.8, 0.7, 0.9, "Davydenko Strebulaev Zhao 21.7 percent", "literature"),
    Parameter("relief_cut", "largest part of rents that creditors let a debtor off",
              "share", 0.3, 0, 0.5,
              "what creditors concede before failure suits them better: drawn from none to half", "assumed"),
    Parameter("relief_quarters", "how long relief lasts",
              "quarters", 4, 1, 8, "forbearance is agreed for a year, rarely for two", "assumed"),
    Parameter("insolvency_marks", "assets over debts below which a debtor with negative book equity is insolvent",
              "ratio", 0.9, 0.7, 1,
              "lenders act when assets would not cover debts by a tenth, since marks are uncertain", "assumed"),
    Parameter("insolvency_quarters", "quarters of insolvency without new money that end in failure",
              "quarters", 2, 1, 4, "two reports in a row: one may be a mark that comes back", "assumed"),
    Parameter("damage_quarters", "quarters of lost rent that the customer of a failed contract owes",
              "quarters", 40, 8, 60,
              "the whole term: Uniform Commercial Code 2-708; 11 U.S.C. 502(b)(6) caps rent of "
              "real property alone", "assumed", floor=1),
    Parameter("covenant_loan_to_value", "private credit over what backs it above which lenders sweep cash",
              "ratio", 0.9, 0.8, 1,
              "terms of delayed-draw loans: the lender sweeps cash before the loan is worth more than its "
              "backing", "assumed"),
    Parameter("covenant_cover", "debt-service cover below which such a loan is called",
              "ratio", 1.1, 1, 1.25, "terms of delayed-draw loans: cover of 1.1 to 1.25 times debt service", "assumed"),
    Parameter("fire_sale", "price fall when all absorbable capacity is offered",
              "ratio", 0.4, 0.2, 0.7,
              "haircuts on capital goods in liquidation, as in Caiani et al. 2016; drawn from a fifth to "
              "seven tenths", "assumed"),
    Parameter("fire_sale_floor", "least price of compute in distress over its mark",
              "ratio", 0.15, 0.05, 0.4,
              "what chips fetch for their next best use: nobody knows for compute; drawn over a factor of "
              "eight", "assumed"),
    Parameter("distress_money_share", "part of their free money that clouds put into used compute",
              "share", 0.5, 0.1, 1, "buyers keep half of their money for plans of their own", "assumed"),
    Parameter("collateral_recovery", "recovery of collateral's mark when nothing is offered",
              "per quarter", 0.25, 0.1, 0.5,
              "prices of used capital goods come back within a year or two once nobody must sell", "assumed"),
    Parameter("buffer_scale", "money of AI firms at the opening over what the data say",
              "ratio", 1, 0.5, 2, "varied in experiments", "lever"),
    Parameter("resolution_ratio", "capital over risk-weighted assets below which a bank is resolved",
              "ratio", 0.04, 0.02, 0.06, "prompt corrective action: undercapitalised", "data"),
    Parameter("calm_quarters", "quarters without failure of an AI firm before new ones are founded",
              "quarters", 6, 2, 12, "founders and funds return one to two years after a wave of failures", "assumed"),
    Parameter("founding_share", "part of what venture funds can place that founds an entrant",
              "share", 0.03, 0.005, 0.1,
              "a large first round takes a few percent of what venture funds can place", "assumed"),
    Parameter("entrant_knowledge", "training stock of a new lab over that of open models",
              "ratio", 0.5, 0.1, 0.9,
              "who starts knows half of what open models give away, and trains for the rest", "assumed"),
    Parameter("entrant_share", "market share a new lab starts with",
              "share", 0.005, 0.001, 0.02, "a newcomer is hardly known: half a percent of the market", "assumed"),
    Parameter("entrant_buffer", "part of its founding capital that a new neocloud keeps as money",
              "share", 0.25, 0.1, 0.5,
              "a quarter of the founding capital is kept for the first year's bills", "assumed"),
)
# fmt: on
