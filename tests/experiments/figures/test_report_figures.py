"""Figures and the tables behind them: values worked out by hand, colours that can be told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.measures import PULLBACK
from experiments.analysis.regret import NO_POLICY, Decision, decision_of
from experiments.analysis.tables import all_tables
from experiments.common.export import csv_bytes
from experiments.figures import published, style
from experiments.figures.chart import Chart, Frame
from experiments.figures.convergence import convergence_chart, runs_for
from experiments.figures.lighter import lighter, steps
from experiments.figures.maps import policy_map
from experiments.figures.published import PUBLISHED, growth_against, measured, peaks_of_shares, published_chart
from experiments.figures.survival import survival_chart
from experiments.report.section import Findings
from experiments.report.sections import decision as decision_section
from experiments.statistics import wilson_bounds
from tests.experiments.made_up import QUARTERS, findings

WHITE = "#ffffff"


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(colour[start : start + 2], 16) / 255.0 for start in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def decision_made(found: Findings) -> Decision | None:
    return decision_of(found.analysis.regret, found.analysis.plan.study)


@pytest.fixture
def hand_made() -> Findings:
    """Ten runs with and without a policy: pullbacks in 5, 5, 8 and 12, then four without, then one more in 8."""
    made = findings(runs=10, policies=["fed-put"], prior=False)
    quarters = [5.0, 5.0, 8.0, 12.0, np.nan, np.nan, np.nan, np.nan, 8.0, np.nan]
    runs = made.analysis.runs
    policy = runs["policy"] != ""
    for rows, times in ((~policy, quarters), (policy, [np.nan, *quarters[1:]])):
        runs.loc[rows, "pullback_quarter"] = times
        runs.loc[rows, "pullback"] = [not np.isnan(time) for time in times]
    return made


def test_text_and_lines_stand_out_from_the_paper() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21.0)
    assert min(contrast(colour, WHITE) for colour in style.TEXT_COLOURS) >= 4.5
    assert min(contrast(colour, WHITE) for colour in style.LINE_COLOURS) >= 3.0


def test_numbers_can_be_read_on_the_bar_they_stand_on() -> None:
    assert min(contrast(style.INK, colour) for colour in style.OUTCOME_COLOURS.values()) >= 4.0


def test_the_page_uses_the_colours_of_the_figures() -> None:
    sheet = (Path(style.__file__).parents[1] / "report" / "templates" / "style.css").read_text()
    assert f"--ink: {style.INK}" in sheet
    assert f"--muted: {style.MUTED}" in sheet


def test_cells_that_a_spreadsheet_would_run_are_quoted() -> None:
    data = pd.DataFrame({"name": ["=1+1", "+cmd", "-2", "@x", "plain"], "value": [-1.0, 0.5, 2.0, 1 / 3, 4.0]})
    lines = csv_bytes(data, "%.6g").decode().splitlines()
    assert lines == ["name,value", "'=1+1,-1", "'+cmd,0.5", "'-2,2", "'@x,0.333333", "plain,4"]


def test_survival_is_the_share_without_a_pullback_and_censored_runs_count_until_the_end(hand_made: Findings) -> None:
    chart = survival_chart(hand_made.analysis)
    assert chart is not None
    curve = chart.data[chart.data["arm"] == "baseline"].set_index("quarter")
    shares = curve.loc[[0, 4, 5, 7, 8, 11, 12, QUARTERS], "share"]
    assert list(shares) == pytest.approx([1, 1, 0.8, 0.8, 0.6, 0.6, 0.5, 0.5])
    assert "Half the baseline runs have had a pullback by 2027Q4" in chart.claim
    assert (curve["low"] <= curve["share"] + 1e-12).all()
    assert (curve["share"] <= curve["high"] + 1e-12).all()


def test_the_figure_of_times_says_what_the_table_says() -> None:
    """An arm is compared with its own reference, and Holm's correction is over all arms, as in the table."""
    made = findings(runs=200, scenarios=["baseline", "late-chips"], policies=["fed-put"], bad={"fed-put": 0.1})
    times = made.analysis.time_to_pullback
    chart = survival_chart(made.analysis)
    assert chart is not None
    differing = set(times.loc[times["p_holm"] < 0.05, "arm"])
    assert differing == {"baseline + fed-put", "late-chips + fed-put"}
    assert chart.claim.endswith("the timing differs from the reference's under + fed-put and late-chips + fed-put")
    assert chart.data.drop(columns="arm").equals(made.analysis.survival.drop(columns="arm"))


def test_a_boom_that_never_ends_has_a_flat_curve(hand_made: Findings) -> None:
    hand_made.analysis.runs["pullback_quarter"] = np.nan
    chart = survival_chart(hand_made.analysis)
    assert chart is not None
    assert (chart.data["share"] == 1.0).all()
    assert "100% of baseline runs see no pullback" in chart.claim


def test_regret_is_measured_against_what_does_best_in_each_state(hand_made: Findings) -> None:
    decision = decision_made(hand_made)
    assert decision is not None
    nothing, policy = (decision.of(name, "baseline") for name in (NO_POLICY, "fed-put"))
    assert (nothing.loss.value, policy.loss.value) == pytest.approx((50.0, 40.0))
    assert (nothing.regret.value, policy.regret.value) == pytest.approx((10.0, 0.0))
    assert np.isnan(nothing.regret.low), "ten runs are too few for a bootstrap"
    assert decision.least_regretted.policy == "fed-put"
    assert not decision.settled


def test_with_one_scenario_and_gamma_drawn_the_states_are_thirds_of_gamma() -> None:
    decision = decision_made(findings(runs=180, policies=["fed-put"]))
    assert decision is not None
    assert decision.states == ["low gamma", "middle gamma", "high gamma"]
    assert [decision.of(NO_POLICY, state).regret.n for state in decision.states] == [60, 60, 60]
    few = decision_made(findings(runs=60, policies=["fed-put"]))
    assert few is not None
    assert few.states == ["baseline"], "a third would be too few runs for an interval"


def test_the_decision_on_the_page_is_that_of_its_csv() -> None:
    made = findings(runs=180, policies=["fed-put", "disclosure"], bad={"fed-put": 0.2})
    section, tables = decision_section.write(made), all_tables(made.analysis)
    assert section is not None
    judged = tables["decision"].set_index(["measure", "policy"]).loc["investment pullback"]
    by_state = tables["regret"].set_index(["measure", "policy", "state"]).loc["investment pullback"]
    for policy, *cells, _expected, worst in section.tables[0].rows:
        row = judged.loc[policy]
        found = [row[f"worst_regret{end}"] for end in ("", "_low", "_high")]
        assert worst == "{:.0f} ({:.0f} to {:.0f}), ".format(*found) + row["worst_state"]
        for state, cell in zip(section.tables[0].headings[1:-2], cells, strict=True):
            row = by_state.loc[(policy, state)]
            regret = [row[f"regret{end}"] for end in ("", "_low", "_high")]
            assert cell.endswith("; {:.0f} ({:.0f} to {:.0f})".format(*regret))


def test_convergence_is_drawn_from_its_table() -> None:
    analysis = findings(runs=60, policies=["fed-put"], bad={"fed-put": 0.2}).analysis
    chart = convergence_chart(analysis)
    assert chart is not None
    assert list(chart.data["what"].unique()) == ["share", "effect"]
    assert len(chart.data.merge(analysis.convergence)) == len(chart.data)
    last = chart.data[chart.data["what"] == "effect"].iloc[-1]
    (effect,) = analysis.effects_on(PULLBACK)
    assert (last["value"], last["low"], last["high"], last["n"]) == effect.estimate


def test_a_policy_that_is_much_better_everywhere_settles_the_decision() -> None:
    found = findings(runs=80, bad={"": 0.9, "fed-put": 0.1}, prior=False, policies=["fed-put"])
    decision = decision_made(found)
    assert decision is not None
    assert decision.settled


def test_the_map_of_policies_needs_two_policies_and_two_scenarios() -> None:
    one = findings(runs=6, scenarios=["baseline", "late-chips"], policies=["fed-put"])
    assert policy_map(one.analysis) is None


def test_growth_after_the_peak_of_shares_is_held_against_the_twins_of_the_same_year() -> None:
    """What the boom added before the peak is no part of what its end takes away."""
    quarters = np.arange(14)
    equity = np.where(quarters <= 6, 1.1**quarters, 1.1**6 * 0.8 ** (quarters - 6.0))[None]
    gdp = np.where(quarters <= 6, 1.03**quarters, 1.03**6 * 0.99 ** (quarters - 6.0))[None]
    peaks = peaks_of_shares(equity)
    assert peaks.tolist() == [6]
    (less,) = growth_against(1.005 ** quarters[None], gdp, peaks)
    assert less == pytest.approx((0.99**4 - 1.005**4) * 100.0)
    assert growth_against(gdp, gdp, peaks) == pytest.approx([0.0])
    assert np.isnan(growth_against(gdp[:, :4], gdp[:, :4], peaks_of_shares(equity[:, :4]))).all()


def test_consumption_takes_off_growth_what_consumers_do_not_import() -> None:
    """Of the 3.5 points of consumption that a crash of dot-com size costs, about two come off the growth of GDP."""
    published_values = pd.read_csv(PUBLISHED).set_index("measure")["value"]
    analysis = findings(runs=6).analysis
    changed = analysis.series.assign(consumption=68.0, gdp=100.0, imports=14.0, twin_consumption=68.0)
    quarter = changed["quarter"].to_numpy() - 1.0
    changed["price_level"], changed["ai_equity"] = 1.0, 0.8**quarter
    changed["twin_price_level"] = (1.0 - 0.035) ** (quarter / 4.0)  # the twin's real consumption grows
    found = measured(replace(analysis, series=changed))
    assert found["consumption_against_twin"] == pytest.approx((1.0 - 1.0 / 0.965) * 100.0)
    assert found["gdp_by_consumption"] == pytest.approx(found["consumption_against_twin"] * 68.0 / 114.0)
    assert published_values["consumption_against_twin"] * 68.0 / 114.0 == pytest.approx(
        published_values["gdp_by_consumption"], abs=0.1
    )


def test_growth_of_a_year_compares_whole_years() -> None:
    analysis = findings(runs=6).analysis
    growth = measured(analysis)["growth_2026"]
    gdp = analysis.paths(analysis.reference, "real_gdp")
    assert growth == pytest.approx((gdp[:, 4:8].sum(axis=1) / gdp[:, :4].sum(axis=1) - 1.0) * 100.0)


def test_every_published_figure_has_a_source_and_a_date() -> None:
    facts = pd.read_csv(PUBLISHED)
    assert facts.notna().all().all()
    assert set(facts["confidence"]) <= {"low", "medium", "high"}


def test_published_figures_and_sources_are_named_only_where_runs_stand_beside_them() -> None:
    analysis = findings(runs=6).analysis
    whole = published_chart(analysis)
    assert whole is not None
    assert "Oxford Economics" in whole.notes
    with patch.object(published, "measured", lambda _: {**measured(analysis), "growth_2026": np.full(6, np.nan)}):
        part = published_chart(analysis)
    assert part is not None
    assert "Oxford Economics" not in part.notes
    assert "growth_2026" not in set(part.data["measure"])


def test_a_run_stands_among_the_runs_that_ended_as_it_did() -> None:
    analysis = findings(runs=40).analysis
    ended = analysis.finished(analysis.reference)["pullback"].to_numpy(dtype=float)
    assert 0.0 < ended.mean() < 1.0
    with patch.object(published, "measured", lambda _: {"growth_2026": ended}):
        chart = published_chart(analysis)
    assert chart is not None
    bands = chart.data[chart.data["quantile"].notna()].groupby("group")["value"]
    assert {name.split(" (")[0]: set(values) for name, values in bands} == {
        "with an investment pullback": {1.0},
        "other runs": {0.0},
    }


def test_the_number_of_runs_named_gives_about_the_width_wanted() -> None:
    n = runs_for(0.4, 0.05)
    low, high = wilson_bounds(round(0.4 * n), n)
    assert (high - low) / 2.0 == pytest.approx(0.05, rel=0.02)


def test_an_estimate_is_shown_from_few_runs_to_all() -> None:
    chart = convergence_chart(findings(runs=40, policies=["fed-put"]).analysis)
    assert chart is not None
    shares = chart.data[chart.data["what"] == "share"]
    assert (shares["n"].min(), shares["n"].max()) == (10, 40)
    assert convergence_chart(findings(runs=9).analysis) is None


def test_a_chart_has_its_panels_side_by_side_or_under_each_other() -> None:
    frames: list[Frame] = []
    chart = Chart("x", "c", "s", "n", pd.DataFrame(), frames.append, panels=3, columns=3)
    wide, narrow = chart.svg(), chart.svg(narrow=True)
    assert [frame.columns for frame in frames] == [3, 1]
    assert [[frame.opens_row(panel) for panel in range(3)] for frame in frames] == [[True, False, False], [True] * 3]
    assert wide.count("<text") == narrow.count("<text") > 10


def test_a_lighter_drawing_is_the_same_drawing() -> None:
    """Numbers in text keep their digits; a path written in steps ends where it ended."""

    def draw(frame: Frame) -> None:
        frame.panels[0].plot([0.0, 1.0, 2.0], [0.0, 1.0, 0.5])
        frame.panels[0].set_title("0.125 = 1/8")

    drawing = Chart("x", "c", "s", "n", pd.DataFrame(), draw).svg()
    assert ">0.125 = 1/8<" in drawing
    assert ">1.75<" in drawing


def test_a_path_in_steps_goes_where_it_went() -> None:
    assert steps("M 1 2 L 1.5 2 L 2.5 2 L 2 2 L 2 2 L 2 3.04 L 2.2 2 z") == "M1,2h1.5-.5v1l.2-1z"
    assert steps("M 0 0 C 1 1 2 1 3 0 C 4 -1 5 -1 6 0") == "M0,0c1,1,2,1,3,0,1-1,2-1,3,0"


def test_a_drawing_tells_styles_and_areas_once_and_names_only_what_is_used() -> None:
    area = '<clipPath id="p0123456789"><rect x="0" y="0" width="9.04" height="9"/></clipPath>'
    line = '<path d="M 0 0 L 1 1" clip-path="url(#p0123456789)" style="fill: none; stroke: #dddddd"/>'
    groups = f'<g id="axes_1"><g transform="translate(1 1)">{line}</g>{line}</g>'
    svg = lighter(
        f"<svg><defs><style>*{{stroke: x}}</style></defs>{groups}<path id='m1'/>{area}</svg>".replace("'", '"')
    )
    assert svg.count("#ddd}") == svg.count("clip-path") == 1
    assert svg.count("<g") == svg.count("</g>") == 1
    assert svg.count("class='s1 s0'") == 2
    assert "id='i0'><rect x='0' y='0' width='9' height='9'/>" in svg
    assert "m1" not in svg
