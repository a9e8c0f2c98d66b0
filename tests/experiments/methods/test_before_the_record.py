"""What the record changes in the answer."""

from __future__ import annotations

import numpy as np

from experiments.ensembles.ensemble import load_ensemble
from experiments.methods.before_the_record import DEPTH, EARNED, before_and_after, unconditioned


def test_the_answer_is_told_before_the_record_and_after() -> None:
    found = before_and_after(load_ensemble(), runs=4, firms=10, workers=1)
    assert list(found.groupby("belief")["answer"].count()) == [4, 4]
    assert {EARNED, DEPTH} <= set(found["answer"])
    assert found["n"].max() == 4


def test_members_of_the_prior_have_not_learned() -> None:
    ensemble = load_ensemble()
    free = unconditioned(ensemble)
    assert (len(free), free.until) == (len(ensemble), ensemble.until)
    assert abs(float(np.mean(free.vectors))) < 0.01
    assert abs(float(np.std(free.vectors)) - 1.0) < 0.01
