"""DebtRank: how much of the system's value the failure of agents puts at risk. A diagnostic, not a default rule.

exposure[holder, issuer] is what the holder loses if the issuer's claims become worthless (USD bn); equity is the
holder's buffer; value is what an agent counts for in the total, usually its assets. Distress is the part of its buffer
an agent has lost, in [0, 1]."""

from typing import NamedTuple

import numpy as np

from simulation.rule import rule

LONGEST_CHAIN = 10
"""Steps that distress takes at most before it has reached everybody; in the books of the model it takes five or six."""


class Network(NamedTuple):
    """Exposures listed by issuer, since most pairs of agents have nothing to do with each other: the holders of each
    issuer's claims, the part of each holder's buffer at stake, and how many holders there are."""

    holder: np.ndarray
    part: np.ndarray
    holders: np.ndarray


class Wave(NamedTuple):
    """Room to work in: everybody's distress, those reached so far in order, and what those of one step pass on."""

    distress: np.ndarray
    reached: np.ndarray
    passed_on: np.ndarray


@rule
def impact(exposure: float, equity: float) -> float:
    """Part of a holder's buffer that one exposure can destroy; all of it where there is no buffer."""
    if exposure <= 0.0:
        return 0.0
    return min(exposure / equity, 1.0) if equity > 0.0 else 1.0


@rule
def network_of(exposure: np.ndarray, equity: np.ndarray) -> Network:
    """List the holders of every issuer."""
    size = len(equity)
    # Unsigned, because an index that may be negative is checked for counting from the end: a fifth of the time.
    holder = np.empty((size, size), np.uint32)
    part = np.empty((size, size))
    holders = np.zeros(size, np.uint32)
    issuers = np.empty(size + 1, np.uint32)
    for creditor in range(size):
        held = 0
        for issuer in range(size):
            # Overwritten by the next unless it is held: a branch here is guessed wrong too often.
            issuers[held] = issuer
            held += exposure[creditor, issuer] > 0.0
        for k in range(held):
            issuer = issuers[k]
            place = holders[issuer]
            holder[issuer, place] = creditor
            part[issuer, place] = impact(exposure[creditor, issuer], equity[creditor])
            holders[issuer] = place + 1
    return Network(holder, part, holders)


@rule
def calm(size: int) -> Wave:
    """Nobody is in distress."""
    return Wave(np.zeros(size), np.empty(size, np.uint32), np.empty(size))


@rule
def pass_on_once(network: Network, wave: Wave, hit: int) -> int:
    """Spread the distress of the first so many agents in `reached`, breadth first. Each agent passes its distress on
    once, in the step after it is first hit, so that losses do not go round in circles (Battiston, Puliga, Kaushik,
    Tasca and Caldarelli 2012). Returns how many have been reached."""
    distress, reached, passed_on = wave
    first = 0
    last = hit
    while first < last:
        end = last
        for k in range(first, end):
            passed_on[k] = distress[reached[k]]
        for k in range(first, end):
            issuer = reached[k]
            for place in range(network.holders[issuer]):
                holder = network.holder[issuer, place]
                before = distress[holder]
                after = before + network.part[issuer, place] * passed_on[k]
                if before == 0.0 and after > 0.0:
                    reached[last] = holder
                    last += 1
                distress[holder] = after if after < 1.0 else 1.0
        first = end
    return last


@rule
def value_at_risk(network: Network, value: np.ndarray, failed: np.ndarray, wave: Wave) -> float:
    """Value that is distressed in others when all of `failed` fail at once. Leaves the wave calm."""
    distress, reached, _ = wave
    for k in range(len(failed)):
        reached[k] = failed[k]
        distress[failed[k]] = 1.0
    last = pass_on_once(network, wave, len(failed))
    lost = 0.0
    for k in range(last):
        if k >= len(failed):
            lost += distress[reached[k]] * value[reached[k]]
        distress[reached[k]] = 0.0
    return lost


@rule
def group_debt_rank(network: Network, value: np.ndarray, failed: np.ndarray) -> float:
    """DebtRank of agents that fail together: the part of total value that is distressed in others, their own value left
    out (Battiston et al. 2012)."""
    total = value.sum()
    return value_at_risk(network, value, failed, calm(len(value))) / total if total > 0.0 else 0.0


@rule
def debt_ranks(network: Network, value: np.ndarray, agents: np.ndarray, rank: np.ndarray) -> None:
    """DebtRank of each of some agents, when it fails alone. Fills their places of `rank`."""
    total = value.sum()
    wave = calm(len(value))
    for k in range(len(agents)):
        lost = value_at_risk(network, value, agents[k : k + 1], wave)
        rank[agents[k]] = lost / total if total > 0.0 else 0.0


@rule
def bounds_of_value_at_risk(network: Network, value: np.ndarray) -> np.ndarray:
    """At most so much value is distressed in others when each agent fails alone: that of all chains of exposures, as if
    nobody passed distress on once only or could lose no more than its buffer."""
    bound = np.zeros(len(value))
    shorter = np.zeros(len(value))
    for _ in range(LONGEST_CHAIN):
        shorter[:] = bound
        for issuer in range(len(value)):
            lost = 0.0
            for place in range(network.holders[issuer]):
                holder = network.holder[issuer, place]
                lost += network.part[issuer, place] * (value[holder] + shorter[holder])
            bound[issuer] = lost
    return bound


@rule
def largest_debt_rank(network: Network, value: np.ndarray, agents: np.ndarray) -> tuple[int, float]:
    """Whose DebtRank among some agents is largest, and how large; -1 and zero where nobody's failure hurts others.
    Those whose bound is below what has been found need not fail: mostly all but one."""
    bound = bounds_of_value_at_risk(network, value)
    wave = calm(len(value))
    largest = -1
    most = 0.0
    for _ in range(len(agents)):
        next_one = 0
        for k in range(len(agents)):
            if bound[agents[k]] > bound[agents[next_one]]:
                next_one = k
        agent = agents[next_one]
        if bound[agent] <= most:
            break
        lost = value_at_risk(network, value, agents[next_one : next_one + 1], wave)
        if lost > most:
            largest = agent
            most = lost
        bound[agent] = 0.0
    total = value.sum()
    return largest, most / total if total > 0.0 else 0.0


@rule
def removal_losses(value: np.ndarray, rank: np.ndarray, loss: np.ndarray) -> None:
    """Part of total value that goes when an agent fails, its own and what it puts at risk in others. Fills `loss`; the
    order from the largest down is the removal ranking."""
    total = value.sum()
    for i in range(len(value)):
        loss[i] = rank[i] + (value[i] / total if total > 0.0 else 0.0)
