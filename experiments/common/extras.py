"""Libraries that only some commands need: an absent one is a line that says what to install."""

from importlib.util import find_spec

from simulation.errors import CircuitError

EXTRA_OF = {
    "SALib": "sensitivity",
    "distributed": "cluster",
    "duckdb": "query",
    "ema_workbench": "discovery",
    "fsspec": "remote",
    "iterative_ensemble_smoother": "calibration",
    "scoringrules": "calibration",
    "xlsxwriter": "excel",
    "shiny": "explore",
    "uvicorn": "explore",
}


def require(library: str, command: str) -> None:
    """Raise `CircuitError` unless a library of an optional extra is installed."""
    if find_spec(library) is None:
        raise CircuitError(
            f"circuit {command}: needs {library}: python3 -m pip install 'circuit-economy[{EXTRA_OF[library]}]'"
        )
