"""Technology: what compute costs, how long it lasts, how capable it makes a model."""

from __future__ import annotations

from simulation.parameter import Parameter

# fmt: off
TECHNOLOGY = (
    Parameter("it_price_decline", "fall of system price at constant performance",
              "per quarter", 0.06, 0.03, 0.09, "Epoch AI 30 percent a year", "data"),
    Parameter("shell_price_decline", "fall of shell and power cost per adjusted GW",
              "per quarter", 0.04, 0.02, 0.05,
              "a better system needs less shell per adjusted GW: what is left of the system's fall beside "
              "its IT part", "assumed"),
    Parameter("attrition", "physical failure of compute",
              "per quarter", 0.015, 0.01, 0.03,
              "operators' reports of failures in training clusters, some percent a year", "assumed"),
    Parameter("shell_depreciation", "depreciation of shells and power",
              "per quarter", 0.0125, 0.01, 0.02,
              "accounting lives of buildings and power, about twenty years", "assumed"),
    Parameter("it_share", "IT share of system cost",
              "ratio", 0.65, 0.55, 0.75, "company capex splits", "data"),
    Parameter("book_life_it", "accounting life of compute",
              "quarters", 22, 12, 24, "company reports", "data"),
    Parameter("opex", "power and site cost",
              "share of system price per quarter", 0.012, 0.008, 0.02, "1.3 bn per GW-year power", "data"),
    Parameter("owner_premium", "return that owners of compute ask above the policy rate",
              "per year", 0.06, 0.04, 0.09, "cost of capital of technology firms (Damodaran 2025)", "literature"),
    Parameter("cost_per_gw", "all-in cost of a gigawatt",
              "USD bn", 45, 35, 60, "Bernstein; Nvidia", "data"),
    Parameter("power_additions", "GW that can come online per quarter at 2024Q4 (half at 2022Q4)",
              "GW", 3, 1.5, 5, "operators' statements: 6 to 20 GW a year could be connected", "assumed"),
    Parameter("price_tightness", "exponent of spot price on tightness",
              "elasticity", 1.5, 1, 3,
              "H100 by the hour 4.3 in 2024-08, 2.3 in 2025-07: rents move more than in proportion to what "
              "is in use", "judged"),
    Parameter("capability_elasticity", "capability gain per log training compute",
              "elasticity", 0.3, 0.1, 0.5,
              "scaling laws: loss falls by a power of compute; how far use follows is drawn over "
              "a factor of five", "assumed", floor=0),
    Parameter("capacity_2022Q4", "accelerated capacity at 2022Q4",
              "GW", 1.0, 0.4, 1.7,
              "cumulated sales of accelerators to 2022, a factor of four between lowest and highest "
              "reading", "assumed"),
    Parameter("power_growth", "growth of the power that can come online each quarter",
              "per quarter", 0.04, 0.02, 0.08, "operators' statements: a tenth to a third more a year", "assumed"),
    Parameter("power_share_2022Q4", "power additions at 2022Q4 over those of 2024Q4",
              "ratio", 0.5, 0.3, 0.7, "connections two years earlier were about half of those of 2024", "assumed"),
    Parameter("target_utilisation", "share of online compute planned to be in use",
              "ratio", 0.85, 0.75, 0.95,
              "owners plan for about 85 percent in use, as of other continuous plant", "judged"),
    Parameter("user_cost_floor", "lowest tightness that moves the spot price",
              "ratio", 0.3, 0.2, 0.5, "rents below a sixth of user cost would not pay for power and upkeep", "judged"),
    Parameter("user_cost_ceiling", "highest tightness that moves the spot price",
              "ratio", 2.5, 1.8, 3.5, "rents above four times user cost make buyers wait", "judged"),
    Parameter("tariff_pass_through", "share of a chip tariff that the system price takes",
              "ratio", 0.75, 0.5, 1, "between full pass-through and what makers' high margins could bear", "judged"),
    Parameter("impairment_trigger", "book over mark above which compute is impaired",
              "ratio", 1.15, 1.05, 1.3,
              "auditors ask for a write-down when books stand clearly, by a seventh, above the market", "judged"),
    Parameter("impairment_quarters", "quarters above the trigger before the write-down",
              "quarters", 2, 1, 4, "two quarters: one low price is no lasting loss", "judged"),
    Parameter("price_pass_through", "share of an efficiency gain that reaches prices at once",
              "ratio", 0.7, 0.4, 1, "sellers that compete pass most of a gain on at once", "judged"),
    Parameter("pass_through_quarters", "quarters until all of an efficiency gain is in prices",
              "quarters", 8, 4, 16, "competition takes the rest in two years", "judged"),
    Parameter("quality_ceiling", "highest capability index",
              "log", 3, 2, 4, "a bound far above what training reaches within the horizon, against runaway", "judged"),
    Parameter("catching_up", "part of a lab's distance to the frontier that leaks to it",
              "per quarter", 0.12, 0.06, 0.25,
              "revenue of OpenAI over Anthropic's 22 in 2023Q4, 3.4 in 2025Q3; AI Index 2025: distance from the first "
              "to the tenth model halved in a year", "assumed", floor=0.0),
    Parameter("training_decay", "depreciation of accumulated training compute",
              "per quarter", 0.12, 0.05, 0.25,
              "what a model was trained with loses two fifths a year to new methods", "judged"),
)
# fmt: on
