"""DebtRank: how much of the system's value the distress of one actor puts at risk. A diagnostic, not a default rule.

exposure[holder, issuer] is what the holder loses if the issuer's claims become worthless (USD bn); equity is the
holder's buffer; value is what an actor counts for in the total, usually its assets. Distress is the part of its buffer
an actor has lost, in [0, 1].
"""

from __future__ import annotations

import numpy as np

from simulation.rule import rule

NEGLIGIBLE = 1e-12
"""Distress that is passed on no further."""


@rule
def impact(exposure: float, equity: float) -> float:
    """Part of a holder's buffer that one exposure can destroy; all of it where there is no buffer."""
    if exposure <= 0.0:
        return 0.0
    return min(exposure / equity, 1.0) if equity > 0.0 else 1.0


@rule
def pass_on_once(exposure: np.ndarray, equity: np.ndarray, distress: np.ndarray) -> None:
    """Spread the given distress; each actor passes its distress on once, when it is first hit, so that losses do not
    go round in circles (Battiston, Puliga, Kaushik, Tasca and Caldarelli 2012). Changes `distress` in place."""
    size = len(distress)
    spent = np.zeros(size, np.bool_)
    active = distress > 0.0
    spreading = True
    while spreading:
        before = distress.copy()
        spreading = False
        for issuer in range(size):
            if active[issuer]:
                for holder in range(size):
                    loss = impact(exposure[holder, issuer], equity[holder]) * before[issuer]
                    distress[holder] = min(distress[holder] + loss, 1.0)
        for i in range(size):
            spent[i] = spent[i] or active[i]
            active[i] = not spent[i] and distress[i] > 0.0
            spreading = spreading or active[i]


@rule
def pass_on_losses(exposure: np.ndarray, equity: np.ndarray, distress: np.ndarray, rounds: int) -> None:
    """Spread the given distress; every further loss is passed on, until nobody loses more or for a number of rounds:
    h_i(t+1) = min(1, h_i(t) + sum of exposure/equity x (h_j(t) - h_j(t-1))), which amplifies without bound where
    exposures are large against buffers (Bardoscia, Battiston, Caccioli and Caldarelli 2015). Changes `distress` in
    place."""
    news = distress.copy()
    for _ in range(rounds):
        before = distress.copy()
        for issuer in range(len(news)):
            if news[issuer] > 0.0:
                for holder in range(len(news)):
                    if exposure[holder, issuer] > 0.0:
                        # Capped by the buffer as a whole, not by one exposure: marks fall a little at a time.
                        share = exposure[holder, issuer] / equity[holder] if equity[holder] > 0.0 else np.inf
                        distress[holder] = min(distress[holder] + share * news[issuer], 1.0)
        largest = 0.0
        for i in range(len(news)):
            news[i] = distress[i] - before[i]
            largest = max(largest, news[i])
        if largest <= NEGLIGIBLE:
            return


@rule
def debt_ranks(exposure: np.ndarray, equity: np.ndarray, value: np.ndarray, rank: np.ndarray) -> None:
    """DebtRank of every actor: the part of total value that is distressed in others when this one alone fails, its own
    value left out (Battiston et al. 2012). Fills `rank`."""
    total = 0.0
    for i in range(len(value)):
        total += value[i]
    distress = np.zeros(len(value))
    for failed in range(len(value)):
        distress[:] = 0.0
        distress[failed] = 1.0
        pass_on_once(exposure, equity, distress)
        lost = 0.0
        for i in range(len(value)):
            if i != failed:
                lost += distress[i] * value[i]
        rank[failed] = lost / total if total > 0.0 else 0.0


@rule
def removal_losses(value: np.ndarray, rank: np.ndarray, loss: np.ndarray) -> None:
    """Part of total value that goes when an actor fails, its own and what it puts at risk in others. Fills `loss`; the
    order from the largest down is the removal ranking."""
    total = 0.0
    for i in range(len(value)):
        total += value[i]
    for i in range(len(value)):
        loss[i] = rank[i] + (value[i] / total if total > 0.0 else 0.0)
