"""How investors move prices, estimated from crashes after run-ups."""

import numpy as np
import pytest
from scipy.special import expit, logit

from experiments.methods.investors import JUDGED, nearest, responses, stored
from experiments.methods.run_ups import RECORD, Shares
from simulation.scenario import PARAMETERS

NOTHING = np.zeros(len(JUDGED))


def run_up_that(crashes: bool) -> Shares:
    """Shares that rise by 60% in a year while the market stands, and fall by half two years later or not."""
    path = np.array([1.0] * 4 + [1.6] * 4 + [0.8 if crashes else 1.6] * 6)
    return Shares(path, np.ones(len(path)))


def test_what_odds_hang_on_is_found_again() -> None:
    rng = np.random.default_rng(3)
    points = rng.uniform(-1.0, 1.0, (4000, len(JUDGED)))
    crashed = rng.random(4000) < expit(-0.5 + 1.2 * points[:, 0] - 0.8 * points[:, 1])
    paths = [(point, run_up_that(bool(crash))) for point, crash in zip(points, crashed, strict=True)]
    fitted = responses(paths)[list(RECORD).index(0.5)]
    assert fitted == pytest.approx([-0.5, 1.2, -0.8, 0.0], abs=0.15)


def test_where_nothing_moves_the_odds_what_was_judged_stays() -> None:
    flat = np.column_stack([np.zeros(len(RECORD)), np.zeros((len(RECORD), len(JUDGED)))])
    judged = np.array([0.3, -0.2, 0.0])
    assert nearest(flat, judged, judged, 0.5) == pytest.approx(judged, abs=1e-6)


def test_a_number_that_moves_the_odds_goes_to_the_record_as_far_as_its_round_lets_it() -> None:
    record = np.array(list(RECORD.values()))
    fitted = np.column_stack([logit(record) - 4.0 * 0.2, np.full(len(record), 4.0), np.zeros((len(record), 2))])
    found = nearest(fitted, NOTHING, NOTHING, 0.5)
    assert found[0] == pytest.approx(0.2, abs=0.01)
    assert found[1:] == pytest.approx(NOTHING[1:], abs=1e-6)
    assert nearest(fitted, NOTHING, NOTHING, 0.1)[0] == pytest.approx(0.1)


def test_the_stored_estimate_lies_in_the_declared_ranges() -> None:
    found = stored()["parameters"]
    assert set(found) == set(JUDGED)
    assert all(PARAMETERS[name].low <= value <= PARAMETERS[name].high for name, value in found.items())
