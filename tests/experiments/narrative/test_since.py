"""A run from an ensemble is told from the quarter in which its question begins."""

from __future__ import annotations

import pytest

from experiments.batch.worker import build, run_one
from experiments.ensembles.start import past_of
from experiments.methods.autopsy import dissect
from experiments.methods.one_run import by_quarter
from experiments.narrative.since import RunSince, since
from experiments.narrative.story import tell
from experiments.study.schema import RunSpec, parse_study, plan
from simulation import Economy

PAST = past_of("now")


def spec_of(seed: int) -> RunSpec:
    return plan(parse_study({"vintage": "now", "seed": seed, "runs": 1, "firms": 60}, "")).specs[0]


@pytest.fixture(scope="module")
def economy() -> Economy:
    return build(spec_of(1), keep_books=True).run()


def test_the_story_begins_where_the_record_ends(economy: Economy) -> None:
    told = since(economy, PAST, 1)
    assert tell(told)[0].startswith("baseline, seed 1, 2025Q4 to 2035Q3: ")
    assert not any("2023" in paragraph or "2024" in paragraph for paragraph in tell(told))
    assert told.label(0) == "2025Q3"
    assert set(told.events["quarter"]) <= set(told.history.index)
    assert set(told.firm_history["quarter"]) == set(told.history.index)


def test_it_is_told_as_a_study_stores_it(economy: Economy) -> None:
    stored, told = run_one(spec_of(1))["outcome"], since(economy, PAST, 1).outcome
    assert (stored["outcome"], stored["gdp_gain"]) == (told.ending, told.scores["gdp_gain"])
    assert told.scores["gdp_gain"] != economy.outcome.scores["gdp_gain"]  # that is against a boom that stopped earlier


def test_a_run_without_a_past_is_the_economy_itself(economy: Economy) -> None:
    assert since(economy, 0, 1) is economy
    assert isinstance(since(economy, PAST, 1), RunSince)


def test_a_balance_sheet_opens_on_the_quarter_in_which_the_run_stands(economy: Economy) -> None:
    sheet = by_quarter(economy, "OpenAI", economy.balance_sheet, PAST)
    assert (sheet.index[0], sheet.index[-1]) == ("2025Q3", "2035Q3")


def test_an_autopsy_looks_for_nothing_in_the_past() -> None:
    quarter = {seed: run_one(spec_of(seed))["outcome"]["pullback_quarter"] for seed in range(1, 12)}
    early = min((seed for seed in quarter if quarter[seed] == quarter[seed]), key=lambda seed: quarter[seed])
    found = dissect(build(spec_of(early)))
    assert found.pullback.start == PAST + quarter[early]
    assert found.removed
    assert all(each.link.quarter > PAST for each in found.removed)
