"""Clearing: what everybody pays when some cannot pay all they owe.

Dues are a flat list: due k is owed by `payer[k]` to `payee[k]` (-1: somebody outside the network, such as a worker or
the tax office), in class `priority[k]` (0 is paid first), and amounts to `amount[k]`. A solvent payer pays in full. One
whose means and receipts fall short of its dues defaults: alpha of its means and beta of its receipts reach its
creditors, class by class, pro rata within a class. The rest is the cost of default. Debt secured by collateral is two
dues: one of the collateral's worth in a senior class, one of what is left.

The payments are the greatest fixed point of these rules: nobody is in default who need not be (Eisenberg and Noe 2001;
default costs: Rogers and Veraart 2013; priorities: Elsinger 2009)."""

import numpy as np

from simulation.distress.elimination import solve_network
from simulation.rule import rule

OUTSIDE = -1
"""Payee of a due that leaves the network."""

SOLVENT = -1
"""Generation of a payer that pays in full."""

EMPTY = -1
"""Class that an estate without money reaches."""

SLACK = 1e-12
"""Part of its dues that a payer may lack by rounding without being in default."""

PRECISION = 1e-13
"""Part of its dues by which a defaulter's estate may miss what its means and receipts leave to its creditors."""

LARGEST_PASS_ON = 1.0 - 1e-6
"""Part of a loss that a step lets defaulters pass on. Where all of it goes round in a circle, the linear system of
a step would be singular."""


@rule
def clear_dues(
    payer: np.ndarray,
    payee: np.ndarray,
    priority: np.ndarray,
    amount: np.ndarray,
    means: np.ndarray,
    alpha: float,
    beta: float,
    paid: np.ndarray,
    generation: np.ndarray,
    destroyed: np.ndarray,
) -> int:
    """Find the greatest clearing payments. Returns the number of defaults.

    Fictitious default (Eisenberg and Noe 2001): at first everybody pays in full; who then falls short defaults in
    generation 0; who falls short because of that defaults in generation 1, and so on, in at most as many rounds as
    there are payers.

    Arguments, all money in one unit:
        payer, payee, priority, amount: The dues, one entry each; amounts not below zero.
        means: Money of every agent before it receives anything, credit lines included; below zero counts as zero.
        alpha, beta: Parts of means and of receipts that a default leaves to the creditors, in [0, 1].
        paid: Filled with what is paid on every due.
        generation: Filled with the round in which each agent defaulted, -1 for the solvent.
        destroyed: Filled with what its default cost each agent: means + receipts - payments of a defaulter.
    """
    owed = np.zeros(len(means))
    received = np.zeros(len(means))
    for k in range(len(amount)):
        paid[k] = amount[k]
        owed[payer[k]] += amount[k]
    receive(payee, paid, received)
    generation[:] = SOLVENT
    destroyed[:] = 0.0
    new = name_defaulters(means, received, owed, 0, generation)
    if new == 0:
        return 0
    ladder = seniority_ladder(payer, priority, amount, len(means))
    estate = np.zeros(len(means))
    defaults = 0
    stage = 0
    while new > 0:
        defaults += new
        for i in range(len(means)):
            if generation[i] == stage:
                estate[i] = alpha * max(means[i], 0.0) + beta * received[i]
        settle_estates(payer, payee, priority, amount, means, alpha, beta, ladder, generation, estate, paid, received)
        stage += 1
        new = name_defaulters(means, received, owed, stage, generation)
    for i in range(len(means)):
        if generation[i] != SOLVENT:
            destroyed[i] = (1.0 - alpha) * max(means[i], 0.0) + (1.0 - beta) * received[i]
    return defaults


@rule
def receive(payee: np.ndarray, paid: np.ndarray, received: np.ndarray) -> None:
    """Add up what everybody inside the network is paid."""
    received[:] = 0.0
    for k in range(len(paid)):
        if payee[k] >= 0:
            received[payee[k]] += paid[k]


@rule
def name_defaulters(
    means: np.ndarray, received: np.ndarray, owed: np.ndarray, stage: int, generation: np.ndarray
) -> int:
    """Put the solvent who fall short into this generation of defaults. Returns how many they are."""
    new = 0
    for i in range(len(means)):
        if generation[i] == SOLVENT and max(means[i], 0.0) + received[i] < owed[i] * (1.0 - SLACK):
            generation[i] = stage
            new += 1
    return new


@rule
def seniority_ladder(payer: np.ndarray, priority: np.ndarray, amount: np.ndarray, agents: int) -> np.ndarray:
    """What each payer owes before class c comes to be paid: ladder[payer, c]; the last rung is all its dues."""
    classes = 0
    for k in range(len(priority)):
        classes = max(classes, priority[k] + 1)
    ladder = np.zeros((agents, classes + 1))
    for k in range(len(amount)):
        ladder[payer[k], priority[k] + 1] += amount[k]
    for i in range(agents):
        for c in range(classes):
            ladder[i, c + 1] += ladder[i, c]
    return ladder


@rule
def share_out(
    payer: np.ndarray,
    priority: np.ndarray,
    amount: np.ndarray,
    ladder: np.ndarray,
    generation: np.ndarray,
    estate: np.ndarray,
    paid: np.ndarray,
) -> None:
    """Defaulters pay their creditors from their estates: senior classes first, pro rata within a class."""
    for k in range(len(amount)):
        i = payer[k]
        if generation[i] != SOLVENT and amount[k] > 0.0:
            rung = ladder[i, priority[k]]
            width = ladder[i, priority[k] + 1] - rung
            paid[k] = amount[k] * min(max((estate[i] - rung) / width, 0.0), 1.0)


@rule
def settle_estates(
    payer: np.ndarray,
    payee: np.ndarray,
    priority: np.ndarray,
    amount: np.ndarray,
    means: np.ndarray,
    alpha: float,
    beta: float,
    ladder: np.ndarray,
    generation: np.ndarray,
    estate: np.ndarray,
    paid: np.ndarray,
    received: np.ndarray,
) -> None:
    """Lower the estates of given defaulters to the greatest ones that their means and receipts bear out.

    Estates come in too large, and every step keeps them at or above the solution. While each defaulter's money runs out
    in the same class, payments are linear in estates, and the solution of that linear system is where to go; the step
    ends where some estate leaves its class. Plain iteration would need one round for each time that money goes round a
    circle of debtors, without bound as beta nears 1; this needs about one step per class left."""
    place = np.zeros(len(generation), np.int64)
    size = 0
    for i in range(len(generation)):
        place[i] = -1
        if generation[i] != SOLVENT:
            place[i] = size
            size += 1
    defaulters = np.zeros(size, np.int64)
    for i in range(len(generation)):
        if place[i] >= 0:
            defaulters[place[i]] = i
    excess = np.zeros(size)
    # No more than rounding needs; what is reached by then is not below the solution.
    for _ in range(1000 + 20 * size * ladder.shape[1]):
        share_out(payer, priority, amount, ladder, generation, estate, paid)
        receive(payee, paid, received)
        settled = True
        for d in range(size):
            i = defaulters[d]
            excess[d] = max(estate[i] - alpha * max(means[i], 0.0) - beta * received[i], 0.0)
            settled = settled and excess[d] <= PRECISION * ladder[i, -1]
        if settled:
            return
        lower_estates(payer, payee, priority, amount, beta, ladder, place, defaulters, excess, estate)


@rule
def lower_estates(
    payer: np.ndarray,
    payee: np.ndarray,
    priority: np.ndarray,
    amount: np.ndarray,
    beta: float,
    ladder: np.ndarray,
    place: np.ndarray,
    defaulters: np.ndarray,
    excess: np.ndarray,
    estate: np.ndarray,
) -> None:
    """Take from the estates what they hold in excess and all that follows from it, until one leaves its class."""
    size = len(defaulters)
    marginal = np.zeros(size, np.int64)
    kept = np.zeros((size, size))
    for d in range(size):
        kept[d, d] = 1.0
        marginal[d] = marginal_class(ladder[defaulters[d]], estate[defaulters[d]])
    for k in range(len(amount)):
        d = place[payer[k]]
        if d >= 0 and payee[k] >= 0 and place[payee[k]] >= 0 and priority[k] == marginal[d]:
            width = ladder[payer[k], marginal[d] + 1] - ladder[payer[k], marginal[d]]
            kept[place[payee[k]], d] -= min(beta, LARGEST_PASS_ON) * amount[k] / width
    fall = excess.copy()
    solve_network(kept, fall)
    step = stretch(excess, fall, beta)
    for d in range(size):
        if marginal[d] == EMPTY:
            fall[d] = 0.0  # what is empty cannot fall, whatever rounding says
        elif fall[d] > 0.0:
            step = min(step, (estate[defaulters[d]] - ladder[defaulters[d], marginal[d]]) / fall[d])
    for d in range(size):
        i = defaulters[d]
        if fall[d] > 0.0:
            rung = ladder[i, marginal[d]]
            leaves_its_class = (estate[i] - rung) / fall[d] <= step
            estate[i] = rung if leaves_its_class else max(estate[i] - step * fall[d], rung)


@rule
def stretch(excess: np.ndarray, fall: np.ndarray, beta: float) -> float:
    """How many times the fall may be taken before some excess is used up: once, or many times where losses go round
    a circle that keeps more than the limit of what is passed on."""
    longest = np.inf
    for d in range(len(excess)):
        # What would add to the excess again, had the part above the limit been passed on too.
        again = max(beta / LARGEST_PASS_ON - 1.0, 0.0) * max(fall[d] - excess[d], 0.0)
        if excess[d] > again:
            longest = min(longest, excess[d] / (excess[d] - again))
    # A little more than once would leave all excess with one debtor, from where no long step is possible.
    return longest if longest > 10.0 else 1.0


@rule
def marginal_class(rungs: np.ndarray, estate: float) -> int:
    """The most junior class that an estate reaches."""
    reached = EMPTY
    for c in range(len(rungs) - 1):
        if rungs[c] < estate and rungs[c] < rungs[c + 1]:
            reached = c
    return reached
