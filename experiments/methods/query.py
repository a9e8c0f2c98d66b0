"""SQL over stored runs, on DuckDB, which sees the verified tables and nothing else."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from simulation.errors import CircuitError

from ..store.results import ALL_TABLES
from ..study.reopening import reopened

if TYPE_CHECKING:
    import pandas as pd

_SETTINGS = (
    "set enable_external_access = false",
    "set python_enable_replacements = false",
    "set lock_configuration = true",
)


def ask(folder: str, sql: str) -> pd.DataFrame:
    """The answer to a query over the tables of a results folder.

    Only tables that the query names are read. Raises `CircuitError` for what DuckDB cannot answer, and for a damaged
    file."""
    try:
        import duckdb
    except ImportError:
        raise CircuitError("circuit query: needs DuckDB: python3 -m pip install 'circuit-economy[query]'") from None
    _, results = reopened(folder)
    if warning := results.warning():
        print(f"circuit: {warning}", file=sys.stderr)
    with duckdb.connect(":memory:") as connection:
        for table in ALL_TABLES:
            rows = results.arrow(table) if re.search(rf"\b{table}\b", sql, re.IGNORECASE) else None
            if rows is not None:
                connection.register(table, rows)
        for setting in _SETTINGS:
            connection.execute(setting)
        try:
            answer: pd.DataFrame = connection.execute(sql).df()
        except duckdb.Error as error:
            kept = {file.partition("/")[0] for file in results.files}
            raise CircuitError(f"query: {_in_a_line(str(error), [t for t in ALL_TABLES if t in kept])}") from None
    return answer


def _in_a_line(message: str, tables: list[str]) -> str:
    """What is wrong with a query. Of functions DuckDB lists every form; near names it seeks among tables of its own."""
    said = " ".join(message.split())
    if "Table with name" in said:
        return f"{said.partition('!')[0].partition(': ')[2]}; these results have {', '.join(tables)}"
    listed, _, line = said.partition(" Candidate functions: ")[2].rpartition(" LINE ")
    return said.replace(f" Candidate functions: {listed}", "") if line else said
