"""Items 6 to 8: runs that go wrong inside, runs that take too much, files that nobody would write."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.reliability.batch import Figure, run, start_process
from experiments.batch.pool import Limits
from experiments.batch.worker import Rows, build, in_rows, run_one
from experiments.cli.validation import kind_of_valid_file
from experiments.store.results import Results
from experiments.study.schema import RunSpec
from simulation.errors import CircuitError
from tests.experiments import stand_ins

ROOT = Path(__file__).resolve().parent.parent.parent
SICK_EVERY = 100
QUARTERS_OF_HEALTH = 2


def run_some_sick(spec: RunSpec) -> Rows:
    """Real runs; in one of a hundred seeds a number is poisoned after the second quarter."""
    return _sick(spec) if spec.seed % SICK_EVERY == 0 else run_one(spec)


def _sick(spec: RunSpec) -> Rows:
    """A run in which some cash becomes not a number, infinite, or more by money from nowhere.

    It happens between two quarters: a plan of its own would compile every rule again, for minutes, in each worker.
    """
    economy, kind = build(spec), spec.seed // SICK_EVERY % 3
    for _ in range(QUARTERS_OF_HEALTH):
        economy.step()
    _, accounts, _ = economy.state
    accounts["cash"][0] = (np.nan, np.inf, accounts["cash"][0] + 5.0)[kind]
    return in_rows(economy.run())


def sick_runs(full: bool) -> Figure:
    """6. NaN, overflow or a broken identity in 1% of the runs: exactly those fail, the others do not change."""
    runs = 1500 if full else 300
    study = stand_ins.small_plan(runs, quarters=12, prior=True)
    with tempfile.TemporaryDirectory() as scratch:
        well = run(study, Path(scratch, "well"), run_one=run_one).read("runs")
        results = run(study, Path(scratch, "sick"), run_one=run_some_sick)
        failed, others = results.read("failures"), results.read("runs")
    exactly = set(failed["seed"]) == set(range(SICK_EVERY, runs + 1, SICK_EVERY)) and len(failed) == 2 * runs // 100
    same = others.equals(well[well["seed"] % SICK_EVERY != 0].reset_index(drop=True))
    kinds = ", ".join(sorted(set(failed["kind"])))
    figure = f"{len(failed)} of {2 * runs:,} runs poisoned and failed ({kinds}), others the same: {same}"
    return Figure("NaN, overflow, broken identity", figure, exactly and same)


def greedy_runs(full: bool) -> Figure:
    """7. A run that never ends, and one that takes ten times the memory: recorded, nothing else lost."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for block, limits in (
            ("never_end", Limits(3.0, 4000.0)),
            ("take_memory", Limits(60.0, 300.0)),
        ):
            folder = Path(scratch, block)
            told = json.loads(start_process(folder, 200, block, limits).communicate()[0])
            results = Results(folder, stand_ins.small_plan(100).identity)
            failures = results.read("failures")
            alone = len(failures) == 2 and len(results.read("runs")) == 198
            found.append((block, alone, told["peak"], set(failures["kind"])))
    figure = "; ".join(f"{block}: {', '.join(kinds)}, parent {peak:.0f} MB" for block, _, peak, kinds in found)
    return Figure("a run without end or measure", figure, all(alone and peak < 300 for _, alone, peak, _ in found))


NOISE = (
    *("nan", "-inf", "1e999", "9" * 400, "true", '""', "[]", "{}", "[[[[[[1]]]]]]", "'../../etc/passwd'", '"\\u0000"'),
    *("gamma", "[parameters]", "[[shock]]", "[[policy]]", "[grid]", "[design]", "lever", "size = -1", "start = 1e3"),
    *("=", "\n", "\\", '"""', "#", "\ufeff", "a.b.c.d.e.f = 1", "1979-05-27", "0x7fffffff", "runs = 99999999999"),
)


def fuzzed_files(full: bool) -> Figure:
    """8. Scenario, policy and study files with bytes and words changed: validation errors and nothing else."""
    count, random = (10_000 if full else 2_000), np.random.default_rng(8)
    kinds = ("scenarios", "policies", "studies")
    originals = [path.read_bytes() for kind in kinds for path in sorted((ROOT / "experiments" / kind).glob("*.toml"))]
    valid = refused = other = 0
    slowest, worst = 0.0, ""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "fuzzed.toml")
        for _ in range(count):
            file.write_bytes(_mutated(originals[int(random.integers(len(originals)))], random))
            started = time.perf_counter()
            try:
                kind_of_valid_file(file)
                valid += 1
            except CircuitError:
                refused += 1
            except Exception as error:
                other, worst = other + 1, repr(error)[:200]
            slowest = max(slowest, time.perf_counter() - started)
        left = sorted(path.name for path in Path(scratch).iterdir())
    figure = (
        f"{count:,} files: {refused:,} refused, {valid:,} valid, {other} otherwise {worst}; slowest {slowest:.2f} s"
    )
    return Figure("fuzzed files", figure, other == 0 and slowest < 1.0 and left == ["fuzzed.toml"])


def _mutated(content: bytes, random: np.random.Generator) -> bytes:
    """A file with a few bytes or words changed, doubled or left out."""
    words = content.decode().split(" ") if random.random() < 0.6 else []
    for _ in range(int(random.integers(1, 6))):
        if words:
            place = int(random.integers(len(words)))
            noise = NOISE[int(random.integers(len(NOISE)))]
            words[place : place + int(random.integers(0, 2))] = [noise] * int(random.integers(0, 3))
    changed = bytearray(" ".join(words).encode() if words else content)
    for _ in range(0 if words else int(random.integers(1, 8))):
        if changed:
            changed[int(random.integers(len(changed)))] = int(random.integers(256))
    return bytes(changed)
