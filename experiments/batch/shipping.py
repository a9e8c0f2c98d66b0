"""Compiles the rules that runs load for a level of processors that many share, so that a wheel can hold them.

Of the 650 rules a run loads some twenty: the quarter as one, its record as one, and those of the opening and of the
outcome. What they call is compiled into them. Numba chooses the kind of processor when it is imported, hence the
processes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from simulation.errors import CircuitError
from simulation.rule_cache import COMMON_LEVEL, LOADED, cache_folder, folders_of_others

RULES = {".nbi", ".nbc", ".compiled"}
"""Endings of what a folder of rules holds: Numba's indices and code, and the mark that all are there."""


def compile_into(folder: Path) -> int:
    """Compile the rules that runs load for the common level of processors and put them into a folder, in place of those
    that it holds. Returns bytes. Raises `CircuitError` where the folder holds anything else, and leaves it alone."""
    if folder.exists() and not (folder.is_dir() and holds_rules_alone(folder)):
        raise CircuitError(f"{folder} holds something else than compiled rules: name a folder that is new or empty")
    scratch = cache_folder() / COMMON_LEVEL
    kind = {"NUMBA_CPU_NAME": COMMON_LEVEL, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(scratch)}
    for _ in range(2):  # the first compiles, and loads much besides; the second tells what is loaded
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "experiments.batch.shipping", str(folder.absolute())]
        subprocess.run(command, env={**os.environ, **kind}, check=True)
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def holds_rules_alone(folder: Path) -> bool:
    """Whether a folder has no file but compiled rules, or none at all."""
    return all(file.suffix in RULES for file in folder.rglob("*") if not file.is_dir())


def main() -> None:
    """In a process of the common level: do what runs do, and copy what that has loaded."""
    from .compiling import mark

    folder = Path(sys.argv[1])
    exercise()
    for index in LOADED:
        kept = next(kept for kept in (cache_folder(), *folders_of_others()) if index.is_relative_to(kept))
        to = folder / index.parent.relative_to(kept)
        to.mkdir(parents=True, exist_ok=True)
        for file in index.parent.glob(f"{index.stem}.*"):
            shutil.copyfile(file, to / file.name)
    if LOADED:
        (folder / mark(COMMON_LEVEL)).touch()


def exercise() -> None:
    """Open, run and judge an economy of each vintage, with everything that can be kept of it."""
    from simulation import Economy
    from simulation.dates import VINTAGES

    for vintage in VINTAGES:
        economy = Economy(seed=0, vintage=vintage, quarters=12, firms=10).run()
        economy.outcome  # noqa: B018  what loads rules is asking
        economy.returns  # noqa: B018
        economy.web()
        economy.importance()


if __name__ == "__main__":
    main()
