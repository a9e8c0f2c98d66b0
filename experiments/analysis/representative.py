"""The run of a study that is shown in detail, and that run computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..batch.compiling import prepare
from ..batch.worker import build

if TYPE_CHECKING:
    from simulation import Economy

    from ..study.schema import Arm, RunSpec
    from .analysis import Analysis

CIRCULARITY = "circularity"


class Representative(NamedTuple):
    """A run, the quarter of its highest circularity (counted from 1), and that circularity."""

    run_id: str
    seed: int
    quarter: int
    peak: float


def median_peak(analysis: Analysis) -> Representative | None:
    """The reference run whose highest circularity is the median of all (of an even number, the lower of the two).

    None where no run finished."""
    peaks = peaks_of(analysis, analysis.reference)
    return peaks[(len(peaks) - 1) // 2] if peaks else None


def peaks_of(analysis: Analysis, arm: Arm) -> list[Representative]:
    """The highest circularity of every finished run of an arm, lowest first."""
    finished = analysis.finished(arm)
    if finished.empty or CIRCULARITY not in analysis.series:
        return []
    found = [
        Representative(str(run_id), int(str(seed)), int(np.argmax(path)) + 1, float(path.max()))
        for (seed, run_id), path in zip(finished["run_id"].items(), analysis.paths(arm, CIRCULARITY), strict=True)
    ]
    return sorted(found, key=lambda run: (run.peak, run.seed))


def computed_again(analysis: Analysis, run: Representative) -> Economy | None:
    """The reference run from its seed and parameters, with the books of every quarter.

    None where the model or a scenario file is no longer what it was when the run was stored."""
    spec = _spec_of(analysis, run)
    if spec is None:
        return None
    prepare()
    return build(spec, keep_books=True).run()


def _spec_of(analysis: Analysis, run: Representative) -> RunSpec | None:
    specs = analysis.plan.specs
    if not specs.arms:
        return None
    spec = specs.of(run.seed - analysis.plan.study.seed, 0)
    return spec if spec.run_id == run.run_id else None
