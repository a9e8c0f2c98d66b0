"""`circuit explore`: a live page on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options as option
from .asked import terminal


def explore(
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but this machine's own lets others in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 is any that is free.")] = 8723,
    workers: option.Workers = None,
) -> None:
    """Ask what if, on a live page: move a slider, and pairs of runs with the same seeds answer.

    Scenario, policies, gamma, any parameter or lever; endings with their intervals, fans with the record, one run's
    story, who pays whom, balance sheets. What was asked stands in the address, and can be saved as a scenario file that
    every command takes. Nobody but this machine can reach the page unless --host says so."""
    from ..common.extras import require

    require("shiny", "explore")
    from ..explore.starting import explore as start

    start(host, port, workers, terminal())


EPILOG = "Examples: `circuit explore`\n\n`circuit explore --port 9000 --workers 4`"
