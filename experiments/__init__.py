"""Questions put to simulated economies: studies, batches, statistics, figures, the `circuit` command."""

from importlib.util import find_spec as _find_spec
from typing import Any as _Any

_economy = _find_spec("simulation")
if _economy is None or _economy.submodule_search_locations is None:
    _hiding = _economy.origin if _economy else "no folder on the path"
    raise ImportError(f"Circuit's package simulation is not found: {_hiding} is taken for it; rename that file")

__all__ = ["open_results", "run_study"]


def __getattr__(name: str) -> _Any:
    """Load a public function when it is first used, so that the command line answers before anything heavy is."""
    if name not in __all__:
        raise AttributeError(f"module 'experiments' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("experiments.methods.opened"), name)
