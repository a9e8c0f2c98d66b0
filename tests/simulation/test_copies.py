"""An economy can be copied, sent to another process, saved, loaded and forked in any quarter: it goes on to the same
numbers, to the last bit."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simulation
from simulation import Economy, Scenario
from simulation.errors import CircuitError
from simulation.mesa_model import CircuitModel, Firm
from simulation.plan import Phase, default_plan
from simulation.scenario import PARAMETERS, available_policies, available_scenarios
from simulation.scenario.events import AgentEvent
from simulation.scenario.parameters import AT_OPENING
from simulation.state_file import MAGIC

QUARTERS, FIRMS = 12, 30
LATE_CHIPS = Scenario.load("late-chips")
Copy = Callable[[Economy, Path], Economy]


def started(passed: int = 4, **choices: Any) -> Economy:
    economy = Economy(LATE_CHIPS, **{"seed": 3, "quarters": QUARTERS, "firms": FIRMS} | choices)
    for _ in range(passed):
        economy.step()
    return economy


def pickled(economy: Economy, folder: Path) -> Economy:
    again: Economy = pickle.loads(pickle.dumps(economy))
    return again


def saved(economy: Economy, folder: Path) -> Economy:
    return Economy.load(economy.save(folder / "economy.state") and folder / "economy.state")


WAYS: dict[str, Copy] = {
    "copied": lambda economy, folder: copy.deepcopy(economy),
    "pickled": pickled,
    "saved": saved,
    "forked": lambda economy, folder: economy.fork(),
}


def assert_same(one: Economy, other: Economy) -> None:
    assert one.quarter == other.quarter
    for kind, members in one.kinds.items():
        assert members.tobytes() == other.kinds[kind].tobytes(), kind
    assert one.series.tobytes() == other.series.tobytes()
    for table in ("history", "events", "firm_history", "residuals", "agents"):
        assert getattr(one, table).equals(getattr(other, table)), table


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("quarters", [0, 4, QUARTERS])
def test_a_copy_goes_on_to_the_same_numbers(way: str, quarters: int, tmp_path: Path) -> None:
    original = started(quarters)
    twin = WAYS[way](original, tmp_path)
    assert_same(original.run(), twin.run())
    assert original.web(3).equals(twin.web(3))
    assert original.balance_sheet(quarter=0).equals(twin.balance_sheet(quarter=0))
    assert repr(original) == repr(twin)
    assert original.scenario == twin.scenario


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_has_a_life_of_its_own(way: str, tmp_path: Path) -> None:
    original = started()
    twin = WAYS[way](original, tmp_path)
    twin.kinds["firms"]["belief"] = 0.9
    assert original.kinds["firms"]["belief"].max() < 0.9
    twin.run()
    assert original.quarter == 4
    assert_same(original.run(), started(QUARTERS))


def test_what_was_made_to_fail_fails_in_the_copy_too(tmp_path: Path) -> None:
    original = started(2).fail("CoreWeave", 6)
    for way in WAYS.values():
        events = way(original, tmp_path).run().events
        assert "CoreWeave" in set(events[events["event"] == "forced_failure"]["agent"])


def test_another_process_goes_on_to_the_same_numbers() -> None:
    code = (
        "import pickle, sys; economy = pickle.load(sys.stdin.buffer).run();"
        "sys.stdout.buffer.write(economy.series.tobytes())"
    )
    original = started()
    sent = pickle.dumps(original)
    done = subprocess.run([sys.executable, "-c", code], input=sent, capture_output=True, check=True)
    assert done.stdout == original.run().series.tobytes()


def halve_orders(world: Any, accounts: Any, firms: Any) -> None:
    """A rule of one's own."""
    for cloud in world[0]["clouds"]:
        cloud["planned_orders"] *= 0.5


def test_a_plan_of_ones_own_is_copied_and_refused_by_a_file(tmp_path: Path) -> None:
    original = started(2)
    place = [phase.name for phase in original.plan].index("funding")
    original.plan.insert(place, Phase("restraint", "everybody orders half", (halve_orders,)))
    twins = [copy.deepcopy(original), pickle.loads(pickle.dumps(original))]
    original.run()
    assert not original.history.equals(started(QUARTERS).history)
    for twin in twins:
        assert_same(original, twin.run())
    with pytest.raises(CircuitError, match="plan is your own"):
        original.save(tmp_path / "economy.state")


def test_without_diagnostics_all_else_is_the_same_to_the_byte() -> None:
    whole, quick = started(QUARTERS), started(3).leave_undiagnosed().run()
    missing = {name for name in whole.series.dtype.names if np.isnan(quick.series[name][3:]).any()}
    assert missing == {"circularity", "circularity_own", "debt_rank_actor", "debt_rank_largest", "debt_rank_sector"}
    for name in set(whole.series.dtype.names) - missing:
        assert quick.series[name].tobytes() == whole.series[name].tobytes(), name
    assert quick.kinds["firms"].tobytes() == whole.kinds["firms"].tobytes()
    assert quick.residuals.equals(whole.residuals)


@pytest.mark.parametrize(
    "ask",
    [
        lambda economy, folder: economy.save(folder / "economy.state"),
        lambda economy, folder: economy.events,
        lambda economy, folder: economy.twin("boom", start=2),
    ],
    ids=["saved", "told", "begun anew"],
)
def test_what_needs_diagnostics_refuses_an_economy_without_them(ask: Copy, tmp_path: Path) -> None:
    for quick in (started(2).leave_undiagnosed().run(), copy.deepcopy(started(2).leave_undiagnosed()).run()):
        with pytest.raises(CircuitError, match="run it whole"):
            ask(quick, tmp_path)


def test_steps_of_the_shipped_plan_are_sent_by_name() -> None:
    assert pickle.loads(pickle.dumps(default_plan())) == default_plan()
    assert len(pickle.dumps(default_plan())) < 20_000


def test_a_fork_takes_another_scenario_from_the_next_quarter_on() -> None:
    original = started(4)
    other = original.fork(LATE_CHIPS.with_parameters(order_horizon=2.0))
    assert other.history.equals(original.history)
    other.run()
    original.run()
    assert other.series[:4].tobytes() == original.series[:4].tobytes()
    assert other.series["ai_capex"][4:].tolist() != original.series["ai_capex"][4:].tolist()
    assert other.scenario.parameters["order_horizon"] == 2.0


def test_a_fork_refuses_what_only_an_opening_reads() -> None:
    with pytest.raises(CircuitError, match="gamma: read as an economy opens"):
        started(4).fork(LATE_CHIPS.with_parameters(gamma=0.15))


def test_what_only_an_opening_reads_is_listed() -> None:
    """By the sources: a parameter named in none of them but those of openings. Where its reader has changed, or there
    is a new one, the list has to follow."""
    root = Path(simulation.__file__).parent
    elsewhere = [
        file.read_text(encoding="utf-8")
        for file in root.rglob("*.py")
        if not file.is_relative_to(root / "vintages") and not file.is_relative_to(root / "scenario")
        and file.name != "mesa_model.py"
    ]  # fmt: skip
    read_later = set(re.findall(r"\w+", "\n".join(elsewhere)))
    of_luck = {name for name in PARAMETERS if "luck" in name}  # read by names put together from kinds of luck
    assert {*PARAMETERS} - read_later - of_luck == AT_OPENING


def test_what_a_fork_does_not_change_it_keeps() -> None:
    original = started(4)
    assert_same(original.fork(LATE_CHIPS).run(), original.fork().run())


def test_a_fork_can_look_farther() -> None:
    longer = started(4).fork(quarters=16).run()
    assert_same(longer, started(16, quarters=16))
    assert len(started(4).fork(quarters=4).run().history) == 4
    with pytest.raises(CircuitError, match="stands in quarter 4, choose 4 to 400"):
        started(4).fork(quarters=3)


def test_a_state_file_holds_every_part_of_a_scenario(tmp_path: Path) -> None:
    for listing in available_scenarios():
        scenario = Scenario.load(listing.name)
        economy = Economy(scenario, seed=1, quarters=4, firms=10, keep_books=False)
        assert saved(economy, tmp_path).scenario == scenario
    scenario = LATE_CHIPS.with_events(AgentEvent("OpenAI", "fine", 3, 20.0))
    for listing in available_policies()[:3]:
        scenario = scenario.with_policy(listing.name)
    economy = Economy(scenario, seed=1, quarters=4, firms=10, keep_books=False)
    again = saved(economy, tmp_path)
    assert (again.scenario, again.scenario.digest) == (scenario, scenario.digest)
    assert_same(economy.run(), again.run())


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("state") / "economy.state"
    started(2).save(file)
    return file.read_bytes()


def refusal(content: bytes, folder: Path) -> str:
    file = folder / "economy.state"
    file.write_bytes(content)
    with pytest.raises(CircuitError) as refused:
        Economy.load(file)
    return str(refused.value)


def test_a_damaged_state_is_refused(content: bytes, tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    for place in generator.integers(len(MAGIC), len(content), 40):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(generator.integers(8))
        assert "damaged" in refusal(bytes(damaged), tmp_path)
    for length in (len(MAGIC), len(MAGIC) + 20, len(content) // 2, len(content) - 1):
        assert "damaged" in refusal(content[:length], tmp_path)


@pytest.mark.parametrize("foreign", [b"", b"gamma = 1", b"\x93NUMPY\x01\x00", b"PK\x03\x04", MAGIC[:-1]])
def test_a_foreign_file_is_refused(foreign: bytes, tmp_path: Path) -> None:
    assert "is no state of an economy" in refusal(foreign, tmp_path)


def test_a_file_whose_parts_do_not_fit_together_is_refused(tmp_path: Path) -> None:
    economy = started(1)
    economy._world = np.zeros(1, [("short", "f8")])
    assert "damaged" in refusal(saved_bytes(economy, tmp_path), tmp_path)
    economy = started(1)
    economy._series = economy._series[:, 1:]
    assert "damaged" in refusal(saved_bytes(economy, tmp_path), tmp_path)


def saved_bytes(economy: Economy, folder: Path) -> bytes:
    economy.save(folder / "economy.state")
    return (folder / "economy.state").read_bytes()


def test_a_state_of_other_records_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr("simulation.state_file.layout", lambda: "another")
        sent = pickle.dumps(started(1))
        started(1).save(tmp_path / "economy.state")
    with pytest.raises(CircuitError, match="records differ: run the economy again"):
        Economy.load(tmp_path / "economy.state")
    with pytest.raises(CircuitError, match="records differ"):
        pickle.loads(sent)


def test_a_file_that_is_not_there_or_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CircuitError, match=r"none\.state: cannot be read"):
        Economy.load(tmp_path / "none.state")
    with pytest.raises(CircuitError, match="cannot be written"):
        started(1).save(tmp_path / "no folder" / "economy.state")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_mesa_model_can_be_copied(way: Callable[[CircuitModel], CircuitModel]) -> None:
    model = CircuitModel("late-chips", rng=3, quarters=6, firms=FIRMS)
    model.step()
    twin = way(model)
    model.agents_by_type[Firm].set("belief", 0.9)
    assert max(twin.agents_by_type[Firm].get("belief")) < 0.9
    plain = CircuitModel("late-chips", rng=3, quarters=6, firms=FIRMS)
    plain.step()
    while twin.running:
        twin.step()
        plain.step()
    assert twin.economy.history.equals(plain.economy.history)
    assert twin.datacollector.get_model_vars_dataframe().equals(plain.datacollector.get_model_vars_dataframe())
    assert twin.agents.get("unique_id") == plain.agents.get("unique_id")
    assert twin.agents_by_type[Firm][0].model is twin


@pytest.mark.slow
def test_two_hundred_runs_go_on_to_the_same_bytes(tmp_path: Path) -> None:
    scenarios = [Scenario.load(listing.name) for listing in available_scenarios()]
    for seed in range(200):
        choices: dict[str, Any] = {
            "scenario": scenarios[seed % len(scenarios)],
            "seed": seed,
            "vintage": ("2022Q4", "2024Q4")[seed % 2],
            "quarters": 24,
            "firms": 10 + seed,
            "keep_books": seed % 5 == 0,
        }
        whole, stopped = Economy(**choices).run(), Economy(**choices)
        for _ in range(1 + seed % 23):
            stopped.step()
        way = list(WAYS.values())[seed % len(WAYS)]
        assert_same(whole, way(stopped, tmp_path).run())
