"""From runs to an answer: tables count what was run, and sentences say what the tables show."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments import compare
from experiments.analysis import PULLBACK_OR_BUST, SENSITIVITY, Analysis
from experiments.figures.effects import draw_effects
from experiments.figures.outcomes import draw_outcomes
from experiments.runner import BatchReport
from experiments.study import Plan, Study, plan

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
                "outcome": ("systemic bust" if spec.seed % 2 else "pullback") if bad else "payoff",
                "late": bad and spec.seed <= 3,
                "gdp_gap": -0.01 - 0.001 * (spec.seed % 7) + 0.002 * policy,
                "capex_peak": 150.0 + spec.seed,
                "coverage_star_end": 0.9,
                f"{SENSITIVITY}capex_fall -20%": "pullback",
                f"{SENSITIVITY}capex_fall +20%": "payoff",
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
    assert shares.loc[("baseline", "payoff"), "share"] == 0.5
    assert shares.loc[("baseline", "late payoff"), "count"] == 3
    policy = shares.loc["baseline + fed-put"]
    assert set(policy["n"]) == {RUNS - 1}
    assert set(policy["failed"]) == {1}
    assert (shares["low"] <= shares["share"]).all()
    assert (shares["share"] <= shares["high"]).all()


def test_effects_are_paired_by_seed_and_leave_out_failed_pairs(analysis: Analysis) -> None:
    (effect,) = analysis.effects_on(PULLBACK_OR_BUST)
    assert effect.flips is not None
    assert (effect.flips.saved, effect.flips.harmed, effect.flips.n) == (SAVED, 0, RUNS - 1)
    assert effect.estimate.value == pytest.approx(-100 * SAVED / (RUNS - 1))
    assert effect.established
    gdp = next(effect for effect in analysis.effects if effect.measure.name.startswith("GDP"))
    assert gdp.estimate.value == pytest.approx(0.2)
    assert gdp.precision.value > 1e6


def test_the_answer_is_written_from_the_numbers(analysis: Analysis) -> None:
    sentence = compare.headline(analysis)
    assert "Of 60 baseline runs, 50% (38-62) end in an investor pullback or a systemic bust" in sentence
    assert f"fed-put saves 20 points ({SAVED} runs saved, 0 harmed)" in sentence


def test_the_reader_is_told_what_hangs_on_gamma_and_on_thresholds(analysis: Analysis) -> None:
    text = " ".join(compare.caveats(analysis, BatchReport(120, 0, 1, 10.0, 2)))
    assert "conditional on gamma" in text
    assert "payoff in 0% (0-24, n 20) of baseline runs with gamma up to 0.020, in 100% (76-100, n 20)" in text
    assert "between 0% and 100% (n 60)" in text
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


@pytest.mark.parametrize("draw", [draw_outcomes, draw_effects])
def test_each_figure_comes_with_its_data(analysis: Analysis, draw: object, tmp_path: Path) -> None:
    assert callable(draw)
    draw(analysis, tmp_path / "figures" / "figure.png")
    assert (tmp_path / "figures" / "figure.png").read_bytes()[:4] == b"\x89PNG"
    assert len(pd.read_csv(tmp_path / "figures" / "figure.csv")) >= 6


def test_the_results_folder_is_named_after_the_study_and_nothing_dangerous(analysis: Analysis) -> None:
    study = analysis.plan.study.model_copy(update={"title": "../../etc & more"})
    folder = compare.default_folder(Plan(study, analysis.plan.arms, analysis.plan.specs))
    assert folder.parent.name == "results"
    assert set(folder.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
