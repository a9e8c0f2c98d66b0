"""The continuous measures of a run's outcome, each declared once with unit and meaning."""

from __future__ import annotations

from simulation.series import Series

FIRST_YEAR, LAST_YEAR = 2023, 2034  # of investment whose return is told by itself; later years go with the last
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)

_EPISODES = (
    Series("pullback_quarter", "quarter", "quarter in which the first investment pullback shows; none without one"),
    Series("pullback_peak_quarter", "quarter", "peak of investment before it; none without one"),
    Series("pullbacks", "count", "investment pullbacks"),
    Series(
        "pullback_depth", "ratio", "fall of real AI investment from peak to trough in the deepest; none without one"
    ),
    Series("pullback_recovery", "quarters", "quarters from that trough until the peak is reached again; none if never"),
    Series("market_quarter", "quarter", "quarter in which the first market pullback shows; none without one"),
    Series("first_withdrawal_quarter", "quarter", "first quarter in which investors withdraw; none without one"),
    Series("credit_quarter", "quarter", "quarter of the first credit event; none without one"),
    Series("macro_quarter", "quarter", "quarter of the first macro episode; none without one"),
    Series("systemic_quarter", "quarter", "quarter of the first systemic episode; none without one"),
    Series("withdrawals", "count", "withdrawals of investors; with a quarter between in which they stay they are two"),
    Series("withdrawal_quarters", "count", "quarters with investors withdrawing"),
    Series("capex_fall", "ratio", "largest fall of real AI capital expenditure from a peak within eight quarters"),
    Series("equity_fall", "ratio", "largest fall of AI shares from a peak within eight quarters"),
    Series("equity_drawdown", "ratio", "largest fall of AI shares from their highest value so far"),
    Series("losses_to_debt", "ratio", "losses on AI debt of the worst four quarters over the debt before them"),
    Series("losses_to_gdp", "ratio", "losses on AI debt of the worst four quarters over annual GDP"),
    Series("gated_share", "ratio", "largest share of private credit behind a closed gate"),
    Series("bank_failures", "count", "bank failures over the run"),
    Series("ai_failures", "count", "failures of chip makers, clouds, labs and other buyers over the run"),
    Series("failed_rounds", "count", "rounds of labs that did not find their money"),
)
_STATE = (
    Series("capex_peak", "USD bn", "highest real AI capital expenditure, mean of four quarters"),
    Series("capex_peak_quarter", "quarter", "simulated quarter that ends the four of the peak, the first is 1"),
    Series("capex_end_to_peak", "ratio", "last four quarters of real AI capital expenditure over the peak"),
    Series("capex_to_origin", "ratio", "last four quarters of real AI capital expenditure over the first quarter's"),
    Series("capex_to_capacity", "ratio", "last four quarters of it over what keeps capacity constant"),
    Series("coverage_end", "ratio", "coverage at the end"),
    Series("coverage_max", "ratio", "highest coverage"),
    Series("circularity_max", "ratio", "highest share of AI revenue bought with a supplier's own money"),
    Series("mean_real_growth", "per year", "mean growth of real GDP over the run"),
    Series("unemployment_peak", "ratio", "highest unemployment, mean of four quarters"),
)
_EARNED = "present value of AI capital expenditure since the opening over its cost, less one"
_RETURNS = (
    Series("return_full", "ratio", f"{_EARNED}; own-use uplift in full"),
    Series("return_half", "ratio", f"{_EARNED}; own-use uplift by half"),
    Series("return_none", "ratio", f"{_EARNED}; own-use uplift not at all"),
    Series("rate_full", "per year", "internal rate of return on it; own-use uplift in full; none where there is none"),
    Series("rate_half", "per year", "internal rate of return on it; own-use uplift by half; none where there is none"),
    Series("rate_none", "per year", "internal rate of return on it; no own-use uplift; none where there is none"),
    Series("boom_return_full", "ratio", "present value of what was invested 2025Q4 to 2028Q4 over its cost, less one"),
    Series("boom_return_half", "ratio", "the same with own-use uplift by half"),
    Series("boom_return_none", "ratio", "the same with own-use uplift not at all"),
    *(
        Series(f"return_of_{year}", "ratio", f"the same of what was invested in {year}{tail}, own use by half")
        for year, tail in ((year, " and later" if year == LAST_YEAR else "") for year in YEARS)
    ),
)
_AFTER_PEAK = "since a peak of AI investment"
_TWIN = (
    Series("gdp_shortfall", "ratio", f"largest fall of real GDP against the macro twin {_AFTER_PEAK}"),
    Series("unemployment_rise", "ratio", f"largest rise of unemployment against the macro twin {_AFTER_PEAK}"),
    Series("gdp_gain", "ratio", "real GDP of all quarters over the macro twin's, less one"),
    Series("gdp_gain_end", "ratio", "real GDP of the last quarter over the macro twin's, less one"),
    Series("job_years", "million", "job-years more than in the macro twin"),
    Series(
        "social_return",
        "ratio",
        "present value of output above the macro twin's, less AI investment above its, over AI investment",
    ),
    Series("credit_losses_banks", "USD bn", "banks' losses on AI debt, more than in the macro twin"),
    Series("credit_losses_funds", "USD bn", "private-credit funds' losses on AI debt, more than in the macro twin"),
    Series("credit_losses_others", "USD bn", "other lenders' losses on AI debt, more than in the macro twin"),
    Series("wealth_top", "USD bn", "real net worth of the top tenth of households at the end against the macro twin"),
    Series("wealth_rest", "USD bn", "real net worth of the other households at the end against the macro twin"),
    Series("wealth_worst", "USD bn", "lowest real net worth of households against the macro twin"),
    Series("public_debt", "ratio", "government debt over annual GDP at the end, less the macro twin's"),
    Series(
        "pullback_gdp_loss",
        "ratio",
        "largest fall of real GDP against the macro twin in the three years after the peak before the first investment "
        "pullback; none without one",
    ),
    Series(
        "pullback_gdp_lowest",
        "ratio",
        "lowest real GDP against the macro twin's in those years: below zero it is less than without the boom",
    ),
    Series("pullback_job_years", "million", "job-years lost against the macro twin in those years; none without one"),
)

SCORES: dict[str, Series] = {score.name: score for score in (*_EPISODES, *_STATE, *_RETURNS, *_TWIN)}
