"""`circuit facts`: how well the data are known."""

from typing import Annotated

import typer

from simulation.dates import USUAL

from . import options as option

EPILOG = "Examples: `circuit facts`\n\n`circuit facts --confidence low --vintage 2022Q4`"


def facts(
    confidence: Annotated[
        str | None, typer.Option(help="List the opening numbers of this confidence: high, medium or low.")
    ] = None,
    vintage: option.Vintage = None,
) -> None:
    """Count the data by confidence: numbers of the openings, of their rules, of the record, and of the known deals.

    High is a filing or a press report of one, medium derived or from one secondary source, low recalled, estimated or
    assumed. `circuit run --sources` prints an opening with all its sources."""
    from simulation.errors import CircuitError
    from simulation.vintages.facts import CONFIDENCES

    from ..record.confidence import counted, listed

    if confidence is None and vintage is None:
        print(counted().to_string())
        return
    level = confidence or "low"
    if level not in CONFIDENCES:
        raise CircuitError(f"--confidence {level!r} must be one of {', '.join(CONFIDENCES)}")
    for line in listed(vintage or USUAL, level):
        print(line)
