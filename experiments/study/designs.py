"""Designs: how the declared ranges of a study are covered by its runs, and when there are runs enough.

A design gives every seed one point, and every arm the same one, so that arms stay comparable seed by seed."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

Draw = tuple[tuple[str, float], ...]

PULLBACK = "pullback"
"""The column of the runs that says whether there was an investment pullback: stopping rules and most answers are about
its share."""


class Design(BaseModel):
    """Points spread evenly over ranges of parameters; `[design]` in a study's file.

    A Latin hypercube (McKay, Beckman and Conover 1979) is made for a number of runs: another number, other points. A
    scrambled Sobol sequence (Owen 1998) only grows. Parameters that no range names are drawn from their priors, or keep
    their values, as the study says."""

    model_config = _STRICT

    method: Literal["latin-hypercube", "sobol"]
    ranges: dict[str, list[float]] = Field(min_length=1, max_length=1000)

    def points(self, runs: int, seed: int) -> list[Draw]:
        """One point for each run in order; the same for the same seed."""
        import numpy as np
        from scipy.stats import qmc

        names = sorted(self.ranges)
        low, high = zip(*(_ends(name, self.ranges[name]) for name in names), strict=True)
        random = np.random.default_rng(seed)
        if self.method == "sobol":
            unit = qmc.Sobol(len(names), rng=random).random_base2((runs - 1).bit_length())[:runs]
        else:
            unit = qmc.LatinHypercube(len(names), rng=random).random(runs)
        return [
            tuple((name, _whole(name, value)) for name, value in zip(names, point, strict=True))
            for point in qmc.scale(unit, low, high).tolist()
        ]


class StoppingRule(BaseModel):
    """Runs enough: no 95% interval is wider than `width`; `[stop]` in a study's file.

    Looked at after whole shards, from the first seed on without a gap, and again when there are a quarter more seeds,
    so that a study stops at the same seed whoever computes it; a width is judged at the least favourable truth that the
    runs leave open. `of` names what must be known so well: the "share" of runs with an investment pullback in every
    arm, or the "effect" of every arm on it. `least` is the number of seeds before the first look, for an interval that
    is narrow early is narrow by luck (Chow and Robbins 1965)."""

    model_config = _STRICT

    width: float = Field(ge=0.001, le=1.0)
    of: Literal["share", "effect"] = "share"
    least: int = Field(default=100, ge=2, le=1_000_000)


def design_errors(design: Design) -> list[str]:
    """What is wrong with a design's ranges, one line each."""
    from simulation.scenario import PARAMETERS
    from simulation.scenario.input_errors import parameter_error, suggestion

    errors = []
    for name, bounds in design.ranges.items():
        where = f"design.ranges.{name}"
        if name not in PARAMETERS:
            errors.append(f"{where}: unknown parameter; {suggestion(name, tuple(PARAMETERS))}")
        elif PARAMETERS[name].is_switch:
            errors.append(f"{where}: is a switch: put both its values in [grid]")
        elif len(bounds) != 2 or not bounds[0] < bounds[1]:
            errors.append(f"{where}: must be two numbers, the lower one first, not {bounds}")
        else:
            found = (parameter_error(PARAMETERS[name], _whole(name, bound)) for bound in bounds)
            errors += [f"{where}: {error}" for error in found if error]
    return errors


def _ends(name: str, bounds: list[float]) -> tuple[float, float]:
    """A range; of a whole number half a step wider at both ends, so that rounding gives every value the same share."""
    from simulation.scenario import PARAMETERS

    low, high = bounds
    step = 0.5 - 1e-9 if PARAMETERS[name].is_whole else 0.0
    return low - step, high + step


def _whole(name: str, value: float) -> float:
    from simulation.scenario import PARAMETERS

    return float(round(value)) if PARAMETERS[name].is_whole else value
