"""`circuit compile`: what the first run would wait for, done when there is time for it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from simulation.errors import CircuitError

EPILOG = "Example: `circuit compile`, after each install"


def compile_(
    into: Annotated[
        Path | None, typer.Option(help="Compile for many processors into this folder instead, as a wheel needs them.")
    ] = None,
) -> None:
    """Compile the rules of the economy now, which the first run would otherwise wait for.

    Says where they are kept. A run takes them from there as long as neither the rules nor Python, Numba and the kind of
    processor change. Variables of the environment: NUMBA_CACHE_DIR is the folder; NUMBA_CPU_NAME=generic, here and in
    every run, makes rules that any processor of the architecture can use, as a container needs them."""
    from time import monotonic

    from simulation.rule import COMPILED

    from ..batch.compiling import check_processor, is_compiled, prepare, processor

    if not COMPILED:
        raise CircuitError("CIRCUIT_JIT=0 is set: rules run uncompiled, unset it to compile them")
    from simulation.rule_cache import COMMON_LEVEL, NO_HOME, cache_folder, usual_folder

    if into is not None:
        from ..batch.shipping import compile_into

        size = compile_into(into)
        print(f"Rules for processors of {COMMON_LEVEL} in {into}: {size / 1e6:.1f} MB")
        return
    folder = str(cache_folder())
    if os.environ.get(NO_HOME) == folder:
        raise CircuitError(f"{usual_folder()} cannot be written: set NUMBA_CACHE_DIR to a folder that keeps the rules")
    check_processor()
    started, before = monotonic(), is_compiled()
    prepare()
    took = "were compiled already" if before else f"compiled in {monotonic() - started:.0f} s"
    print(f"Rules {took}, for processors of the kind {processor()}. Kept in: {folder}")
