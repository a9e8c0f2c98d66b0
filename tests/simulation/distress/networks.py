"""Networks of dues for the tests of clearing, and a second way to clear them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulation.distress.clearing import clear_dues


@dataclass(frozen=True)
class Network:
    """Who owes whom how much in which class, and what money each has."""

    payer: np.ndarray
    payee: np.ndarray
    priority: np.ndarray
    amount: np.ndarray
    means: np.ndarray
    alpha: float = 1.0
    beta: float = 1.0

    @property
    def owed(self) -> np.ndarray:
        return np.bincount(self.payer, self.amount, minlength=len(self.means))

    def received(self, paid: np.ndarray) -> np.ndarray:
        inside = self.payee >= 0
        return np.bincount(self.payee[inside], paid[inside], minlength=len(self.means))

    def spent(self, paid: np.ndarray) -> np.ndarray:
        return np.bincount(self.payer, paid, minlength=len(self.means))

    def ladder(self) -> np.ndarray:
        ladder = np.zeros((len(self.means), self.priority.max() + 2))
        np.add.at(ladder, (self.payer, self.priority + 1), self.amount)
        return ladder.cumsum(axis=1)


@dataclass(frozen=True)
class Cleared:
    paid: np.ndarray
    generation: np.ndarray
    destroyed: np.ndarray
    defaults: int


def cleared(network: Network) -> Cleared:
    actors, dues = len(network.means), len(network.amount)
    result = Cleared(np.empty(dues), np.empty(actors, np.int64), np.empty(actors), 0)
    defaults = clear_dues(
        network.payer,
        network.payee,
        network.priority,
        network.amount,
        network.means,
        network.alpha,
        network.beta,
        result.paid,
        result.generation,
        result.destroyed,
    )
    return replace(result, defaults=defaults)


def dues(*rows: tuple[int, int, int, float], means: list[float], alpha: float = 1.0, beta: float = 1.0) -> Network:
    """A network from rows of payer, payee, class and amount."""
    payer, payee, priority, amount = zip(*rows, strict=True)
    whole = (np.array(column, np.int64) for column in (payer, payee, priority))
    return Network(*whole, np.array(amount, float), np.array(means, float), alpha, beta)


def one_round(network: Network, paid: np.ndarray, out: np.ndarray) -> np.ndarray:
    """What is paid, by the rule itself, by those in default and those not, when `paid` is what is received."""
    rungs = network.ladder()
    rung = rungs[network.payer, network.priority]
    width = rungs[network.payer, network.priority + 1] - rung
    estate = network.alpha * network.means + network.beta * network.received(paid)
    share = (estate[network.payer] - rung) / np.where(width > 0.0, width, 1.0)
    return np.where(out[network.payer], network.amount * np.clip(share, 0.0, 1.0), network.amount)


def in_default(network: Network, paid: np.ndarray) -> np.ndarray:
    return np.asarray(network.means + network.received(paid) < network.owed * (1.0 - 1e-12))


def cleared_by_iteration(network: Network, start: np.ndarray, sweeps: int = 100_000) -> np.ndarray:
    """The fixed point that plain iteration of the rule reaches from given payments."""
    paid = start
    for _ in range(sweeps):
        after = one_round(network, paid, in_default(network, paid))
        if np.abs(after - paid).max() <= 1e-15 * network.amount.max():
            return after
        paid = after
    raise AssertionError("plain iteration did not settle")


def random_network(seed: int, actors: int, dues_each: int, classes: int, alpha: float, beta: float) -> Network:
    """Dues of very different sizes, part of them to outsiders, with means from ample to desperate."""
    draw = np.random.default_rng(seed)
    number = actors * dues_each
    return Network(
        draw.integers(0, actors, number),
        draw.integers(-1, actors, number),
        draw.integers(0, classes, number),
        draw.lognormal(0.0, 1.5, number),
        draw.choice([0.05, 0.3, 1.0]) * dues_each * draw.lognormal(0.0, 1.0, actors) * (draw.random(actors) > 0.1),
        alpha,
        beta,
    )
