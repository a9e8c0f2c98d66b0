"""Compiles the rules of a quarter before the first run, on all processors: one of two would need twice the time."""

import multiprocessing
import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import chain
from typing import Any

from simulation.errors import CircuitError

from ..common.progress import counted
from . import worker

CPU_NAME = "NUMBA_CPU_NAME"
ASK_FOR_PROCESSORS = (
    "from llvmlite import binding; binding.initialize_native_target(); "
    "binding.Target.from_default_triple().create_target_machine(cpu='help')"
)
"""Has LLVM list, on the error stream, the kinds of processors that it compiles for."""
MOST_PROCESSES = 4  # each takes half a gigabyte


def prepare() -> None:
    """Compile the rules before any worker needs them, and say so, since that takes a while. Once for a machine.

    Raises `CircuitError` where the environment names a kind of processor that does not exist."""
    from simulation.rule import COMPILED

    check_processor()
    if not COMPILED or is_compiled():
        return
    from filelock import FileLock

    from simulation.rule_cache import announce_compiling, cache_folder

    from .pool import default_workers

    announce_compiling()
    done = cache_folder() / mark()
    with FileLock(done.with_suffix(".lock")):  # who comes second waits, and finds them compiled
        if not done.exists():
            compile_rules(default_workers())
            done.touch()


def is_compiled() -> bool:
    """Whether all rules lie compiled where this process will look for them."""
    from simulation.rule_cache import COMMON_LEVEL, IN_THE_PACKAGE, is_kept, is_of_common_level

    return is_kept(mark()) or (is_of_common_level() and (IN_THE_PACKAGE / mark(COMMON_LEVEL)).exists())


def processor() -> str:
    """The kind of processor that rules are compiled for: this one's, unless `NUMBA_CPU_NAME` names another."""
    import numba
    from llvmlite import binding

    settings: Any = numba.config
    return str(settings.CPU_NAME or binding.get_host_cpu_name())


def check_processor() -> None:
    """Raise `CircuitError` where the environment names no kind of processor: LLVM would compile for a common one, and
    say so at every rule."""
    named = os.environ.get(CPU_NAME)
    known = kinds_of_processors() if named else ()
    if named and known and named not in known:
        from simulation.scenario.input_errors import suggestion

        raise CircuitError(
            f"{CPU_NAME}={named}: no kind of processor that rules can be compiled for; {suggestion(named, known)}; "
            "unset it for this machine's own, or set it to generic for any of its architecture"
        )


def kinds_of_processors() -> tuple[str, ...]:
    """Names of the kinds of processors of this architecture that LLVM compiles for; none where it does not tell."""
    told = subprocess.run(
        [sys.executable, "-c", ASK_FOR_PROCESSORS], capture_output=True, text=True, check=False, errors="replace"
    ).stderr
    listed = told.partition("Available CPUs")[2].partition("Available features")[0]
    return tuple(re.findall(r"^  (\S+) +- ", listed, re.MULTILINE))


@lru_cache
def mark(kind: str | None = None) -> str:
    """The file that says that every rule is compiled, for this Python, this Numba and a kind of processor: this one."""
    import hashlib

    import numba

    from simulation.plan import close_quarter, pass_quarter
    from simulation.rule_cache import fingerprint

    digest = hashlib.sha256(
        "".join([fingerprint(pass_quarter), fingerprint(close_quarter), str(_types())]).encode()
    ).hexdigest()[:16]
    return f"{sys.implementation.cache_tag}-numba-{numba.__version__}-{kind or processor()}-{digest}.compiled"


def compile_rules(processors: int) -> None:
    """Compile every rule of the quarter, then the quarter as one and the opening, and leave them on the disk."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processors, MOST_PROCESSES), spawned) as processes:
        numbers = range(len(_rules()))
        steps = chain(processes.map(_compile, numbers), [None])
        for number, _ in enumerate(counted(steps, "rule", "compiling", len(numbers) + 1)):
            if number == len(numbers):
                worker.warm_up()


def _compile(number: int) -> None:
    _rules()[number].compile(_types())


@lru_cache(maxsize=1)
def _rules() -> list[Any]:
    """The rules of the default quarter, each once."""
    from simulation.plan import DEFAULT_PLAN, RECORDING, check

    return list(dict.fromkeys([*(rule for phase in DEFAULT_PLAN for rule in phase.steps), check, *RECORDING]))


@lru_cache(maxsize=1)
def _types() -> tuple[Any, ...]:
    """Types of what a rule of the quarter takes: the world, its accounts as slots of it, the firms."""
    import numba
    import numpy as np

    from simulation.agents.firms import FIRM
    from simulation.books.ledger import ACCOUNT, SLOT
    from simulation.registry import N_INSTITUTIONS
    from simulation.state import WORLD

    world = np.zeros(1, WORLD)
    accounts = np.ndarray((N_INSTITUTIONS,), ACCOUNT, world, 0, (SLOT,))
    return tuple(numba.typeof(part) for part in (world, accounts, np.zeros(1, FIRM)))
