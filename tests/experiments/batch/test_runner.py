"""A batch finishes whatever happens to single runs, and does not depend on who computed them."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from experiments.batch import collecting as shards
from experiments.batch import pool, runner
from experiments.batch.pool import Limits
from experiments.batch.worker import Columns, Lists, Rows, failure
from experiments.store.ledger import Ledger
from experiments.store.results import Results
from experiments.study.schema import RunSpec
from simulation.errors import CircuitError
from tests.experiments import stand_ins
from tests.experiments.stand_ins import FATAL_SEED, MARKER, small_plan


def batch(folder: Path, run_one: runner.RunOne, workers: int = 2, runs: int = 8) -> Results:
    plan = small_plan(runs)
    results = Results(folder, plan.identity)
    runner.run_batch(plan, results, workers, show_progress=False, run_one=run_one, start=None)
    return results


def bytes_of(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.parquet"))
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_the_tables_are_the_same_to_the_byte_for_any_number_of_workers(tmp_path: Path) -> None:
    digests = []
    for workers in (1, 2, 3):
        results = batch(tmp_path / str(workers), stand_ins.run_well, workers, runs=30)
        digests.append((results.digest(), bytes_of(results.folder)))
    assert digests[0] == digests[1] == digests[2]
    assert len(results.read("runs")) == 60


def in_sendable_form(spec: RunSpec, happens: int) -> Rows:
    """A made-up run in the form of a real one; every third has no events, and some have words beyond ASCII."""
    rows = stand_ins.rows_of(spec)
    series, events = dict(rows["series"]), dict(rows["events"])
    real_gdp = series.pop("real_gdp")
    rows["series"] = Columns(series, ("real_gdp",), real_gdp[None])
    times = happens * (spec.seed % 3)
    rows["events"] = Lists({name: list(column) * times for name, column in events.items()} | {"cause": ["süß"] * times})
    return rows


@pytest.mark.parametrize("happens", [1, 0])
def test_runs_that_were_sent_are_stored_like_those_computed_here(happens: int, tmp_path: Path) -> None:
    plan, folders = small_plan(8), []
    for sent in (False, True):
        results = Results(tmp_path / str(sent), plan.identity)
        with Ledger(":memory:", ()) as ledger:
            collected = shards.Shards(plan, results, ledger)
            for spec in plan.specs:
                rows = in_sendable_form(spec, happens)
                received = pickle.loads(pickle.dumps(rows)) if sent else rows
                assert dict(received["events"]) == rows["events"]
                collected.add(spec, received)
        folders.append(results)
    here, sent_here = folders
    assert bytes_of(here.folder) == bytes_of(sent_here.folder)
    assert here.digest() == sent_here.digest()
    assert len(here.read("events")) == happens * 2 * (1 + 2 + 0 + 1 + 2 + 0 + 1 + 2)


def test_a_run_that_raises_is_recorded_and_the_others_are_untouched(tmp_path: Path) -> None:
    well = batch(tmp_path / "well", stand_ins.run_well).read("runs")
    results = batch(tmp_path / "ill", stand_ins.fail_one)
    failures = results.read("failures")
    assert set(failures["seed"]) == {FATAL_SEED}
    assert set(failures["message"]) == {"quarter 3, deposits: 5.0 too much"}
    untouched = well[well["seed"] != FATAL_SEED].reset_index(drop=True)
    assert results.read("runs").equals(untouched)


def test_a_killed_worker_loses_its_run_alone(tmp_path: Path) -> None:
    results = batch(tmp_path, stand_ins.kill_worker, runs=30)
    failures = results.read("failures")
    assert set(failures["seed"]) == {FATAL_SEED}
    assert set(failures["kind"]) == {"WorkerKilledError"}
    assert len(results.read("runs")) == 58


def test_what_a_killed_worker_held_is_tried_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARKER, str(tmp_path / "marker"))
    results = batch(tmp_path / "results", stand_ins.kill_worker_once)
    assert len(results.read("failures")) == 0
    assert results.digest() == batch(tmp_path / "undisturbed", stand_ins.run_well).digest()


def test_a_batch_goes_on_where_it_stopped_and_more_runs_are_added_to_it(tmp_path: Path) -> None:
    batch(tmp_path / "grown", stand_ins.run_well, runs=5)
    grown = batch(tmp_path / "grown", stand_ins.run_well, runs=33)
    at_once = batch(tmp_path / "at-once", stand_ins.run_well, runs=33)
    assert grown.digest() == at_once.digest()
    assert bytes_of(grown.folder) == bytes_of(at_once.folder)
    plan = small_plan(33)
    report = runner.run_batch(plan, grown, 1, show_progress=False, run_one=stand_ins.kill_worker, start=None)
    assert (report.computed, report.found) == (0, 66)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_finished_runs_readable_within_seconds(
    tmp_path: Path, sent: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = small_plan(60)
    results = Results(tmp_path, plan.identity)
    taken, add, signalled = [], shards.Shards.add, [0.0]

    def add_and_signal(self: shards.Shards, spec: RunSpec, rows: Rows) -> None:
        add(self, spec, rows)
        taken.append(spec)
        if len(taken) == 5:
            signalled[0] = time.monotonic()
            os.kill(os.getpid(), sent)

    monkeypatch.setattr(shards.Shards, "add", add_and_signal)
    # Whoever starts the tests in the background may have told them to ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(runner.Interrupted) as stopped:
            runner.run_batch(plan, results, 2, show_progress=False, run_one=stand_ins.take_long, start=None)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - signalled[0] < 5.0
    kept = Results(tmp_path, plan.identity).read("runs")
    assert len(kept) == len(taken) == stopped.value.finished == 5


INTERRUPTED_IN_AN_IMPORT = """
import _imp, os, signal, sys
from experiments.batch import collecting, runner
from experiments.store.results import Results
from tests.experiments import stand_ins

add = collecting.Shards.add

def add_and_stop(self, spec, rows):
    add(self, spec, rows)
    _imp.acquire_lock()  # the interpreter's own code is interrupted before it can give the lock back
    os.kill(os.getpid(), signal.SIGTERM)

if __name__ == "__main__":
    collecting.Shards.add = add_and_stop
    plan = stand_ins.small_plan(60)
    try:
        runner.run_batch(plan, Results(sys.argv[1], plan.identity), 2, False, stand_ins.run_well, None)
    except runner.Interrupted as stopped:
        print(stopped.finished)
"""


def test_an_interrupt_in_the_middle_of_an_import_does_not_hang_the_commit(tmp_path: Path) -> None:
    file = tmp_path / "batch.py"
    file.write_text(INTERRUPTED_IN_AN_IMPORT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, str(file), str(tmp_path / "results")]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60.0)
    assert told.stdout == "1\n"
    assert len(Results(tmp_path / "results", small_plan(60).identity).read("runs")) == 1


def test_a_pool_that_is_shot_at_all_the_time_loses_nothing(tmp_path: Path) -> None:
    done = threading.Event()
    shooter = threading.Thread(target=shoot_workers, args=(done,))
    shooter.start()
    try:
        results = batch(tmp_path / "shot-at", stand_ins.take_a_moment, runs=40)
    finally:
        done.set()
        shooter.join()
    held_twice = set(results.read("failures")["kind"])
    assert held_twice <= {"WorkerKilledError"}
    assert len(results.read("runs")) + len(results.read("failures")) == 80


def shoot_workers(done: threading.Event) -> None:
    """Kill one worker after another, at moments that have nothing to do with what it is doing."""
    random = np.random.default_rng(3)
    while not done.wait(random.uniform(0.3, 0.9)):
        workers = multiprocessing.active_children()
        if workers:
            workers[random.integers(len(workers))].kill()


@pytest.mark.parametrize(
    ("run_one", "kind", "told"),
    [
        (stand_ins.never_end, "TimeoutError", "more than 2 s"),
        (stand_ins.take_memory, "MemoryError", "more than 300 MB"),
    ],
)
def test_a_run_over_its_limit_is_recorded_and_the_others_are_untouched(
    tmp_path: Path, run_one: runner.RunOne, kind: str, told: str
) -> None:
    plan = small_plan(20)
    results = Results(tmp_path, plan.identity)
    limits = Limits(seconds=2.0 if kind == "TimeoutError" else 60.0, megabytes=300.0)
    report = runner.run_batch(plan, results, 2, False, run_one, None, limits)
    failures = results.read("failures")
    assert report.failed == len(failures) == 2
    assert set(failures["seed"]) == {FATAL_SEED}
    assert set(failures["kind"]) == {kind}
    assert failures["message"].str.contains(told).all()
    assert len(results.read("runs")) == 38


def test_workers_are_replaced_after_a_number_of_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "TASKS_PER_LIFE", 3)
    monkeypatch.setattr(runner, "LARGEST_BLOCK", 1)
    results = batch(tmp_path, stand_ins.tell_process, workers=1, runs=6)
    processes = results.read("failures")["message"]
    assert len(processes) == 12
    assert processes.value_counts().tolist() == [3, 3, 3, 3]


def test_a_second_process_is_refused_and_a_dead_ones_lock_is_taken_over(tmp_path: Path) -> None:
    holder = (
        "import sys, time\n"
        "from experiments.store.results import Results\n"
        f"with Results({str(tmp_path)!r}, {small_plan().identity!r}).locked():\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    first = subprocess.Popen([sys.executable, "-c", holder], env=environment, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    with pytest.raises(CircuitError, match=f"in use by process {first.pid}"):
        batch(tmp_path, stand_ins.run_well)
    first.kill()
    first.wait()
    first.stdout.close()
    assert len(batch(tmp_path, stand_ins.run_well).read("runs")) == 16


def test_unfinished_shards_are_written_after_ten_seconds_and_filled_up_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "SECONDS_PER_SHARD", 0.0)
    often = batch(tmp_path / "often", stand_ins.run_well, runs=30)
    monkeypatch.undo()
    once = batch(tmp_path / "once", stand_ins.run_well, runs=30)
    assert bytes_of(often.folder) == bytes_of(once.folder)


def test_workers_that_cannot_start_are_an_error_and_not_a_hang(tmp_path: Path) -> None:
    plan = small_plan(2)
    results = Results(tmp_path, plan.identity)
    with pytest.raises(CircuitError, match="cannot start: RuntimeError: no model here"):
        runner.run_batch(plan, results, 2, False, stand_ins.run_well, stand_ins.refuse_to_start)


def sizes_of_tasks(runs: int, seconds: float) -> list[int]:
    pace = runner.Pace(runs, workers=2)
    pace.note(seconds)
    return [len(block) for block in pace.blocks(small_plan(runs // 2).specs)]


def test_short_runs_are_sent_in_blocks_and_long_ones_by_themselves() -> None:
    assert sizes_of_tasks(800, 0.01)[0] == 40
    assert set(sizes_of_tasks(200, 5.0)) == {1}
    shortest = sizes_of_tasks(200, 1e-9)
    assert len(shortest) >= 8
    assert shortest[-1] == 1
    assert sum(shortest) == 200


def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from experiments.batch import runner\n"
        "from experiments.store.results import Results\n"
        "from tests.experiments import stand_ins\n"
        "if __name__ == '__main__':\n"
        f"    plan = stand_ins.small_plan(200)\n"
        f"    results = Results(Path({str(tmp_path / 'results')!r}), plan.identity)\n"
        "    runner.run_batch(plan, results, 2, False, stand_ins.take_long, None)\n"
    )
    file = tmp_path / "batch.py"
    file.write_text(script)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    parent = subprocess.Popen([sys.executable, str(file)], env=environment, start_new_session=True)
    deadline = time.monotonic() + 30.0
    while len(members_of_session(parent.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(members_of_session(parent.pid)) >= 3
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10.0
    while members_of_session(parent.pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert members_of_session(parent.pid) == []


def members_of_session(session: int) -> list[int]:
    """Processes that are still alive in a session (Linux); elsewhere the session cannot be looked into."""
    members = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            members.append(int(folder.name))
    return members


def test_a_shard_that_is_completed_by_failed_runs_alone_keeps_what_had_finished(tmp_path: Path) -> None:
    plan = small_plan(4)
    results = Results(tmp_path, plan.identity)
    with Ledger(":memory:", ()) as ledger:
        collected = shards.Shards(plan, results, ledger)
        *finished, lost = list(collected.missing())
        for spec in finished:
            collected.add(spec, stand_ins.rows_of(spec))
            collected.commit()
        collected.add(lost, failure(TimeoutError("never ends")))
        collected.commit()
    assert len(results.read("runs")) == len(finished)
    assert len(results.read("failures")) == 1
    assert set(results.read("series")["run_id"]) == {spec.run_id for spec in finished}
