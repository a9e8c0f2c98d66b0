"""What a run records each quarter: every series is declared once, here.

The history of an economy, the data dictionary, the stored tables and the figures all take names, units and meanings
from this file."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.rule import typed


class Series(NamedTuple):
    """One recorded series. `unit` is USD bn (a quarter's flow or an end-of-quarter stock), ratio, GW, index ..."""

    name: str
    unit: str
    meaning: str


_DECLARED = (
    # the macroeconomy
    Series("gdp", "USD bn", "nominal gross domestic product of the quarter"),
    Series("real_gdp", "USD bn", "gross domestic product at the prices of the opening quarter"),
    Series("real_growth", "ratio", "growth of real GDP on the quarter before"),
    Series("growth_without_ai", "ratio", "real growth less the contribution of home AI investment, gross of imports"),
    Series("growth_without_ai_net", "ratio", "the same net of the imports that AI investment draws in by cash"),
    Series("price_level", "index", "price of ordinary output, opening quarter = 1"),
    Series("inflation", "ratio", "change of the price level on the quarter before"),
    Series("wage", "index", "wage per worker, opening quarter = 1"),
    Series("unemployment", "ratio", "unemployed over labour force"),
    Series("productivity", "index", "output per worker, opening quarter = 1"),
    Series("policy_rate", "per year", "central bank's policy rate"),
    Series("consumption", "USD bn", "household consumption including AI subscriptions"),
    Series("government_purchases", "USD bn", "government purchases of goods and services"),
    Series("investment", "USD bn", "ordinary fixed investment including the clouds' other capital expenditure"),
    Series("exports", "USD bn", "exports including AI services and chips"),
    Series("imports", "USD bn", "imports by cash"),
    Series("imports_customs", "USD bn", "imports as customs would count AI equipment: reported, never a cash flow"),
    Series("government_debt", "ratio", "government debt over annual GDP"),
    Series("household_wealth", "USD bn", "net worth of households"),
    Series("household_wealth_top", "USD bn", "net worth of the tenth of households with the highest income"),
    Series("employment", "million", "people at work"),
    Series("firm_failures", "count", "ordinary firms that failed and were replaced"),
    # AI investment and compute
    Series("ai_capex", "USD bn", "capital expenditure on AI compute, shells and power by every home and foreign buyer"),
    Series("ai_capex_home", "USD bn", "the part of AI capital expenditure invested at home"),
    Series("ai_capex_real", "USD bn", "AI capital expenditure deflated by the GDP deflator"),
    Series("ai_orders", "USD bn", "compute ordered in the quarter, at today's price of a system"),
    Series("capacity_capex", "USD bn", "AI investment that would keep compute online constant"),
    Series("big4_capex", "USD bn", "cash capital expenditure of Microsoft, Alphabet, Amazon and Meta, AI and other"),
    Series("big4_cash_flow", "USD bn", "operating cash flow of the same four"),
    Series("capex_to_cash_flow", "ratio", "big4_capex over big4_cash_flow"),
    Series("chip_revenue", "USD bn", "sales of AI systems by all chip makers"),
    Series("nvidia_revenue", "USD bn", "Nvidia's data-centre revenue"),
    Series("chip_backlog", "USD bn", "orders not yet shipped, at today's price"),
    Series("chip_supply", "USD bn", "what the chip makers could ship this quarter"),
    Series("compute_online", "GW", "trend-efficiency-adjusted compute online"),
    Series("compute_waiting", "GW", "equipment delivered that waits for a shell or for power"),
    Series("compute_need", "GW", "compute wanted by labs, first-party services and own use"),
    Series("tightness", "ratio", "need over 85 percent of compute online"),
    Series("utilisation", "ratio", "share of compute online in use"),
    Series("spot_price", "USD bn per GW-quarter", "spot rent of compute"),
    Series("user_cost", "USD bn per GW-quarter", "rent at which new compute pays its owner"),
    Series("system_price", "USD bn per GW", "all-in cost of a new gigawatt"),
    Series("compute_delivered", "GW", "compute delivered in the quarter, trend-efficiency-adjusted"),
    Series(
        "compute_revenue", "USD bn", "what end users pay for AI beyond other costs of serving them, open models too"
    ),
    Series(
        "compute_uplift", "USD bn", "uplift of their own business that owners draw from compute added since the opening"
    ),
    Series("compute_running", "USD bn", "power and upkeep of all compute online"),
    Series("compute_mark", "USD bn", "compute, shells and sites at today's prices"),
    Series("owners_rate", "per quarter", "cost of capital of the owners of compute"),
    # demand for AI
    Series("end_demand_revenue", "USD bn", "AI services bought by firms, consumers and foreigners"),
    Series("reported_revenue", "USD bn", "revenue that chip makers, clouds and labs report from AI"),
    Series("circularity", "ratio", "share of reported AI revenue bought with a supplier's own money"),
    Series("circularity_own", "ratio", "share of reported AI revenue bought with the seller's own money"),
    Series("concentration", "index", "Herfindahl index of reported AI revenue over its sellers, 1 = one seller"),
    Series(
        "dependence",
        "ratio",
        "share of chip makers' and clouds' AI revenue that comes from each one's largest customer",
    ),
    Series("lab_revenue", "USD bn", "revenue of the AI labs"),
    Series("own_use_value", "USD bn", "uplift of core revenue from the clouds' own use above that of the opening"),
    Series("other_use_value", "USD bn", "value that other chip buyers draw from their compute"),
    Series(
        "coverage", "ratio", "end-demand-attributable revenue over user cost of compute; compute share, own use in full"
    ),
    Series("coverage_half", "ratio", "the same with the uplift from own use counted by half"),
    Series("coverage_external", "ratio", "the same with revenue from outside customers alone"),
    Series("coverage_star", "ratio", "coverage against the highest requirement so far"),
    Series("open_model_compute", "GW", "compute that open-weight models want for training and use"),
    Series("ai_price", "index", "price of AI services, opening quarter = 1"),
    Series("capability", "index", "capability of frontier models, opening quarter = 1"),
    Series("training_share", "ratio", "training in the labs' use of compute"),
    Series("adoption", "ratio", "share of firms that use AI, weighted by size"),
    Series("adoption_count", "ratio", "share of firms that use AI, each firm counted once"),
    Series("intensity", "ratio", "mean intensity of use, weighted by size"),
    Series("belief", "ratio", "mean belief of the long-run gain, weighted by size"),
    # money and markets
    Series("ai_equity", "index", "market value of listed AI firms, corrected for issuance, opening quarter = 1"),
    Series("ai_value", "USD bn", "market value of chip makers and clouds, and of labs at their last round or mark"),
    Series("value_gap", "log", "log price of AI firms over what investors take for value"),
    Series("sober_gap", "log", "log price of AI firms over value on sober growth"),
    Series("fundamentalists", "ratio", "share of fundamental investors"),
    Series("withdrawal", "switch", "one while investors are withdrawing"),
    Series("stress", "index", "credit stress"),
    Series("ai_debt", "USD bn", "debt of chip makers, clouds, labs and other chip buyers"),
    Series("ai_credit_losses", "USD bn", "write-offs on AI debt"),
    Series("ai_losses_banks", "USD bn", "the part of them that banks bear"),
    Series("ai_losses_credit_funds", "USD bn", "the part of them that private-credit funds bear"),
    Series(
        "ai_free_cash_flow", "USD bn", "AI firms' operating cash flow less the investment that keeps capacity constant"
    ),
    Series("funding_internal", "ratio", "share of AI investment paid from own cash flow"),
    Series("funding_debt", "ratio", "share of AI investment paid from new debt"),
    Series("funding_equity", "ratio", "share of AI investment paid from new equity of those who invest"),
    Series("lab_equity", "USD bn", "new equity of the labs, from rounds and from suppliers"),
    Series("hedge_share", "ratio", "share of AI debt owed by units that can pay interest and principal from cash flow"),
    Series("speculative_share", "ratio", "share owed by units that can pay interest only"),
    Series("ponzi_share", "ratio", "share owed by units that cannot pay their interest"),
    Series(
        "hidden_commitments",
        "USD bn",
        "compute contracts, chip orders, leases, guarantees and promised money that stand in no balance sheet",
    ),
    Series("bank_lending", "USD bn", "bank loans outstanding"),
    Series("bank_capital", "ratio", "banks' capital over risk-weighted assets"),
    Series("bank_failures", "count", "banks resolved"),
    Series("private_credit_gated", "ratio", "share of private-credit funds, by value, with the gate closed"),
    Series("private_credit_redemptions", "USD bn", "redemptions that private-credit funds paid"),
    Series("private_credit_borrowed", "ratio", "bank lines of private-credit funds over their assets"),
    Series("ai_failures", "count", "chip makers, clouds, labs and other buyers that failed"),
    Series("failed_rounds", "count", "rounds of labs that did not find their money"),
    Series("forced_loss", "USD bn", "what owners and creditors of an agent lost that an experiment made fail"),
    Series("cascade_depth", "count", "longest chain of failures among this quarter's, 0 where each stands alone"),
    Series(
        "debt_rank_largest",
        "ratio",
        "largest DebtRank of an AI firm, vehicle, credit fund or bank: part of all assets its failure puts at risk in "
        "others",
    ),
    Series(
        "debt_rank_actor",
        "column",
        "whose DebtRank is largest: its place among the columns of the matrices, from 0; -1 for nobody",
    ),
    Series("debt_rank_sector", "ratio", "DebtRank of the AI sector and its vehicles, failing all at once"),
    Series("relief", "count", "debtors whom creditors have granted relief that lasts"),
    Series("collateral_mark", "ratio", "price of compute over its mark as lenders see collateral"),
    Series("mothballed", "GW", "compute that failed owners left and nobody has bought"),
    Series("damages", "USD bn", "damages claimed for contracts that failed"),
    Series("bankruptcy_costs", "USD bn", "what failures cost in fees"),
    Series("worst_residual", "ratio", "largest accounting residual of the quarter's audit"),
)

SERIES: dict[str, Series] = {series.name: series for series in _DECLARED}

SERIES_DTYPE = np.dtype([(series.name, typed("f8=0")) for series in _DECLARED])
