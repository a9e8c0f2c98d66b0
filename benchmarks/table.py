"""The speed table: what is compared, what was measured, what is to be reached."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import count
from typing import NamedTuple

from benchmarks import economies, peers, processes
from benchmarks.timing import Clock, best, clock, in_turns


class Row(NamedTuple):
    """One line: what, both measurements, the figure that counts, what it should reach, whether it does, and what it was
    when that was set (two cores, Python 3.11)."""

    what: str
    circuit: str
    peer: str
    figure: str
    reach: str
    reached: bool | None
    today: str = ""


def machine() -> str:
    """What the figures were measured on."""
    names = ("numpy", "numba", "pandas", "mesa") + (("bamengine",) if peers.has_bamengine() else ())
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; {versions}"


def rows(full: bool = True) -> Iterator[Row]:
    """Every line of the table, as soon as it is measured; `full` includes a million firms."""
    economies.run_and_judge(100)  # compile, so that no figure below holds compilation
    yield from against_mesa(1_000, today=13.0, reach=25.0)
    yield from against_mesa(100_000, today=77.0, reach=120.0)
    yield from against_bamengine(6_000, today=4.0, reach=8.0)
    yield from against_bamengine(60_000, today=3.0, reach=6.0)
    yield from against_memory(10_000, reach=15.0, rounds=9)
    if full:
        yield from against_memory(1_000_000, reach=4.0, rounds=3, today="5.8x")
        yield from scaling(economies.HORIZON)
    yield from parts_of_a_run()
    yield from one_run()
    yield from history_window()
    yield from batch()
    yield from headline(runs=200 if full else 20)
    yield from command_line()
    if full:
        yield from first_result()


def against_mesa(agents: int, today: float, reach: float) -> Iterator[Row]:
    """A full quarter per agent against a step of Mesa's BoltzmannWealth per agent."""
    calls = max(2_000 // agents, 1)
    rounds = 25 if agents < 50_000 else 5
    mesa = clock(peers.mesa_step(agents), calls)
    yield _per_agent("Mesa BoltzmannWealth", agents, mesa, today, reach, rounds)


def against_bamengine(agents: int, today: float, reach: float) -> Iterator[Row]:
    """A full quarter per agent against a period of bamengine per agent."""
    if not peers.has_bamengine():
        yield Row(f"bamengine, {agents:,} agents", "", "not installed", "", "install the extra `bench`", None)
        return
    # Its labour contracts end in waves, so single periods differ threefold: the mean of forty counts.
    bamengine = clock(peers.bamengine_step(agents), economies.HORIZON)
    yield _per_agent("bamengine", agents, bamengine, today, reach, rounds=3)


def _per_agent(name: str, agents: int, peer: Clock, today: float, reach: float, rounds: int) -> Row:
    everybody = economies.agents_in(economies.opening(agents, 1))
    # The whole horizon: early quarters cost less, since few firms use AI.
    pair = in_turns(economies.quarter_clock(agents, economies.HORIZON), peer, rounds)
    ours, theirs = pair.subject / everybody, pair.peer / agents
    ratio = theirs / ours
    return Row(
        f"per agent against {name}, {agents:,} agents",
        f"{ours * 1e9:,.0f} ns",
        f"{theirs * 1e9:,.0f} ns",
        f"{ratio:,.0f}x faster",
        f"{reach:,.0f}x",
        ratio >= reach,
        f"{today:,.0f}x",
    )


def against_memory(firms: int, reach: float, rounds: int, today: str = "") -> Iterator[Row]:
    """A full quarter against reading and writing the agents' state once."""
    copy = clock(economies.copy_of_state(economies.opening(firms, 1)), max(200_000 // firms, 1))
    pair = in_turns(economies.quarter_clock(firms, economies.HORIZON), copy, rounds)
    yield Row(
        f"a quarter against copying the state, {firms:,} firms",
        f"{pair.subject * 1e3:,.2f} ms",
        f"{pair.peer * 1e3:,.2f} ms",
        f"{pair.times_slower:,.1f}x slower",
        f"within {reach:,.0f}x",
        pair.times_slower <= reach,
        today,
    )


def scaling(quarters: int) -> Iterator[Row]:
    """Memory of a million firms; time per firm against that of ten and a hundred thousand."""
    sizes = (10_000, 100_000, 1_000_000)
    runs = [processes.large_run(firms, quarters) for firms in sizes]
    yield Row(
        f"memory of 1,000,000 firms, {quarters} quarters",
        f"{runs[-1].gigabytes:.2f} GB",
        "",
        f"{runs[-1].seconds:,.1f} s",
        "under 1.5 GB",
        runs[-1].gigabytes < 1.5,
    )
    per_firm = [run.seconds / quarters / firms * 1e9 for run, firms in zip(runs, sizes, strict=True)]
    growth = max(per_firm[1:]) / per_firm[0]
    yield Row(
        "time per firm at 10,000 / 100,000 / 1,000,000 firms",
        " / ".join(f"{nanoseconds:,.0f}" for nanoseconds in per_firm) + " ns",
        "",
        f"{growth:.2f}x",
        "linear: at most 1.25x",
        growth <= 1.25,
    )


def parts_of_a_run() -> Iterator[Row]:
    """Processor time of an opening, of its quarters, and of an outcome with the twin that it is judged against."""
    for firms, today, reach in ((10, 5.8, 2.5), (1_000, 8.6, 5.0)):
        seconds = economies.parts(firms)
        yield _absolute(f"forty quarters, {firms:,} firms", seconds.quarters, today, reach)
    yield _absolute("opening, 1,000 firms", seconds.opening, 5.0, 1.2)
    yield Row("outcome and its twin, 1,000 firms", f"{seconds.outcome * 1e3:.1f} ms", "", "", "", None)


def _absolute(what: str, seconds: float, today: float, reach: float) -> Row:
    """A line in milliseconds."""
    now = 1e3 * seconds
    return Row(what, f"{now:.1f} ms", "", "", f"{reach:.1f} ms", now <= reach, f"{today:.1f} ms")


def history_window(runs: int = 100_000, reach: float = 4.0) -> Iterator[Row]:
    """Runs over the years that are on record, as calibration makes them, none like another."""
    seeds = count(1)
    one = min(economies.history_seconds(next(seeds)) for _ in range(40))
    minutes = one * runs / 2 / 60
    yield Row(
        f"{runs:,} runs of the history window on two processors",
        f"{one * 1e3:.1f} ms a run",
        "",
        f"{minutes:.0f} minutes",
        f"{reach:.0f} minutes",
        minutes <= reach,
        "12 minutes",
    )


def one_run() -> Iterator[Row]:
    """Forty quarters with a thousand firms in a warm process, from building the opening to the outcome."""
    quarters = best(economies.quarter_clock(1_000, economies.HORIZON), rounds=25) * economies.HORIZON
    seeds = count(1)  # another each time: an economy that opens like the last one finds its opening built
    everything = best(clock(lambda: economies.run_and_judge(1_000, next(seeds))), rounds=25)
    yield Row(
        "a run of 40 quarters, 1,000 firms, warm",
        f"{everything * 1e3:.1f} ms",
        f"{quarters * 1e3:.1f} ms without opening and outcome",
        "",
        "below 10 ms",
        everything < 0.010,
    )


def batch(seconds: float = 40.0, trial: int = 100) -> Iterator[Row]:
    """A batch on two workers, written to Parquet, against the bare loop on one: seconds per run.

    The batch is as long as the loop would take `seconds`, since starting the workers costs a second or two.
    """
    loop = economies.loop_seconds(trial) / trial
    runs = max(round(seconds / loop), trial)
    batched = economies.batch_seconds(runs, workers=2) / runs
    loop = (loop + economies.loop_seconds(trial) / trial) / 2.0
    yield Row(
        f"{runs:,} runs on two workers with Parquet, against a loop on one",
        f"{batched * 1e3:.1f} ms a run",
        f"{loop * 1e3:.1f} ms a run",
        f"{loop / batched:.2f}x faster",
        "1.8x",
        loop / batched >= 1.8,
    )
    alone = economies.batch_seconds(runs // 2, workers=1) / (runs // 2)
    batched = (batched + economies.batch_seconds(runs, workers=2) / runs) / 2.0
    yield Row(
        "two workers against one, both with Parquet",
        f"{1.0 / batched:,.0f} runs a second",
        f"{1.0 / alone:,.0f} runs a second",
        f"{alone / batched:.2f}x faster",
        "1.9x",
        alone / batched >= 1.9,
        "1.72x",
    )


def headline(runs: int) -> Iterator[Row]:
    """The headline study, `runs` of each arm, stored by two workers, and its report with every figure."""
    done = economies.headline(runs)
    yield Row(
        f"headline study, {runs} runs of each arm, stored, two workers",
        f"{1e3 / done.pace:.1f} ms a run",
        "",
        f"{done.pace:,.0f} runs/s",
        "400 runs/s",
        done.pace >= 400.0,
        "150 runs/s",
    )
    yield Row("its report with all figures", f"{done.report:,.0f} s", "", "", "15 s", done.report <= 15.0, "61 s")


def first_result() -> Iterator[Row]:
    """What somebody waits for who has just installed: nothing is compiled."""
    with tempfile.TemporaryDirectory() as empty:
        command = ["env", f"XDG_CACHE_HOME={empty}", *processes.circuit("compare", "--runs", "20")]
        waited = processes.process_clock(command)()
    what = "first result after install: circuit compare --runs 20, nothing compiled"
    yield Row(what, f"{waited:,.0f} s", "", "", "20 s", waited <= 20.0, "60-300 s + 40 s")


def command_line() -> Iterator[Row]:
    """The command line from a cold start."""
    help_pair = in_turns(
        processes.process_clock(processes.circuit("--help")),
        processes.process_clock(processes.python("-c", "pass")),
    )
    extra = help_pair.subject - help_pair.peer
    yield Row(
        "circuit --help against python -c pass",
        f"{help_pair.subject * 1e3:,.0f} ms",
        f"{help_pair.peer * 1e3:,.0f} ms",
        f"{extra * 1e3:,.0f} ms more",
        "500 ms more",
        extra < 0.5,
    )
    run = processes.process_clock(processes.circuit("run", "baseline"))
    run()  # the first one compiles
    imports = processes.process_clock(processes.python("-c", "import numpy, pandas, numba"))
    run_pair = in_turns(run, imports, rounds=3)
    yield Row(
        "circuit run, warm, against import numpy, pandas, numba",
        f"{run_pair.subject:,.2f} s",
        f"{run_pair.peer:,.2f} s",
        f"{run_pair.times_slower:,.2f}x",
        "within 2x",
        run_pair.times_slower <= 2.0,
    )
    yield Row("circuit run, warm", f"{run_pair.subject:,.2f} s", "", "", "1 s", run_pair.subject <= 1.0, "2.4 s")
    answer = processes.process_clock(processes.circuit("compare", "--runs", "20"))()
    yield Row("circuit compare --runs 20, warm, with its report", f"{answer:,.1f} s", "", "", "20 s", answer <= 20.0)
