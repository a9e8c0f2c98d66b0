"""The sections of a report, in order: one module, one idea. A new section is a module and a line here."""

from ..section import Writer
from . import (
    cascade,
    decision,
    economies,
    effects,
    gamma,
    limits,
    outcomes,
    paths,
    phases,
    precision,
    provenance,
    published,
    timing,
    web,
)

WRITERS: tuple[Writer, ...] = (
    economies.write,
    outcomes.write,
    gamma.write,
    phases.write,
    effects.write,
    decision.write,
    timing.write,
    paths.write,
    web.write,
    cascade.write,
    published.write,
    precision.write,
    limits.write,
    provenance.write,
)
