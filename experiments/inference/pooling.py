"""Several smoothers, each with its own draw of the prior and of the errors, pooled into one ensemble.

A smoother learns from regressions over its members, and what chance does to these regressions moves all its members
alike: however many are run, their shares hold the luck of that one draw. Independent smoothers err independently. Over
a pool this averages out, and how far its smoothers lie apart says how much of it is left."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .smoother import Posterior


def pooled(parts: Sequence[Posterior], most: int) -> Posterior:
    """One posterior of several, at most `most` members: member m is from smoother m modulo their number, so that any
    stretch of members comes evenly from all. Members of one smoother are alike, so its first ones stand for it."""
    each = min(most // len(parts), *(len(part.vectors) for part in parts))

    def in_turn(columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.stack([column[:each] for column in columns], axis=1).reshape(-1, *columns[0].shape[1:])

    return Posterior(*(in_turn(columns) for columns in zip(*parts, strict=True)))
