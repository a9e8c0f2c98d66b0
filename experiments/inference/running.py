"""Running a calibration from the command line."""

import textwrap
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from simulation.dates import VINTAGES
from simulation.errors import CircuitError

from ..record.observations import Record, load_record
from ..store.results import check_writable
from .calibration import Calibration, Found, Wanted
from .printing import command_of, reporter, summary, write
from .stages import Desk


def calibrate(wanted: Wanted, data: str | None, folder: Path, workers: int | None) -> Found:
    """Calibrate, print and write. Raises `CircuitError` for what cannot be, before anything is computed."""
    record = record_with(data)
    if wanted.opening not in VINTAGES:
        raise CircuitError(f"--opening {wanted.opening}: choose {' or '.join(VINTAGES)}")
    wanted = replace(wanted, until=quarter_or_last(wanted.until, record))
    if wanted.smoothers * wanted.members > wanted.table:
        raise CircuitError(
            f"--table {wanted.table}: {wanted.smoothers} smoothers of {wanted.members} members start from as many runs "
            f"of the table: give at least {wanted.smoothers * wanted.members}, or fewer --members or --smoothers"
        )
    if wanted.pool < wanted.smoothers:
        raise CircuitError(f"--pool {wanted.pool}: must hold a member of each of the {wanted.smoothers} smoothers")
    check_writable(folder)
    started = time.perf_counter()
    calibration = Calibration(record, wanted, Desk(folder, workers))
    found = calibration.run(reporter(print))
    found.ensemble.made["command"] = command_of(wanted, data)
    files = write(found, folder)
    print(f"\n{summary(found, calibration, time.perf_counter() - started)}")
    print(f"\n{folder}:\n{of_files(file.name for file in files)}")
    return found


def of_files(names: Iterable[str]) -> str:
    """Names of files in eighty columns."""
    return textwrap.fill(", ".join(names), 80, initial_indent="  ", subsequent_indent="  ")


def record_with(data: str | None) -> Record:
    """The shipped record, with a file of one's own laid over it."""
    shipped = load_record()
    if data is None:
        return shipped
    return Record(tuple({**shipped.by_key, **load_record(data).by_key}.values()))


def quarter_or_last(until: str, record: Record) -> str:
    """A quarter that was asked for, or the last recorded. Raises `CircuitError` for what is no quarter."""
    import re

    if until and not re.fullmatch(r"\d{4}Q[1-4]", until):
        raise CircuitError(f"--until {until!r}: must be a quarter like 2025Q3")
    return min(until, record.last) if until else record.last
