"""Runs from now come from several smoothers: shares are told with what lies between them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import statistics as st
from experiments.analysis.analysis import Analysis
from experiments.analysis.incidence import incidence_by
from experiments.analysis.measures import PAID_OFF, PULLBACK
from experiments.ensembles.ensemble import Ensemble
from experiments.ensembles.unknowns import Unknowns
from experiments.methods.smoothers import GAMMA, by_smoother, of_gamma
from experiments.report.section import Findings
from experiments.report.sections.precision import write
from experiments.study.designs import PULLBACK as COLUMN
from experiments.study.schema import Study, plan
from simulation.disturbances.process import SLOTS
from tests.experiments.analysis.test_analysis import failures_of, parameters_of, runs_of, series_of

UNKNOWNS = Unknowns(("gamma",), SLOTS[:1], quarters=1)
RUNS = 60


def pool(members: int = 8, smoothers: int = 4) -> Ensemble:
    vectors = UNKNOWNS.draw(members, seed=4)
    return Ensemble(UNKNOWNS, vectors, np.arange(members), "2022Q4", "2023Q1", {}, smoothers)


def analysis_of(ensemble: Ensemble, folder: Path) -> Analysis:
    """Sixty made-up baseline runs of which the first thirty seeds have a pullback."""
    file = folder / f"of-{ensemble.smoothers}.ensemble"
    file.write_bytes(ensemble.bytes())
    planned = plan(Study(vintage=str(file), policies=["fed-put"], runs=RUNS, quarters=6, firms=10))
    return Analysis(
        planned, runs_of(planned), failures_of(planned).iloc[:0], parameters_of(planned), series_of(planned)
    )


def only_in(analysis: Analysis, smoothers: list[int]) -> Analysis:
    """The same study in which runs have a pullback if they start from some smoothers, and else none."""
    happened = np.isin(analysis.runs["seed"] % 4, smoothers)
    quarters = np.where(happened, 2.0, np.nan)
    return replace(analysis, runs=analysis.runs.assign(**{COLUMN: happened, "pullback_quarter": quarters}))


def test_a_share_that_hangs_on_the_smoother_is_told_with_an_interval_as_wide_as_few_smoothers_allow(
    tmp_path: Path,
) -> None:
    even = analysis_of(pool(), tmp_path)
    torn = only_in(even, [0, 1])
    alone = st.probability(30, 60)
    near, wide = (analysis.share(analysis.reference, PULLBACK) for analysis in (even, torn))
    assert near[::3] == wide[::3] == (0.5, 60)
    assert near.high - near.low > 1.3 * (alone.high - alone.low)
    assert incidence_by(torn, torn.reference, PULLBACK.name, torn.dates[-1]) == wide
    assert wide.high - wide.low > 0.8


def test_runs_from_one_smoother_are_told_as_ever(tmp_path: Path) -> None:
    analysis = analysis_of(pool(smoothers=1), tmp_path)
    assert analysis.share(analysis.reference, PULLBACK) == st.probability(30, 60)
    assert analysis.smoothers.empty


def test_effects_are_paired_on_the_same_members_and_need_no_more_runs_for_it(tmp_path: Path) -> None:
    one, several = (analysis_of(pool(smoothers=number), tmp_path) for number in (1, 4))
    pd.testing.assert_frame_equal(one.effect_table, several.effect_table)


def test_the_table_of_smoothers_holds_their_shares_and_what_is_more_than_chance_between_them(tmp_path: Path) -> None:
    torn = only_in(analysis_of(pool(), tmp_path), [0])
    rows = torn.smoothers.set_index("answer")
    told = rows.loc[f"investment pullback by {torn.dates[-1]}"]
    # Seeds count from 1, so that member 1 of smoother 1 is the first.
    assert [told[f"smoother {k}"] for k in (1, 2, 3, 4)] == [1.0, 0.0, 0.0, 0.0]
    assert told["share"] == 0.25
    assert told["beyond_chance"] == pytest.approx(0.5)
    assert told["low"] < told["chance_low"] < 0.25 < told["chance_high"] < told["high"]
    assert rows.loc[PAID_OFF.name, "beyond_chance"] < 0.1


def test_the_report_tells_how_far_smoothers_lie_apart_and_nothing_where_there_is_one(tmp_path: Path) -> None:
    several, one = (write(Findings(analysis_of(pool(smoothers=number), tmp_path), {})) for number in (4, 1))
    assert several is not None
    assert one is not None
    title = "How far the inferences behind these runs lie apart"
    assert [table.caption.startswith(title) for table in several.tables].count(True) == 1
    assert not any(table.caption.startswith(title) for table in one.tables)


def test_smoothers_of_an_ensemble_are_told_from_its_runs(tmp_path: Path) -> None:
    ensemble = pool()
    file = tmp_path / "pool.ensemble"
    file.write_bytes(ensemble.bytes())
    found = by_smoother(str(file), runs=8, firms=10, workers=1)
    assert {f"smoother {k}" for k in (1, 2, 3, 4)} <= set(found.columns)
    assert set(found["n"]) == {8}
    gamma = of_gamma(ensemble).iloc[0]
    assert gamma["answer"] == GAMMA
    assert gamma["smoother 2"] == pytest.approx(float(np.median(ensemble.parameters()["gamma"][[1, 5]])))
