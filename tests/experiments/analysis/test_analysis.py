"""From runs to an answer: tables count what was run, and sentences say what the tables show."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.analysis import SENSITIVITY, Analysis
from experiments.analysis.measures import PULLBACK
from experiments.analysis.runs import SERIES
from experiments.analysis.tables import all_tables
from experiments.batch.runner import BatchReport
from experiments.figures.chart import Chart
from experiments.figures.effects import effect_chart
from experiments.figures.outcomes import outcome_chart
from experiments.methods import compare
from experiments.store.results import Results
from experiments.study.schema import Plan, Study, plan
from tests.experiments.made_up import findings, outcome_row, stored

RUNS = 60
SAVED = 12


@pytest.fixture
def analysis() -> Analysis:
    """A made-up study: 30 of 60 baseline runs end badly, the policy saves 12, one run of it failed."""
    planned = plan(Study(policies=["fed-put"], runs=RUNS, quarters=6, firms=10))
    return Analysis(planned, runs_of(planned), failures_of(planned), parameters_of(planned), series_of(planned))


def runs_of(planned: Plan) -> pd.DataFrame:
    rows = []
    for spec in planned.specs:
        policy = "fed-put" in spec.arm
        if policy and spec.seed == RUNS:
            continue
        bad = spec.seed <= (30 - SAVED if policy else 30)
        rows.append(
            {
                "run_id": spec.run_id,
                "arm": spec.arm,
                "seed": spec.seed,
                **outcome_row(
                    bad,
                    systemic=bad and spec.seed <= 3,
                    gdp_shortfall=0.01 + 0.001 * (spec.seed % 7) - policy * (0.002 + 0.0002 * (spec.seed % 3 - 1)),
                    capex_peak=150.0 + spec.seed,
                    boom_return_half=-0.1 if bad else 0.1,
                    pullback_quarter=float(1 + spec.seed % 5) if bad else float("nan"),
                ),
                f"{SENSITIVITY}capex_fall -20%": True,
                f"{SENSITIVITY}capex_fall +20%": False,
            }
        )
    return pd.DataFrame(rows)


def failures_of(planned: Plan) -> pd.DataFrame:
    spec = planned.specs[-1]
    return pd.DataFrame([{"run_id": spec.run_id, "arm": spec.arm, "seed": spec.seed, "message": "broken"}])


def parameters_of(planned: Plan) -> pd.DataFrame:
    return pd.DataFrame({"run_id": spec.run_id, "gamma": 0.001 * spec.seed} for spec in planned.specs)


def series_of(planned: Plan) -> pd.DataFrame:
    rows = [
        {"run_id": spec.run_id, "quarter": quarter, "date": f"2025Q{quarter}", "ai_capex": 100.0 + quarter}
        for spec in sorted(planned.specs, key=lambda spec: spec.run_id)
        for quarter in range(1, 7)
    ]
    return pd.DataFrame(rows)


def test_shares_are_counted_over_finished_runs_and_failures_beside(analysis: Analysis) -> None:
    shares = analysis.shares.set_index(["arm", "outcome"])
    assert shares.loc[("baseline", "paid off, no episode"), "share"] == 0.5
    assert shares.loc[("baseline", "investment pullback"), "share"] == 0.5
    assert shares.loc[("baseline", "systemic episode"), "count"] == 3
    policy = shares.loc["baseline + fed-put"]
    assert set(policy["n"]) == {RUNS - 1}
    assert set(policy["failed"]) == {1}
    assert (shares["low"] <= shares["share"]).all()
    assert (shares["share"] <= shares["high"]).all()


def test_effects_are_paired_by_seed_and_leave_out_failed_pairs(analysis: Analysis) -> None:
    (effect,) = analysis.effects_on(PULLBACK)
    assert effect.flips is not None
    assert (effect.flips.saved, effect.flips.harmed, effect.flips.n) == (SAVED, 0, RUNS - 1)
    assert effect.estimate.value == pytest.approx(-100 * SAVED / (RUNS - 1))
    assert effect.established
    gdp = next(effect for effect in analysis.effects if effect.measure.name.startswith("GDP"))
    assert gdp.estimate.value == pytest.approx(0.2, abs=1e-3)
    assert gdp.precision.value > 100


def test_the_answer_is_written_from_the_numbers(analysis: Analysis) -> None:
    sentence = compare.headline(analysis)
    assert "Of 60 baseline runs, an investment pullback comes in 50% (38-62) by 2025Q6" in sentence
    assert "in 50% (38-62) the money invested from 2025Q4 to 2028Q4 earns its cost of capital by 2025Q6" in sentence
    assert "in the median pullback GDP falls back by 1.3 (1.2 to 1.4) percent relative to" in sentence
    assert f"fed-put saves 20 (12 to 32) points ({SAVED} runs saved, 0 harmed of {RUNS - 1} pairs)" in sentence


def test_the_reader_is_told_what_hangs_on_gamma_and_on_thresholds(analysis: Analysis) -> None:
    text = " ".join(compare.caveats(analysis, BatchReport(120, 0, 1, 10.0, 2, 60)))
    assert "conditional on gamma" in text
    assert (
        "AI investment pays off in 0% (0-16, n 20) of baseline runs with gamma up to 0.020, in 100% (84-100, n 20)"
        in text
    )
    assert "between 0% (0-6, n 60) and 100% (94-100, n 60)" in text
    assert "1 of 120 runs failed" in text


def test_a_study_whose_runs_all_failed_still_answers(analysis: Analysis) -> None:
    empty = Analysis(
        analysis.plan,
        analysis.runs.iloc[:0],
        analysis.failures,
        analysis.parameters,
        analysis.series.iloc[:0],
    )
    assert "No run of baseline finished" in compare.headline(empty)
    assert compare.share_table(empty).row_count == 2


def test_booms_without_a_pullback_are_censored_not_counted_as_long(analysis: Analysis) -> None:
    times = analysis.time_to_pullback.set_index("arm")
    baseline, policy = times.loc["baseline"], times.loc["baseline + fed-put"]
    assert (baseline["pullbacks"], baseline["censored"]) == (30, 30)
    assert (policy["pullbacks"], policy["censored"], policy["n"]) == (18, RUNS - 1 - 18, RUNS - 1)
    assert policy["median_quarters"] == float("inf")
    assert 0.0 < policy["log_rank_p"] < 0.1
    curves = analysis.survival
    assert (curves["low"] <= curves["share"]).all()
    assert curves.groupby("arm")["share"].last()["baseline"] == pytest.approx(0.5)


def test_every_table_has_an_interval_and_a_count_in_each_row(analysis: Analysis) -> None:
    tables = all_tables(analysis)
    for name in ("time_to_pullback", "survival", "tail_risk", "failed_run_bounds", "convergence", "regret", "decision"):
        assert len(tables[name]), name
        assert "n" in tables[name].columns, name
        assert sum(column.endswith("low") for column in tables[name]) >= 1, name
        assert sum(column.endswith("high") for column in tables[name]) >= 1, name


def test_the_tail_of_sixty_runs_is_refused_and_the_reader_is_told_how_many_it_takes(analysis: Analysis) -> None:
    table = analysis.tails
    assert table["value"].isna().all()
    assert set(table["n"]) == {RUNS, RUNS - 1}
    assert any("n below 400" in str(cell) for column in compare.risk_table(analysis).columns for cell in column.cells)


def test_failed_runs_are_bounded_as_good_and_as_bad_and_the_reader_is_told(analysis: Analysis) -> None:
    bounds = analysis.bounds.set_index(["arm", "measure", "failed_runs_count_as"])["value"].sort_index()
    share = bounds["baseline + fed-put", "share of runs with an investment pullback"]
    assert share["good endings"] == pytest.approx(100 * 18 / RUNS)
    assert share["bad endings"] == pytest.approx(100 * 19 / RUNS)
    effect = bounds["baseline + fed-put", "effect of runs with an investment pullback"]
    assert effect["good endings"] == pytest.approx(-100 * SAVED / RUNS)
    assert effect["bad endings"] == pytest.approx(-100 * (SAVED - 1) / RUNS)
    text = " ".join(compare.caveats(analysis, BatchReport(120, 0, 1, 10.0, 2, RUNS)))
    assert "(1 of 60 in baseline + fed-put): investment pullback in 30% (20-43) or 32% (21-44)" in text


def test_the_policy_that_saves_runs_is_the_one_not_regretted(analysis: Analysis) -> None:
    decision = all_tables(analysis)["decision"].set_index(["measure", "policy"])
    assert decision.loc[("investment pullback", "fed-put"), "worst_regret"] == 0.0
    nothing = decision.loc[("investment pullback", "no policy")]
    assert nothing["worst_regret"] == nothing["expected_regret"] == pytest.approx(100 * SAVED / (RUNS - 1))
    assert decision.loc[("paid off", "no policy"), "worst_state"] == "baseline"


def test_a_study_without_policies_has_nothing_to_decide() -> None:
    planned = plan(Study(runs=RUNS, quarters=6, firms=10))
    study = Analysis(planned, runs_of(planned), failures_of(planned), parameters_of(planned), series_of(planned))
    assert all(table.empty for table in study.regret.values())


def test_hazards_add_up_to_the_incidence_and_a_first_pullback_is_counted_once(analysis: Analysis) -> None:
    table = analysis.incidence
    for _, rows in table[table["kind"] == "investment pullback"].groupby("arm"):
        hazard = rows[rows["what"] == "hazard"].set_index("until")["share"]
        incidence = rows[rows["what"] == "incidence"].set_index("until")["share"]
        assert np.allclose(1.0 - np.cumprod(1.0 - hazard), incidence)
        assert 0.0 < incidence.iloc[-1] < 1.0


def test_no_table_is_worked_out_twice(analysis: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    for name in ("tails", "bounds", "time_to_pullback"):
        table = vars(Analysis)[name]
        monkeypatch.setattr(table, "func", lambda study, f=table.func, n=name: counted.append(n) or f(study))
    compare.risk_table(analysis)
    compare.caveats(analysis, BatchReport(120, 0, 1, 10.0, 2, RUNS))
    all_tables(analysis)
    assert sorted(counted) == ["bounds", "tails", "time_to_pullback"]


def test_an_analysis_reads_of_the_series_what_is_shown(tmp_path: Path) -> None:
    made = findings(runs=4, failing=1, prior=False)
    extra = replace(made.analysis, series=made.analysis.series.assign(never_shown=1.0))
    folder = stored(replace(made, analysis=extra), tmp_path / "results")
    read = Analysis.of(made.analysis.plan, Results(folder, made.analysis.plan.identity))
    assert set(read.series) == set(made.analysis.series) <= set(SERIES)


def test_paths_are_in_the_order_of_the_seeds() -> None:
    analysis = findings(runs=9).analysis
    paths = analysis.paths(analysis.reference, "ai_capex")
    ids = analysis.finished(analysis.reference)["run_id"]
    assert list(ids) != sorted(ids)
    for path, run_id in zip(paths, ids, strict=True):
        assert list(path) == list(analysis.series.loc[analysis.series["run_id"] == run_id, "ai_capex"])


def test_every_number_in_the_tables_of_the_screen_has_its_interval_and_its_n(analysis: Analysis) -> None:
    tables = (compare.ending_effect_table, compare.output_effect_table, compare.risk_table)
    columns = [column for table in tables for column in table(analysis).columns]
    cells = {str(column.header).replace("\n", " "): list(column.cells) for column in columns}
    assert cells["pairs"] == [str(RUNS - 1)]
    assert cells["runs"] == [str(RUNS), str(RUNS - 1)]
    assert re.fullmatch(r"x[\d,.]+ \([\d,.]+-[\d,.]+\)", str(cells["times fewer seeds (95%)"][0]))


def test_the_ends_of_a_grid_are_told_with_intervals_and_counts() -> None:
    told = compare.headline(findings(runs=30, prior=False, grid={"gamma": [0.007, 0.15]}).analysis)
    share = r"\d+% \(\d+-\d+, n 30\)"
    place = r"gamma=0\.\d+"
    part = f"from {share} at {place} to {share} at {place}"
    assert re.fullmatch(f"AI investment pays off {part} of runs; investment pullbacks come {part}\\..*", told)


@pytest.mark.parametrize("chart_of", [outcome_chart, effect_chart])
def test_each_figure_comes_with_its_data(
    analysis: Analysis, chart_of: Callable[[Analysis], Chart], tmp_path: Path
) -> None:
    chart = chart_of(analysis)
    chart.save(tmp_path)
    assert (tmp_path / f"{chart.name}.png").read_bytes()[:4] == b"\x89PNG"
    assert len(pd.read_csv(tmp_path / f"{chart.name}.csv")) >= 6


def test_the_results_folder_is_named_after_the_study_and_nothing_dangerous(analysis: Analysis) -> None:
    study = analysis.plan.study.model_copy(update={"title": "../../etc & more"})
    folder = compare.default_folder(Plan(study, analysis.plan.arms, analysis.plan.specs))
    assert folder.parent.name == "results"
    assert set(folder.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
