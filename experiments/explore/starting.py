"""`circuit explore`: rules compiled, workers hired, the page served until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..batch.compiling import prepare
from ..batch.worker import warm_up
from .pairs import PairRunner
from .serving import listening, serve

if TYPE_CHECKING:
    from rich.console import Console


def explore(host: str, port: int, workers: int | None, console: Console) -> None:
    """Serve the live page. Raises `CircuitError` where the address cannot be had."""
    from .app import app_of

    with listening(host, port) as listener:
        prepare()
        with PairRunner(workers) as runner:
            warm_up()  # this process computes the runs that are opened up
            shown = f"[{host}]" if ":" in host else host
            console.print(f"http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C ends it)", soft_wrap=True)
            serve(app_of(runner), host, listener)
