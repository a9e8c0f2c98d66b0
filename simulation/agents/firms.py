"""Ordinary firms: they produce everything but AI, adopt AI, invest, hire, borrow and can fail.

A firm's demand is a share of the economy's, by its scale, its productivity relative to others and luck. Sizes follow
a fat tail (Axtell 2001), so a few firms carry much of output.
"""

import math

from simulation.books.instruments import CAPITAL, FIRST_TANGIBLE
from simulation.books.ledger import ACCOUNT
from simulation.books.verbs import depreciate, grant_loan, write_off_loan
from simulation.rule import record, rule

MOST_SHORTAGE = 0.5  # of capacity, or the like of idle capacity, that a firm answers in its plans
MOST_GROWTH = 0.2  # a quarter, up or down, of a firm's sales that it learns from: beyond it is luck

FIRM = record(
    account=ACCOUNT,
    scale="f8",
    luck="f8",
    fortune="f8",
    share="f8",
    gain="f8",
    belief="f8",
    intensity="f8=0",
    organisation="f8=0",
    quarters_used="f8=0",
    friction="f8",
    ai_spending="f8=0",
    ai_gain="f8=0",
    effort="f8=0",
    labour="f8",
    staff_needed="f8",
    sales="f8",
    expected_sales="f8",
    expected_growth="f8",
    investment="f8=0",
    value_added="f8",
    profit="f8",
    failures="f8=0",  # over the run, for observers: no rule reads it
)

# What a pass over all firms adds up, so that markets and the macroeconomy can read it.
FIRM_TOTALS = record(
    users="f8=0",
    users_weighted="f8=0",
    intensity="f8=0",
    belief="f8",
    ai_spending="f8=0",
    investment="f8=0",
    weights="f8=0",
    labour="f8=0",
    sales="f8",
    imports="f8=0",
    wages="f8=0",
    core_purchases="f8=0",
    rental="f8=0",
    surplus="f8=0",
    gain_weighted="f8=0",
    failures="f8=0",
    support="f8=0",  # part of firms' AI spending that government pays
)


@rule
def reward_of_use(market, p):
    """What use at full intensity brings over what it costs, per unit of believed gain: dear services hold it back."""
    return market.capability * market.ai_price ** (-p.intensity_price_weight) / p.intensity_cost


@rule
def intended_intensity(firm, reward, p):
    """Intensity of use at which the believed gain pays its cost: a logistic in the log of gain over cost. Small firms
    lag (census survey by firm size)."""
    return 1.0 / (1.0 + math.exp((firm.friction - math.log(firm.belief * reward)) / p.intensity_width))


@rule
def learn(firm, gain, peer_belief, noise, p):
    """Move the belief of the long-run gain towards what own use shows, ever faster with experience, and towards what
    peers who use AI believe. Own use shows the true gain with lognormal noise of mean one (Bayesian, e/(e+8))."""
    if firm.intensity > 0.0:
        own = firm.quarters_used / (firm.quarters_used + p.belief_prior_quarters)
        seen = gain * math.exp(p.belief_noise * noise - 0.5 * p.belief_noise**2)
        firm.belief += p.belief_own_weight * own * (seen - firm.belief)
        firm.quarters_used += 1.0
    if peer_belief > 0.0:
        firm.belief += p.belief_peer_weight * (peer_belief - firm.belief)


@rule
def odds_to_start(share_of_users, speed, p):
    """Chance a quarter that a firm without AI sees an example to follow: adoption spreads as in Bass (1969)."""
    return speed * (p.adoption_drift + p.adoption_imitation * share_of_users)


@rule
def adopt(firm, gain, capability, reward, example, chance, speed, p):
    """Start by example, deepen with use or retreat; organisational capital follows with a lag (Brynjolfsson, Rock and
    Syverson 2021). Effort is labour that makes no measured output."""
    before = firm.intensity
    if firm.intensity <= 0.0:
        # Most non-users see no example; only those who do weigh the gain.
        if chance < example:
            wanted = intended_intensity(firm, reward, p)
            if chance < example * min(1.0, p.adoption_readiness * wanted):
                firm.intensity = p.adoption_start
    else:
        wanted = intended_intensity(firm, reward, p)
        if wanted >= firm.intensity:
            pace = min(1.0, p.deepening_slope * firm.intensity + p.deepening_base)
            firm.intensity += speed * p.adoption_deepening * pace * (wanted - firm.intensity)
        else:
            firm.intensity += p.adoption_retreat * (wanted - firm.intensity)
    if firm.intensity > p.organisation_threshold:
        firm.organisation += (1.0 - firm.organisation) / p.organisation_lag
    else:
        firm.organisation *= 1.0 - p.organisation_decay
    firm.effort = p.adoption_effort * max(firm.intensity - before, 0.0) * p.j_curve
    firm.ai_gain = gain * capability * firm.intensity * firm.organisation


@rule
def worth_of_use(market, p):
    """What sellers can ask for use at full intensity, per unit of believed gain: they capture a part of it; the price
    elasticity of the quantity is `demand_elasticity`."""
    return p.capture * market.capability * market.ai_price ** (1.0 - p.demand_elasticity)


@rule
def wanted_ai_spending(firm, worth, p):
    """What adoption is worth paying for, within the budget (USD bn a quarter)."""
    return min(worth * firm.belief * firm.intensity, p.budget_cap) * max(firm.value_added, 0.0)


@rule
def investment_appetite(macro, p):
    """Factor on every firm's investment: the climate, less what tight credit holds back."""
    return math.exp(macro.investment_climate) * max(1.0 + p.investment_stress * macro.stress, 0.0)


@rule
def wanted_investment(firm, appetite, macro, p):
    """Replace, grow with the trend, accelerate with expected sales, expand where capacity is short of them, hold back
    when loans are dear or credit is tight (USD bn). Accelerator, utilisation and loan-rate form as in Caiani et al.
    (2016)."""
    capital = firm.account.tangible[CAPITAL - FIRST_TANGIBLE]
    pace = p.capital_depreciation + macro.trend_nominal_growth
    shortage = firm.expected_sales * macro.capital_ratio / max(capital, 1e-12) - 1.0
    pace += p.utilisation_response * min(max(shortage, -MOST_SHORTAGE), MOST_SHORTAGE)
    pace += p.accelerator * (firm.expected_growth - macro.trend_nominal_growth)
    pace += p.investment_loan_rate * (macro.real_loan_rate - macro.real_loan_rate_normal)
    return capital * max(pace, 0.0) * appetite


@rule
def update_luck(firm, draw, p):
    """A firm's demand and efficiency drift by luck of its own: a stationary log process."""
    firm.luck = p.firm_luck_memory * firm.luck + p.firm_luck * draw
    firm.fortune = math.exp(firm.luck)


@rule
def demand_weight(firm, p):
    """Weight in the sharing of demand, but for luck: scale, and what a productivity lead brings in market share."""
    if firm.ai_gain > 0.0:
        return firm.scale * (1.0 + firm.ai_gain) ** p.productivity_share
    return firm.scale


@rule
def staff_needed(firm, macro):
    """Workers whom output of the quarter needs at normal hours (millions): fewer with AI and in a fortunate firm, more
    while adoption takes effort."""
    efficiency = macro.productivity * (1.0 + firm.ai_gain) * max(1.0 - firm.effort, 0.5)
    efficiency *= firm.fortune * macro.fortune
    return firm.sales / (efficiency * macro.price_level)


@rule
def jobs_to_fill(firm, p):
    """Workers a firm wants to take on, or, negative, lets go in the quarter (millions): staff follow need."""
    return p.labour_adjustment * (firm.staff_needed - firm.labour)


@rule
def filling_rate(vacancies, seekers):
    """Part of all vacancies that find somebody: everybody who looks for work finds it if there is enough of it, and
    employers who look for more people than there are share them alike (short side of the market)."""
    return min(1.0, max(seekers, 0.0) / vacancies) if vacancies > 0.0 else 1.0


@rule
def hire(firm, rate, p):
    """Take on whom a firm finds, or let go."""
    jobs = jobs_to_fill(firm, p)
    firm.labour += jobs * rate if jobs > 0.0 else jobs


@rule
def labour_paid(firm, p):
    """Workers at normal hours whose wages a firm owes (millions): its staff, and the longer hours that they work where
    there are too few of them, up to the longest."""
    return min(max(firm.staff_needed, firm.labour), (1.0 + p.longest_hours) * firm.labour)


@rule
def bought_abroad(firm, p):
    """Part of a firm's sales that its staff cannot make even with the longest hours, and that it buys abroad."""
    return max(1.0 - (1.0 + p.longest_hours) * firm.labour / max(firm.staff_needed, 1e-12), 0.0)


@rule
def credit_line(firm, p):
    """What a firm may still draw: a bank lends up to a part of capital at book value (USD bn)."""
    return max(p.firm_credit_limit * firm.account.tangible[CAPITAL - FIRST_TANGIBLE] - firm.account.loan, 0.0)


@rule
def expect_sales(firm, p):
    """Adaptive expectation of sales and of their growth (Holt 1957): sales that grow at the pace a firm has learned do
    not surprise it."""
    before = firm.expected_sales
    counted_on = before * (1.0 + firm.expected_growth)
    firm.expected_sales = counted_on + p.expectation_gain * (firm.sales - counted_on)
    growth = firm.sales / max(before, 1e-12) - 1.0
    firm.expected_growth += p.growth_gain * (min(max(growth, -MOST_GROWTH), MOST_GROWTH) - firm.expected_growth)


@rule
def new_borrowing(loan, target, growth, p):
    """Change of a loan that keeps pace with the trend and closes a part of its gap to the target (USD bn): by the gap
    alone debt would lag behind a target that grows."""
    return growth * loan + p.loan_adjustment * (target - (1.0 + growth) * loan)


@rule
def plan_finance(firm, money, bank, macro, p):
    """Steer the loan towards its normal share of capital while the bank lends, pay out the normal part of profit, and a
    part of the money that then stands above the buffer. Returns (change of the loan, dividend)."""
    account = firm.account
    target_loan = macro.firm_loan_ratio * account.tangible[CAPITAL - FIRST_TANGIBLE]
    change = new_borrowing(account.loan, target_loan, macro.trend_nominal_growth, p)
    if change > 0.0:
        change *= macro.credit_appetite if bank.lends > 0.0 else 0.0
    else:
        change = -min(-change, max(money, 0.0), account.loan)
    money += change
    buffer = macro.firm_money_ratio * firm.expected_sales
    normal = macro.payout * firm.profit
    wanted = max(normal + p.buffer_adjustment * (money - normal - buffer), 0.0)
    return change, min(wanted, max(money, 0.0))


@rule
def draw_on_bank(firm, bank, ledger, p):
    """A firm that is short borrows what it lacks from a bank that lends. Returns whether its bank went along."""
    account = firm.account
    granted = bank.lends > 0.5 and -account.cash <= credit_line(firm, p)
    if granted:
        grant_loan(ledger, account, bank.account, -account.cash)
    return granted


@rule
def replace_firm(firm, bank, ledger, p):
    """A failed firm's bank takes what the plant is worth to a successor and writes off the rest. The successor takes
    over plant, staff and the sound part of the loan: no money is made, none is lost."""
    account = firm.account
    grant_loan(ledger, account, bank.account, max(-account.cash, 0.0))
    capital = account.tangible[CAPITAL - FIRST_TANGIBLE]
    depreciate(ledger, account, CAPITAL, (1.0 - p.default_cost) * capital)
    sound = min(account.loan, p.successor_loan * account.tangible[CAPITAL - FIRST_TANGIBLE])
    bank.losses += write_off_loan(ledger, account, bank.account, account.loan - sound)
    firm.luck = 0.0
    firm.fortune = 1.0
    firm.intensity = 0.0
    firm.organisation = 0.0
    firm.quarters_used = 0.0
    firm.failures += 1.0
