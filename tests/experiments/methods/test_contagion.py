"""What a blow costs: paired losses with intervals, and the runs that failed counted and told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.contagion import NUMBERS, SHOWN, Loss, amplified, shown, table, told
from experiments.batch.worker import Rows, failure
from experiments.methods import contagion, run_ups
from experiments.methods.contagion import Blow
from experiments.study.schema import RunSpec, Study
from simulation import Scenario

QUARTERS = 12


def rows_of(spec: RunSpec) -> Rows:
    """A made-up run: with the blow the AI sector is worth a tenth less from the fifth quarter on."""
    lost = 0.1 if spec.scenario.name == "struck" else 0.0
    worth = 100.0 + np.random.default_rng(spec.seed).random() + np.zeros(QUARTERS)
    worth[4:] *= 1.0 - lost
    nothing = np.zeros(QUARTERS)
    series = {"ai_value": worth, "ai_credit_losses": nothing, "forced_loss": nothing, "real_gdp": worth}
    dates = [f"{2025 + quarter // 4}Q{quarter % 4 + 1}" for quarter in range(QUARTERS)]
    events: dict[str, list[Any]] = {"quarter": [], "event": [], "channel": []}
    return Rows(series={**series, "date": dates}, events=events)


def compute(specs: Iterable[RunSpec], *_: Any, **__: Any) -> Iterator[tuple[RunSpec, Rows]]:
    """Every run finishes but one: the third seed's with the blow."""
    for spec in specs:
        broken = spec.seed == 3 and spec.scenario.name == "struck"
        yield spec, failure(ArithmeticError("broken")) if broken else rows_of(spec)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> contagion.Losses:
    monkeypatch.setattr(contagion, "compute", compute)
    calm = Scenario.load("baseline")
    blow = Blow("it strikes", replace(calm, name="struck").with_parameters(gamma=0.05), calm, 5)
    return contagion.losses([blow], Study(runs=20, quarters=QUARTERS, firms=10, prior=False), workers=1)


def test_a_run_that_fails_is_counted_and_its_seed_left_out(found: contagion.Losses) -> None:
    assert (found.failed, found.tried) == (1, 40)
    (row,) = table(found.by_blow, seeds=20).to_dict("records")
    assert (row["n"], row["seeds failed"]) == (19, 1)
    assert 3 not in {loss.seed for loss in found.by_blow["it strikes"]}


def test_every_number_has_its_interval_in_the_data_and_on_the_screen(found: contagion.Losses) -> None:
    frame = table(found.by_blow, seeds=20)
    for name in NUMBERS:
        assert (frame[f"{name} low"] <= frame[name] + 1e-12).all()
        assert (frame[name] <= frame[f"{name} high"] + 1e-12).all()
    (row,) = shown(frame).to_dict("records")
    assert all(re.fullmatch(r"-?[\d.]+ \(-?[\d.]+ to -?[\d.]+\)", row[name]) for name in SHOWN)
    few = shown(table({"it strikes": found.by_blow["it strikes"][:5]}, seeds=5))
    assert few["total loss"].iloc[0].endswith("(too few runs)")


def blows(direct: list[float], total: list[float]) -> pd.DataFrame:
    runs = [Loss(seed, *losses, 0.0, 0, {}, {}) for seed, losses in enumerate(zip(direct, total, strict=True))]
    return table({"it strikes": runs}, seeds=len(runs))


def test_an_amplification_of_a_first_blow_that_may_be_nothing_is_not_shown() -> None:
    wobble = [1.0, -1.0] * 10
    tiny = blows([0.001 + 0.1 * each for each in wobble], [5.0 + each for each in wobble])
    (row,) = tiny.to_dict("records")
    assert not told(row)
    assert shown(tiny)["amplification"].tolist() == ["-"]
    assert amplified(tiny) == {"amplified": 0, "dampened": 0, "neither": 1}


def test_a_blow_is_amplified_where_more_is_lost_in_the_end_than_at_once() -> None:
    wobble = [0.1, -0.1] * 10
    more = blows([10.0 + each for each in wobble], [20.0 + each for each in wobble])
    less = blows([10.0 + each for each in wobble], [5.0 + each for each in wobble])
    assert amplified(pd.concat([more, less])) == {"amplified": 1, "dampened": 1, "neither": 0}
    assert shown(pd.concat([less, more]))["amplification"].str.startswith(("2.00", "0.50")).all()
    assert shown(pd.concat([less, more]))["total loss"].iloc[0].startswith("20"), "what matters most comes first"


def test_the_title_says_how_many_seeds_the_rows_rest_on() -> None:
    losses = [Loss(seed, 1.0, 2.0 + seed, 0.0, 0, {}, {}) for seed in range(19)]
    frame = table({"it strikes": losses}, seeds=20)
    assert contagion._seeds(frame, Study(runs=20)) == "19 of 20 seeds"


def test_run_ups_say_how_many_runs_failed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def paths(specs: Iterable[RunSpec], *_: object) -> Iterator[tuple[RunSpec, Rows]]:
        for spec in specs:
            calm = Rows(books=run_ups.Shares(np.ones(spec.quarters), np.ones(spec.quarters)))
            yield spec, failure(ArithmeticError("broken")) if spec.seed == 1 else calm

    monkeypatch.setattr(run_ups, "compute", paths)
    run_ups.main(runs=3)
    assert "2 of 6 runs failed." in capsys.readouterr().out
