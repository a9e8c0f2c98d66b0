"""One run of a question, opened up: its story, who pays whom in a quarter, an agent's balance sheet."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ..batch.worker import build
from ..ensembles.start import past_of
from ..methods.one_run import by_quarter, quarter_number
from ..narrative.since import since
from ..narrative.story import tell
from ..narrative.web import claim
from .asked import WITH, Asked

if TYPE_CHECKING:
    import pandas as pd

    from simulation import Economy

    from ..figures.chart import Chart

ECONOMIES_KEPT = 6  # with their books, some 30 MB each


@lru_cache(maxsize=ECONOMIES_KEPT)
def economy_of(asked: Asked, seed: int, side: str = WITH) -> Economy:
    """The run with this seed of a pair, computed again with its books. `side` is "with" or "without" the changes."""
    specs = asked.plan.specs
    return build(specs.of(seed - specs.study.seed, int(side == WITH)), keep_books=True).run()


def story_of(asked: Asked, seed: int, side: str = WITH) -> list[str]:
    """The run in words, a paragraph each."""
    return tell(since(economy_of(asked, seed, side), past_of(asked.vintage), seed))


def quarter_of(asked: Asked, label: str | None) -> int:
    """The number of a quarter in an economy of this question; the last one without a label. Raises `CircuitError`."""
    return past_of(asked.vintage) + quarter_number(asked.plan.study, label)


def web_of(economy: Economy, quarter: int) -> Chart:
    """Who pays whom in a quarter, as a network with the circular part in a colour of its own."""
    from simulation.measurement.web import PAYS

    from ..figures.network import network_chart

    edges, label = economy.web(quarter), economy.label(quarter)
    return network_chart(edges, "web", claim(edges, label), f"{label}. One run of many.", (PAYS,))


def balance_sheet_of(asked: Asked, seed: int, agent: str) -> pd.DataFrame:
    """An agent's balance sheet, USD bn: a row a quarter, a column an instrument."""
    economy = economy_of(asked, seed)
    return by_quarter(economy, agent, economy.balance_sheet, past_of(asked.vintage))
