"""Rolling origins and frozen forecasts: what is used, what is scored, and what a file is worth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.evidence.cross_section import bands_of_shares, dispersion
from experiments.evidence.forecasting import score
from experiments.evidence.frozen import SHARES, freeze, frozen, scored_later, thaw
from experiments.evidence.paths import Draws, forecasts
from experiments.evidence.rolling import scored
from experiments.evidence.running import evidence
from experiments.evidence.scores import crps_of_draws
from experiments.evidence.summary import by_horizon, by_series, verdicts
from experiments.inference.calibration import Wanted
from experiments.record.observables import COLUMNS, PLACE
from experiments.record.observations import Record
from simulation.dates import later
from simulation.errors import CircuitError
from simulation.vintages.facts import Recorded


def rows(series: str, values: dict[str, float], entity: str = "economy", sd: float = 1e-9) -> list[Recorded]:
    return [
        Recorded(series, entity, quarter, value, "", sd, "made up", "high", f"{quarter[:4]}-01-01", "")
        for quarter, value in values.items()
    ]


def observed(series: str, paths: list[list[float]], entity: str = "economy") -> np.ndarray:
    """Members that have these paths of one series, the opening first, and ones everywhere else."""
    members = np.ones((len(paths), len(paths[0]), len(COLUMNS)))
    members[:, :, PLACE[series, entity]] = paths
    return members


def of(series: str, found: list[Draws]) -> Draws:
    return next(each for each in found if each.series == series)


def test_each_members_path_is_laid_on_the_last_recorded_number() -> None:
    record = Record(tuple(rows("big4_capex", {"2023Q1": 10.0, "2023Q2": 20.0})))
    members = observed("big4_capex", [[1.0, 2.0, 4.0, 8.0], [1.0, 1.0, 5.0, 5.0]])
    found = of("big4_capex", forecasts(record, "2023Q2", "2022Q4", members, 1))
    # The first doubles after the origin, the second stays: 40 and 20 on a record of 20.
    assert np.exp(found.draws[:, 0]) == pytest.approx([40.0, 20.0])


def test_a_series_with_a_season_is_laid_on_the_mean_of_its_last_year() -> None:
    year = {"2023Q1": 5.0, "2023Q2": 10.0, "2023Q3": 20.0, "2023Q4": 40.0}
    record = Record(tuple(rows("big4_cash_flow", year)))
    members = observed("big4_cash_flow", [[10.0] * 5 + [20.0]])
    found = of("big4_cash_flow", forecasts(record, "2023Q4", "2022Q4", members, 1))
    assert np.exp(found.draws[0, 0]) == pytest.approx(20.0 * (5 * 10 * 20 * 40) ** 0.25 / 10.0)


def test_a_series_that_was_not_recorded_lately_is_not_forecast() -> None:
    record = Record(tuple(rows("gdp", {"2023Q1": 1.0})))
    assert not forecasts(record, "2024Q1", "2022Q4", observed("gdp", [[1.0] * 9]), 2)


def test_what_is_recorded_after_the_origin_is_scored_and_nothing_else() -> None:
    growth = {later("2022Q1", k): float(np.exp(0.1 * k)) for k in range(10)}
    record = Record(tuple(rows("big4_capex", growth)))
    origin = "2023Q4"
    draws = np.tile(np.log(growth["2024Q1"]) + np.linspace(-0.1, 0.1, 21)[:, None], (1, 4))
    found = scored(Draws("big4_capex", "economy", draws, True), record, record.known_by(origin), origin, 4)
    assert [row["quarter"] for row in found] == ["2024Q1", "2024Q2"]
    assert found[0]["crps"] == pytest.approx(crps_of_draws(0.8, draws[:, 0]))
    assert found[0]["rank"] == pytest.approx(0.5)
    assert found[0]["held 50%"]
    assert not found[1]["held 80%"]
    # It grows by a tenth every quarter: walks with drift are right, a walk without is not.
    assert float(str(found[1]["drift 4"])) < 0.01 < float(str(found[1]["random walk"]))


def scores_of(model: float, walk: float) -> pd.DataFrame:
    """Scores of the headline series over six origins: the model's, and the benchmarks'."""
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        [
            {"series": series, "entity": "economy", "origin": later("2023Q4", k), "horizon": horizon, "quarter": "x",
             "rank": rank, "crps": model + 0.01 * rng.random(), "random walk": walk, "drift 4": walk + 0.05,
             "drift 8": walk + 0.1, "AR(1)": walk + 0.2, "held 50%": k % 2 == 0, "held 80%": k != 5, "held 95%": True}
            for series in ("big4_capex", "big5_capex", "big4_cash_flow", "nvidia_revenue", "lab_revenue")
            for horizon in (1, 2)
            for k, rank in enumerate(np.linspace(0.1, 0.9, 6))
        ]
    )  # fmt: skip


def test_what_was_to_be_reached_is_said_to_be_reached_or_missed() -> None:
    shares = pd.DataFrame({"series": ["capex"] * 4, "held": [True, True, True, False]})
    better, worse = (verdicts(scores_of(model, 0.2), shares) for model in (0.1, 0.19))
    assert all(line.startswith("reached") for line in better)
    assert "0.53 of the best benchmark (random walk 0.200)" in better[0]
    assert worse[0].startswith("MISSED")
    assert "inside their 90% bands: 75%" in better[-1]


def test_tables_by_series_and_horizon_hold_the_model_against_the_best_benchmark() -> None:
    scores = scores_of(0.1, 0.2)
    table = by_series(scores)
    assert (table["best"] == "random walk").all()
    assert table["ratio"].between(0.5, 0.56).all()
    assert table["80%"].tolist() == pytest.approx([5 / 6] * 5)
    horizons = by_horizon(scores)
    assert horizons["n"].tolist() == [30, 30]
    assert (horizons["DM"] < 0).all()
    assert (horizons["DM p"] < 0.01).all()


def test_shares_are_of_the_firms_that_are_recorded_and_forecast() -> None:
    draws = [
        Draws("capex", "Meta", np.log(np.array([[1.0], [2.0], [3.0]])), True),
        Draws("capex", "Oracle", np.log(np.array([[3.0], [2.0], [1.0]])), True),
    ]
    record = Record((*rows("capex", {"2024Q1": 10.0}, "Meta"), *rows("capex", {"2024Q1": 30.0}, "Oracle"),
                     *rows("capex", {"2024Q1": 60.0}, "Amazon")))  # fmt: skip
    found = bands_of_shares(draws, record, "2023Q4", 2)
    assert [(row["entity"], row["value"]) for row in found] == [("Meta", 0.25), ("Oracle", 0.75)]
    assert found[0]["low"] == pytest.approx(0.275)
    assert found[0]["held"]


def test_dispersion_is_the_spread_over_firms_of_changes_between_two_quarters() -> None:
    names = ("Nvidia", "AMD", "Microsoft", "Meta")
    members = np.ones((50, 4, len(COLUMNS)))
    for k, name in enumerate(names):
        members[:, 3, PLACE["market_value", name]] = np.exp(0.1 * k)
    ends = {name: {"2023Q1": 1.0, "2023Q3": float(np.exp(0.1 * k))} for k, name in enumerate(names)}
    record = Record(tuple(row for name, values in ends.items() for row in rows("market_value", values, name)))
    (found,) = dispersion(members, record, "2023Q2", "2022Q4", 4)
    assert found["value"] == pytest.approx(np.std([0.0, 0.1, 0.2, 0.3]))
    assert found["low"] == pytest.approx(found["value"])


def made_up() -> dict[str, object]:
    rng = np.random.default_rng(1)
    draws = Draws("big4_capex", "economy", np.log(100.0) + 0.1 * rng.standard_normal((4000, 2)), True)
    return frozen([draws], "2025Q3", {"versions": {"python": "3"}, "model": "abc"})


def test_a_frozen_forecast_comes_back_as_it_was_and_scores_what_came_later(tmp_path: Path) -> None:
    file = freeze(made_up(), tmp_path)
    content = thaw(file)
    assert len(content["rows"]) == 2
    assert len(SHARES) == len(content["rows"][0]["quantiles"])
    later_record = Record(tuple(rows("big4_capex", {"2025Q4": 100.0, "2026Q3": 1.0})))
    table = scored_later(content, later_record)
    assert table["quarter"].tolist() == ["2025Q4"]
    # CRPS of a normal at its mean is sigma (2 phi(0) - 1/sqrt(pi)).
    assert table["crps"].iloc[0] == pytest.approx(0.1 * 0.2337, rel=0.1)
    assert table["rank"].iloc[0] == pytest.approx(0.5, abs=0.04)
    assert freeze(made_up(), tmp_path) == file
    assert file.name.startswith(f"forecast-2025Q3-{content['sha256'][:8]}")


def test_a_frozen_forecast_that_was_changed_afterwards_is_refused(tmp_path: Path) -> None:
    file = freeze(made_up(), tmp_path)
    content = json.loads(file.read_text())
    content["rows"][0]["quantiles"][0] += 1.0
    file.write_text(json.dumps(content))
    with pytest.raises(CircuitError, match="has been changed since it was frozen"):
        thaw(file)
    file.write_text("{}")
    with pytest.raises(CircuitError, match="is no frozen forecast"):
        thaw(file)


def test_scoring_frozen_forecasts_needs_some_and_something_that_came_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CircuitError, match="holds no frozen forecast"):
        score(tmp_path, None)
    freeze(made_up(), tmp_path)
    with pytest.raises(CircuitError, match="nothing has been recorded since"):
        score(tmp_path, None)
    after = tmp_path / "after.csv"
    after.write_text(
        "series,entity,quarter,value,unit,sd_log,source,confidence\nbig4_capex,economy,2025Q4,110,USD bn,.03,x,high\n"
    )
    assert len(score(tmp_path, str(after))) == 1
    assert "headline" in capsys.readouterr().out


@pytest.mark.slow
def test_evidence_forecasts_from_the_past_and_says_how_good_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = Wanted(members=60, smoothers=1, steps=2, trajectories=2, most=8, firms=10)
    found = evidence(wanted, None, "2025Q1", "2025Q2", 2, tmp_path, workers=2)
    assert set(found.scores["origin"]) == {"2025Q1", "2025Q2"}
    assert found.scores["quarter"].max() == "2025Q3"
    assert np.isfinite(found.scores["crps"]).all()
    told = capsys.readouterr().out
    assert "headline series pooled" in told
    assert max(len(line) for line in told.splitlines() if str(tmp_path) not in line) <= 80
    for name in ("scores", "by-series", "by-horizon", "shares", "returns"):
        assert (tmp_path / f"{name}.csv").exists()
