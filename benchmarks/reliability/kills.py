"""Items 1 to 3: the whole group is killed, one worker is killed, somebody asks the batch to stop."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks.reliability.batch import Figure, results_of, run, start_process
from experiments.batch import runner
from experiments.batch.collecting import Shards
from experiments.batch.worker import Rows
from experiments.store.results import SEALS, Results
from experiments.study.schema import RunSpec
from tests.experiments import stand_ins

RUNS, KILLS = 2000, 10


class Kill(NamedTuple):
    """Whether a batch was still running when it was killed, and whether it had stored a shard by then."""

    hit: bool
    stored: bool


def whole_group(full: bool) -> Figure:
    """1. SIGKILL of all processes of a batch, ten times, at random moments; then let it finish."""
    batches = 100 if full else 5
    plan, random = stand_ins.small_plan(RUNS // 2), np.random.default_rng(1)
    lost = doubled = different = 0
    kills: list[Kill] = []
    with tempfile.TemporaryDirectory() as scratch:
        undisturbed = run(plan, Path(scratch, "undisturbed"))
        for batch in range(batches):
            folder = Path(scratch, f"batch-{batch}")
            kills += [_killed(folder, random, while_it_stores=bool(kill % 2)) for kill in range(KILLS)]
            results = run(plan, folder)
            runs = results.read("runs")
            lost += RUNS - runs["run_id"].nunique()
            doubled += int(runs["run_id"].duplicated().sum())
            different += results.files != undisturbed.files or results.digest() != undisturbed.digest()
    hit, stored = sum(kill.hit for kill in kills), sum(kill.hit and kill.stored for kill in kills)
    figure = (
        f"{batches} batches of {RUNS:,} runs, {hit} kills, {stored} of them while runs were being stored: {lost} lost, "
        f"{doubled} doubled, {different} different"
    )
    return Figure("SIGKILL of the whole group", figure, lost == doubled == different == 0 and stored > 0)


def _killed(folder: Path, random: np.random.Generator, while_it_stores: bool) -> Kill:
    """Start a batch and kill it: some time after its start, or some time after the first shard that it stores.

    The first catches it as it starts and opens the folder, on a busy machine hardly ever later.
    """
    before = _shards(folder)
    process = start_process(folder, RUNS, "take_a_moment")
    while while_it_stores and process.poll() is None and _shards(folder) == before:
        time.sleep(0.01)
    time.sleep(random.uniform(0.0, 1.0) if while_it_stores else random.uniform(0.5, 4.0))
    hit = process.poll() is None
    if hit:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return Kill(hit, _shards(folder) > before)


def _shards(folder: Path) -> int:
    return len(list(folder.glob(f"{SEALS}/*.json")))


def one_worker(full: bool) -> Figure:
    """2. One worker after the other is killed; nobody else notices, and nothing hangs."""
    wanted = 50 if full else 15
    plan = stand_ins.small_plan(2000 if full else 600)
    random, longest = np.random.default_rng(2), 0.0
    with tempfile.TemporaryDirectory() as scratch:
        done = threading.Event()
        count = [0]
        shooter = threading.Thread(target=_shoot, args=(done, count, wanted, random))
        shooter.start()
        before = time.monotonic()
        results = results_of(plan, Path(scratch, "shot-at"))
        add = Shards.add

        def timed(self: Shards, spec: RunSpec, rows: Rows) -> None:
            nonlocal before, longest
            longest, before = max(longest, time.monotonic() - before), time.monotonic()
            add(self, spec, rows)

        try:
            with patch.object(Shards, "add", timed):
                runner.run_batch(plan, results, 2, False, stand_ins.take_a_moment, None)
        finally:
            done.set()
            shooter.join()
        undisturbed = run(plan, Path(scratch, "undisturbed")).read("runs")
        runs, failures = results.read("runs"), results.read("failures")
    same = runs.equals(undisturbed[undisturbed["run_id"].isin(runs["run_id"])].reset_index(drop=True))
    whole = len(runs) + len(failures) == len(plan.specs)
    figure = (
        f"{count[0]} kills: {len(failures)} runs killed twice, others the same: {same}, longest wait {longest:.1f} s"
    )
    return Figure("one worker killed", figure, same and whole and longest < 30.0)


def _shoot(done: threading.Event, count: list[int], wanted: int, random: np.random.Generator) -> None:
    while count[0] < wanted and not done.wait(random.uniform(0.1, 0.5)):
        workers = multiprocessing.active_children()
        if workers:
            workers[int(random.integers(len(workers)))].kill()
            count[0] += 1


def asked_to_stop(full: bool) -> Figure:
    """3. SIGINT and SIGTERM: what is finished is committed, out in five seconds, the same in the end."""
    plan, slowest, kept, same = stand_ins.small_plan(200), 0.0, 0, True
    with tempfile.TemporaryDirectory() as scratch:
        undisturbed = run(plan, Path(scratch, "undisturbed")).digest()
        for number, sent in enumerate([signal.SIGINT, signal.SIGTERM] * (10 if full else 2)):
            folder = Path(scratch, str(number))
            process = start_process(folder, 400, "take_a_moment")
            time.sleep(3.0 + 0.2 * number)
            started = time.monotonic()
            process.send_signal(sent)
            told, _ = process.communicate()
            slowest = max(slowest, time.monotonic() - started)
            committed = len(Results(folder, plan.identity).read("runs"))
            kept += committed
            same &= process.returncode != 130 or json.loads(told)["finished"] == committed
            same &= run(plan, folder).digest() == undisturbed
    figure = f"out in {slowest:.1f} s at most, {kept} runs kept, resumed to the same bytes: {same}"
    return Figure("SIGINT and SIGTERM", figure, same and slowest < 5.0)
