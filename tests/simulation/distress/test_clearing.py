"""Who pays what when some cannot pay: the greatest payments that means, priorities and default costs allow."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from simulation.distress.clearing import OUTSIDE, SOLVENT
from simulation.rule import COMPILED
from tests.simulation.distress.networks import (
    Network,
    cleared,
    cleared_by_iteration,
    dues,
    in_default,
    one_round,
    random_network,
)

LAB, CLOUD, FUND, BANK = range(4)
CHAIN = ((LAB, CLOUD, 0, 30.0), (CLOUD, FUND, 0, 35.0), (FUND, BANK, 0, 20.0))

COST = st.sampled_from([0.0, 0.5, 0.7, 0.8, 0.9, 1.0])
LARGE = st.builds(
    random_network,
    seed=st.integers(0, 2**32 - 1),
    actors=st.integers(1, 200),
    dues_each=st.integers(1, 8),
    classes=st.integers(1, 5),
    alpha=COST,
    beta=COST,
)
WHOLE_SUM = st.integers(0, 12).map(float)


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    """Few actors and round sums: ties, empty classes, debts to oneself, money that only goes round."""
    actors = draw(st.integers(1, 5))
    one = st.tuples(st.integers(0, actors - 1), st.integers(-1, actors - 1), st.integers(0, 2), WHOLE_SUM)
    rows = draw(st.lists(one, min_size=1, max_size=12))
    means = draw(st.lists(WHOLE_SUM, min_size=actors, max_size=actors))
    return dues(*rows, means=means, alpha=draw(COST), beta=draw(COST))


ANY = st.one_of(LARGE, small_networks())


@pytest.mark.parametrize(
    ("lab_cash", "recovered", "pays", "generations"),
    [
        (12.0, 1.0, [12.0, 22.0, 20.0], [0, 1, SOLVENT, SOLVENT]),
        (12.0, 0.9, [10.8, 18.72, 20.0], [0, 1, SOLVENT, SOLVENT]),
        (30.0, 0.9, [30.0, 35.0, 20.0], [SOLVENT] * 4),
    ],
)
def test_a_lab_that_falls_short_pulls_its_cloud_down_and_no_more(
    lab_cash: float, recovered: float, pays: list[float], generations: list[int]
) -> None:
    result = cleared(dues(*CHAIN, means=[lab_cash, 10.0, 5.0, 0.0], alpha=recovered, beta=recovered))
    assert result.paid == pytest.approx(pays, abs=1e-12)
    assert result.generation.tolist() == generations
    assert result.defaults == sum(generation != SOLVENT for generation in generations)


def test_the_cost_of_a_default_is_what_its_creditors_never_see() -> None:
    result = cleared(dues(*CHAIN, means=[12.0, 10.0, 5.0, 0.0], alpha=0.9, beta=0.9))
    assert result.destroyed == pytest.approx([1.2, 2.08, 0.0, 0.0])


def test_wages_and_lenders_with_collateral_come_before_suppliers_and_suppliers_share() -> None:
    network = dues(
        (LAB, OUTSIDE, 0, 4.0),
        (LAB, BANK, 0, 2.0),
        (LAB, CLOUD, 1, 6.0),
        (LAB, FUND, 1, 3.0),
        (LAB, FUND, 2, 9.0),
        means=[9.0, 0.0, 0.0, 0.0],
    )
    assert cleared(network).paid == pytest.approx([4.0, 2.0, 2.0, 1.0, 0.0])
    assert cleared(replace(network, means=np.array([3.0, 0.0, 0.0, 0.0]))).paid == pytest.approx([2, 1, 0, 0, 0])


def test_two_who_owe_each_other_and_have_nothing_need_not_default() -> None:
    result = cleared(dues((0, 1, 0, 10.0), (1, 0, 0, 10.0), means=[0.0, 0.0], alpha=0.8, beta=0.8))
    assert result.paid.tolist() == [10.0, 10.0]
    assert result.defaults == 0


@pytest.mark.parametrize("lack", [1.0, 1e-2, 1e-4])
def test_a_circle_of_debts_that_leaks_a_little_every_time_round_runs_dry_at_once(lack: float) -> None:
    # Plain iteration would need a million times the lack's inverse rounds.
    circle = dues((0, OUTSIDE, 0, 5.0), (0, 1, 1, 1e6), (1, 0, 1, 1e6), means=[0.0, 5.0 - lack])
    assert cleared(circle).paid == pytest.approx([5.0 - lack, 0.0, 5.0 - lack], abs=1e-3)


def test_means_below_zero_pay_nothing() -> None:
    result = cleared(dues((0, 1, 0, 10.0), means=[-3.0, 0.0], alpha=0.5))
    assert result.paid.tolist() == [0.0]
    assert result.destroyed.tolist() == [0.0, 0.0]


@given(ANY)
def test_nobody_pays_more_than_its_dues_or_its_means(network: Network) -> None:
    result = cleared(network)
    available = network.means + network.received(result.paid)
    assert (result.paid >= 0.0).all()
    assert (result.paid <= network.amount).all()
    assert (network.spent(result.paid) <= available + 1e-11 * network.owed).all()


@given(ANY)
def test_the_solvent_pay_in_full_and_defaulters_all_that_default_leaves(network: Network) -> None:
    result = cleared(network)
    out = result.generation != SOLVENT
    spent = network.spent(result.paid)
    left = network.alpha * network.means + network.beta * network.received(result.paid)
    assert (in_default(network, result.paid) == out).all()
    assert (result.paid[~out[network.payer]] == network.amount[~out[network.payer]]).all()
    assert spent[out] == pytest.approx(left[out], rel=1e-9, abs=1e-11 * (1.0 + network.owed.max()))


@given(ANY)
def test_juniors_get_nothing_before_seniors_have_all_and_equals_get_equal_shares(network: Network) -> None:
    result = cleared(network)
    known = np.flatnonzero(network.amount > 0.0)
    shares = result.paid[known] / network.amount[known]
    for payer in np.unique(network.payer[known]):
        own = network.payer[known] == payer
        worst_before = 1.0
        for priority in np.unique(network.priority[known][own]):
            here = shares[own & (network.priority[known] == priority)]
            assert np.ptp(here) <= 1e-12
            assert here.max() == 0.0 or worst_before >= 1.0 - 1e-9
            worst_before = here.min()


@given(ANY)
def test_wealth_changes_hands_but_for_the_costs_of_default(network: Network) -> None:
    result = cleared(network)
    left = network.means + network.received(result.paid) - network.spent(result.paid) - result.destroyed
    to_outsiders = result.paid[network.payee == OUTSIDE].sum()
    scale = 1.0 + network.means.sum() + network.amount.sum()
    assert (left >= -1e-11 * scale).all()
    assert (result.destroyed >= 0.0).all()
    assert left.sum() + to_outsiders + result.destroyed.sum() == pytest.approx(network.means.sum(), abs=1e-11 * scale)
    if network.alpha == network.beta == 1.0:
        assert (result.destroyed == 0.0).all()


@given(ANY)
def test_no_greater_payments_are_possible(network: Network) -> None:
    result = cleared(network)
    scale = 1.0 + network.amount.max()
    from_above = cleared_by_iteration(network, network.amount)
    assert result.paid == pytest.approx(from_above, abs=1e-9 * scale)
    assert ((result.generation != SOLVENT) == in_default(network, from_above)).all()


@given(ANY)
def test_the_payments_reproduce_themselves(network: Network) -> None:
    paid = cleared(network).paid
    again = one_round(network, paid, in_default(network, paid))
    assert paid == pytest.approx(again, rel=1e-9, abs=1e-11 * (1.0 + network.owed.max()))


@given(st.integers(0, 2**32 - 1), st.integers(2, 200), st.integers(1, 6))
def test_without_costs_and_classes_clearing_solves_the_linear_programme(seed: int, actors: int, dues_each: int) -> None:
    # Eisenberg and Noe (2001), lemma 4: the largest sum of feasible payments is the clearing vector.
    network = random_network(seed, actors, dues_each, 1, 1.0, 1.0)
    owed = network.owed
    passed_on = np.zeros((actors, actors))
    inside = network.payee >= 0
    share = network.amount / owed[network.payer]
    np.add.at(passed_on, (network.payee[inside], network.payer[inside]), share[inside])
    best = linprog(-np.ones(actors), np.eye(actors) - passed_on, network.means, bounds=np.c_[np.zeros(actors), owed])
    assert best.status == 0
    assert network.spent(cleared(network).paid) == pytest.approx(best.x, rel=1e-6, abs=1e-6 * owed.max())


@given(LARGE, st.integers(0, 199), st.floats(0.0, 10.0))
def test_more_money_for_one_lowers_nobodys_receipts(network: Network, lucky: int, gift: float) -> None:
    richer = network.means.copy()
    richer[lucky % len(richer)] += gift
    before, after = cleared(network), cleared(replace(network, means=richer))
    assert (after.paid >= before.paid - 1e-9 * (1.0 + network.amount.max())).all()
    assert after.defaults <= before.defaults


@given(ANY)
def test_generations_tell_who_falls_by_itself_and_who_is_pulled_down(network: Network) -> None:
    result = cleared(network)
    assert ((result.generation == 0) == in_default(network, network.amount)).all()
    named = set(result.generation[result.generation != SOLVENT].tolist())
    assert named == set(range(len(named)))
    assert result.defaults == (result.generation != SOLVENT).sum()


def sample() -> list[str]:
    results = [cleared(random_network(seed, 30, 5, 3, 0.8, 0.8)) for seed in range(5)]
    return [f"{number:.10e}" for result in results for number in (*result.paid, *result.destroyed, *result.generation)]


def test_compiled_and_uncompiled_clearing_agree() -> None:
    code = "from tests.simulation.distress.test_clearing import sample; print(*sample(), sep='\\n')"
    environment = {**os.environ, "CIRCUIT_JIT": "0" if COMPILED else "1"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    theirs = np.array(other.stdout.split(), float)
    assert theirs == pytest.approx(np.array(sample(), float), rel=1e-9, abs=1e-12)
