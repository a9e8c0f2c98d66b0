"""`circuit autopsy`: why one stored run had its investment pullback."""

from pathlib import Path
from typing import Annotated

import typer

from .asked import terminal


def autopsy(
    results: Annotated[str, typer.Argument(metavar="RESULTS", help="A folder that circuit compare has written.")],
    run: Annotated[str, typer.Argument(help="A run_id, as in the table runs.")],
    out: Annotated[Path, typer.Option(help="Folder for the figure and its data.")] = Path("results"),
) -> None:
    """Find what led to a run's first investment pullback, and what would have prevented it.

    Removes what happened around the peak one link at a time (a round that failed, a contract that was cancelled, chips
    that came late, a fund that was gated, a failure, a withdrawal), each in a fork with the same luck, and looks for
    the smallest single change of a lever, from the quarter before the peak on, that prevents the pullback."""
    from ..methods.autopsy import show

    show(results, run, out, terminal())


EPILOG = (
    'Example: `circuit query results/headline "select run_id from runs where pullback"`, then '
    "`circuit autopsy results/headline RUN`"
)
