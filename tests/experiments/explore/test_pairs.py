"""Pairs of runs, their shares and fans: from real runs on real worker processes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from experiments.batch.worker import build, run_one
from experiments.explore import answers, parts
from experiments.explore.asked import WITH, WITHOUT, Asked, Looking
from experiments.explore.one_run import economy_of, quarter_of, web_of
from experiments.explore.pairs import Pair, PairRunner
from experiments.explore.sketches import EPISODES, NEED_THE_TWIN, TRUNKS, answer, is_whole, sketch
from simulation.errors import CircuitError

PATIENCE = 600.0  # seconds: workers may have to compile first
STIMULUS = Asked(levers=(("stimulus", 0.05),), runs=3)


@pytest.fixture(scope="module")
def runner() -> Iterator[PairRunner]:
    with PairRunner(workers=1) as found:
        yield found


@pytest.fixture(scope="module")
def pairs(runner: PairRunner) -> list[Pair]:
    runner.ask("reader", STIMULUS)
    assert runner.wait(STIMULUS, PATIENCE)
    return runner.pairs(STIMULUS)


def test_both_runs_of_a_pair_are_those_of_their_seed(pairs: list[Pair]) -> None:
    assert [pair.seed for pair in pairs] == [1, 2, 3]
    specs = STIMULUS.plan.specs
    for arm, rows in ((0, pairs[1].without), (1, pairs[1].changed)):
        outcome = run_one(specs.of(1, arm))["outcome"]
        assert rows["outcome"] == {column: outcome[column] for column in ("outcome", *EPISODES.values())}


UNTRACED = {"circularity", "circularity_own", "debt_rank_actor", "debt_rank_largest", "debt_rank_sector"}
QUESTIONS = {
    "from an opening": Asked(runs=2),
    "from now": Asked(vintage="now", runs=2),
    "a lever that moves later": Asked(levers=(("policy_rate", 0.02),), start=7, runs=1),
    "a lever that moves at once": Asked(levers=(("policy_rate", 0.02),), start=1, runs=1),
    "a lever that moves later, from now": Asked(levers=(("policy_rate", 0.02),), start=7, vintage="now", runs=1),
    "a lever and a parameter": Asked(levers=(("stimulus", 0.02),), parameters=(("gamma", 0.03),), runs=1),
    "a scenario with a policy": Asked(scenario="key-player-failure", policies=("bail-out",), runs=1),
}


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=list(QUESTIONS))
def test_a_sketch_is_the_run_itself_and_lacks_what_needs_the_twin_or_is_read_by_no_rule(asked: Asked) -> None:
    for spec in asked.plan.specs:
        drawn, run = sketch(spec), answer(spec)
        whole = run["outcome"]
        missing = {EPISODES[kind] for kind in NEED_THE_TWIN}
        assert drawn["outcome"] == {column: told for column, told in whole.items() if column not in missing}
        assert not is_whole(drawn)
        assert is_whole(run)
        for name, values in drawn["series"].items():
            if name in UNTRACED:
                assert np.isnan(values).all(), name
                assert np.isfinite(run["series"][name]).all(), name
            else:
                assert values.tobytes() == run["series"][name].tobytes(), name


def test_what_sketches_lack_is_drawn_of_the_whole_runs_alone(pairs: list[Pair]) -> None:
    specs = STIMULUS.plan.specs
    drawn = Pair(1, sketch(specs.of(0, 0)), sketch(specs.of(0, 1)))
    alone, mixed = (answers.fan_of(some, STIMULUS, "circularity") for some in (pairs[1:2], [drawn, pairs[1]]))
    np.testing.assert_array_equal(mixed.changed, alone.changed)
    assert np.isnan(answers.fan_of([drawn], STIMULUS, "circularity").changed).all()


def test_quarters_before_a_lever_moves_are_passed_once_for_all_its_values() -> None:
    TRUNKS.clear()
    for rate in (0.01, 0.02, 0.03):
        sketch(Asked(levers=(("policy_rate", rate),), runs=1).plan.specs.of(0, 1))
    assert len(TRUNKS) == 1
    sketch(Asked(levers=(("policy_rate", 0.03),), start=9, runs=1).plan.specs.of(0, 1))
    assert len(TRUNKS) == 1, "one is kept unless a worker asks for more"


def test_of_sketches_it_is_said_what_is_to_come() -> None:
    good = ("paid off, no episode", False)
    pairs = made_up([good] * 20, [good] * 20)
    for pair in pairs[10:]:
        for rows in (pair.without, pair.changed):
            for kind in NEED_THE_TWIN:
                del rows["outcome"][EPISODES[kind]]
    assert "20 of 100 pairs; macro and systemic episodes known for 10 of 20." in parts.answer(Asked(), pairs)
    assert "to come" not in parts.answer(Asked(), pairs)
    sketches = parts.answer(Asked(), pairs[10:])
    assert "10 of 100 pairs; macro and systemic episodes to come." in sketches
    assert sketches.count("to come") == len(NEED_THE_TWIN) + 1


def test_before_its_quarter_a_lever_changes_nothing_and_from_then_on_it_does(pairs: list[Pair]) -> None:
    for pair in pairs:
        change = pair.changed["series"]["real_gdp"] - pair.without["series"]["real_gdp"]
        assert not change[: STIMULUS.start - 1].any()
        assert change[STIMULUS.start - 1 : STIMULUS.start + 3].sum() > 0.0  # the government buys more


def test_runs_that_are_known_are_not_computed_again(runner: PairRunner, pairs: list[Pair]) -> None:
    before = runner.computed
    more = Asked(levers=(("stimulus", 0.02),), runs=3)
    runner.ask("reader", more)
    assert runner.wait(more, PATIENCE)
    assert runner.computed == before + 3 * 2  # three sketches, three runs; those without the changes were there
    assert [pair.without for pair in runner.pairs(more)] == [pair.without for pair in pairs]


def test_a_new_question_takes_the_place_of_the_old_one(runner: PairRunner) -> None:
    old, new = (Asked(levers=(("stimulus", size),), runs=runs) for size, runs in ((0.03, 200), (0.04, 2)))
    runner.ask("reader", old)
    runner.ask("reader", new)
    assert runner.wait(new, PATIENCE)
    assert len(runner.pairs(old)) < 200
    runner.forget("reader")


def test_a_question_that_is_not_allowed_is_refused_and_the_one_before_stays(runner: PairRunner) -> None:
    with pytest.raises(CircuitError, match="tariff"):
        runner.ask("reader", Asked(levers=(("tariff", 99.0),)))
    runner.ask("reader", STIMULUS)
    assert runner.wait(STIMULUS, PATIENCE)


def made_up(endings: list[tuple[str, bool]], changed: list[tuple[str, bool]]) -> list[Pair]:
    def rows(ending: str, pullback: bool) -> dict[str, object]:
        flags = dict.fromkeys(EPISODES.values(), False) | {"pullback": pullback}
        return {"outcome": {"outcome": ending, **flags}}

    both = zip(endings, changed, strict=True)
    return [Pair(seed, rows(*one), rows(*other)) for seed, (one, other) in enumerate(both, 1)]  # type: ignore[arg-type]


def test_shares_count_runs_and_the_change_counts_pairs() -> None:
    bad, good = ("collapsed", True), ("paid off, no episode", False)
    pairs = made_up([bad] * 6 + [good] * 4, [bad] * 2 + [good] * 4 + [bad] + [good] * 3)
    pullback = answers.episodes_of(pairs)[0]
    assert (pullback.without.value, pullback.changed.value) == (0.6, 0.3)
    assert pullback.effect.value == pytest.approx(-0.3)
    collapsed = next(share for share in answers.endings_of(pairs) if share.name == "collapsed")
    assert (collapsed.without.value, collapsed.changed.value) == (0.6, 0.3)
    told = answers.sentence(pairs, STIMULUS)
    assert "Of 10 pairs 4 are saved from it and 1 get one." in told
    assert "do not establish" in told  # -30 points of 10 pairs reach beyond zero


def test_a_run_that_broke_off_is_said_and_left_out() -> None:
    good = ("paid off, no episode", False)
    pairs = [
        *made_up([good] * 3, [good] * 3),
        Pair(4, {"failure": {"kind": "Breach"}}, {"failure": {"kind": "Breach"}}),
    ]
    assert answers.failed(pairs) == 2
    assert answers.episodes_of(pairs)[0].without.n == 3
    assert "2 of 8 runs failed" in parts.answer(STIMULUS, pairs)


def test_a_fan_holds_the_runs_and_the_record(pairs: list[Pair]) -> None:
    fan = answers.fan_of(pairs, STIMULUS, "big4_capex")
    runs = np.array([pair.changed["series"]["big4_capex"] for pair in pairs])
    assert fan.quarters[0] == "2025Q1"
    np.testing.assert_allclose(fan.changed[2], np.median(runs, axis=0), rtol=1e-6)
    assert fan.record["2025Q3"] > fan.record["2022Q1"] > 0.0
    assert answers.fan_of(pairs, STIMULUS, "coverage").record == {}
    drawn = parts.fans(STIMULUS, pairs, Looking())
    assert drawn.count("<svg") == len(parts.FANS)
    assert "nan" not in drawn


def test_a_run_that_is_opened_up_is_the_run_of_its_pair(pairs: list[Pair]) -> None:
    for side, rows in ((WITHOUT, pairs[1].without), (WITH, pairs[1].changed)):
        economy = economy_of(STIMULUS, 2, side)
        assert economy.outcome.ending == rows["outcome"]["outcome"]
    assert build(STIMULUS.plan.specs.of(1, 1)).scenario == economy_of(STIMULUS, 2).scenario
    chart = web_of(economy_of(STIMULUS, 2), quarter_of(STIMULUS, "2027Q2"))
    assert "2027Q2" in chart.claim
    looking = Looking(seed=2, agent="Oracle")
    assert parts.books(STIMULUS, looking).count("<tr>") == 1 + 1 + STIMULUS.plan.study.horizon
    assert "late-chips" not in parts.story(STIMULUS, looking)
    with pytest.raises(CircuitError, match="allowed: 2024Q4 to 2034Q4"):
        parts.web(STIMULUS, Looking(quarter="1999Q1"))
