"""The executive summary: sentences written from the numbers, never stronger than their intervals."""

import re

from ..narrative.headline import headline
from .section import Findings, Section

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9+])")


def summary(findings: Findings, sections: list[Section]) -> list[str]:
    """The answer sentence by sentence, then what each section adds to it."""
    answer = headline(findings.analysis)
    return [*_SENTENCE_END.split(answer), *(point for section in sections for point in section.points)]
