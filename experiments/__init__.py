"""Questions put to simulated economies: studies, batches, statistics, figures, the `circuit` command."""

from importlib.util import find_spec as _find_spec

_economy = _find_spec("simulation")
if _economy is None or _economy.submodule_search_locations is None:
    _hiding = _economy.origin if _economy else "no folder on the path"
    raise ImportError(f"Circuit's package simulation is not found: {_hiding} is taken for it; rename that file")
