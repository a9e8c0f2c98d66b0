"""The controls of the page: a plain form whose fields are the keys of an address."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from simulation.dates import VINTAGES
from simulation.errors import CircuitError

from ..ensembles.start import NOW, ensemble_of
from .asked import LATEST_START, MOST_RUNS, OPENINGS, Asked, Looking
from .catalogue import AT_ONCE, sliders

if TYPE_CHECKING:
    from jinja2 import Template

PAGE = Path(__file__).parent / "page"
PAIRS_TO_CHOOSE = (20, 50, 100, 200, 500, MOST_RUNS)
VINTAGE_WORDS = {**{date: each.words for date, each in VINTAGES.items()}, "now": "now, as the record allows"}


def form_of(query: str) -> str:
    """The form as an address sets it; where that is not understood, at rest, and the answer says what is wrong."""
    try:
        asked = Asked.of_query(query)
        touched = dict(parse_qsl(query.removeprefix("?")))
    except CircuitError:
        asked, touched = Asked(), {}
    known = sliders()
    shown = dict.fromkeys([*AT_ONCE, *(key for key in touched if key in known)])
    return _template("form.html").render(
        asked=asked,
        sliders=[(known[key], touched.get(key)) for key in shown],
        all_sliders=list(known.values()),
        scenarios=_scenarios(),
        policies=_policies(),
        vintages=[(name, VINTAGE_WORDS[name]) for name in OPENINGS if name != NOW or _is_known_now()],
        runs=[(str(number), f"{number:,}") for number in sorted({*PAIRS_TO_CHOOSE, asked.runs})],
        latest_start=LATEST_START,
    )


def look_of(looking: Looking) -> str:
    """The fields that say what to look at: one more series, and of one run its seed, a quarter and an agent."""
    from simulation.registry import NAMES
    from simulation.series import SERIES

    agents = [*(name for members in NAMES.values() for name in members), "Firms"]
    return _template("look.html").render(looking=looking, usual=Looking(), series=list(SERIES), agents=agents)


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(PAGE)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(name)


@cache
def _is_known_now() -> bool:
    """Whether an ensemble is shipped, from which economies begin now."""
    try:
        return ensemble_of(NOW) is not None
    except CircuitError:
        return False


@cache
def _scenarios() -> list[tuple[str, str]]:
    """Names and titles, the baseline first."""
    from simulation.scenario import available_scenarios

    return sorted(((name, title) for name, title, _ in available_scenarios()), key=lambda each: each[0] != "baseline")


@cache
def _policies() -> list[tuple[str, str, str]]:
    """Names, titles and meanings."""
    from simulation.scenario import available_policies

    return [(each.name, each.title, each.meaning) for each in available_policies()]
