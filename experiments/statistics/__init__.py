"""Every number with its interval and its n: thin wrappers around scipy, each with its source.

All intervals have the same nominal confidence (95% unless told otherwise). Random resampling is keyed by a fixed seed,
so the same runs always give the same interval. An input without runs gives NaN, never an error: a study whose runs all
failed still has a table. `python -m benchmarks.coverage` shows how often the intervals hold."""

from ..common.arrays import Floats as Floats
from .decisions import Regrets, regrets
from .effects import (
    Flips,
    bounded_share_effect,
    flips,
    holm,
    mean_effect,
    mean_p_value,
    ratio_of_means,
    running_share_effects,
    share_effect,
    variance_reduction,
)
from .estimates import (
    CONFIDENCE,
    FEWEST_FOR_BOOTSTRAP,
    FEWEST_FOR_INTERVAL,
    NOTHING,
    RESAMPLES,
    Estimate,
    finite,
    median,
    normal_quantile,
    quantiles,
)
from .groups import Difference, difference_of_means
from .shares import (
    Bounds,
    bounded_share,
    checkpoints,
    clustered_probability,
    joint_confidence,
    outcome_shares,
    probability,
    running_shares,
    spread_beyond_chance,
    wilson_bounds,
)
from .stopping import settled_effect_width, settled_width
from .survival import Survival, kaplan_meier, log_rank
from .tails import TAIL, at_risk, expected_shortfall, runs_for_tail, shortfall_effect
