"""What debtors owe: a standing for every column of the books, and the list of payments due in a quarter."""

from simulation.books.deliveries import leave_unpaid
from simulation.books.ledger import place_among
from simulation.books.purposes import COMPUTE_RENTAL, LEASE_RENT
from simulation.registry import COLUMNS
from simulation.rule import record, rule, slots

# Priority of payments: all of a class before any of the next. Wages, power and tax are paid before, day by day.
SECURED = 0
LEASES = 1
UNSECURED = 2
DAMAGE_CLAIMS = 3

NO_CLAIM = -1
BANK_LOAN = -2  # in place of a claim's number

DISTRESS_MEMORY = 0.7  # of losses and of failures, from quarter to quarter
DUES = 4096  # payments due in one quarter that the list can hold

DEBTOR = record(
    watched="f8=0",  # one for those whose payments are cleared: living members of the AI sector and its vehicles
    debt="f8=0",
    off_balance="f8=0",  # debt of the vehicles it leases from
    cover="f8=0",  # debt-service cover
    cash_flow="f8=0",  # operating, of the last quarter
    receivable="f8=0",  # what is due to it this quarter, and from it
    payable="f8=0",
    thin_quarters="f8=0",  # quarters in which it owed more than its assets would fetch
    new_money="f8=0",  # equity and debt raised this quarter
    relief_left="f8=0",  # quarters for which creditors have granted relief
    relief_cut="f8=0",  # part of rents that the relief takes off
    forced="f8=0",  # one in the quarter in which an experiment makes it fail
    fine="f8=0",  # USD bn that it must pay to the government this quarter
    spared="f8=0",  # one in the quarter in which an experiment keeps it going
    scandal="f8=0",  # share of its price and of its market share that a scandal takes this quarter
    in_default="f8=0",  # one from the failure on, two once debts have fallen due
    proceeds="f8=0",  # what its compute has fetched, and the GW that found no buyer
    unsold="f8=0",
    heir="i8=0",  # number of the cloud that bought most of it, -1 for none
    cause="i8=0",
    blow="f8=0",  # the heaviest recent loss from outside, and who dealt it through which channel
    blow_by="i8",
    blow_channel="i8=0",
    generation="i8=0",
    failed_quarter="f8=0",
    failed_loss="f8=0",
)

DUE = record(
    payer="i8",
    payee="i8",
    priority="i8",
    purpose="i8",
    claim="i8",  # number of a claim, NO_CLAIM or BANK_LOAN
    principal="i8",
    amount="f8",
    paid="f8",
    backed="f8",  # one once government has paid its part of it
)

CLEARING = record(
    dues=slots(DUE, DUES), n_dues="i8=0", calm_quarters="f8=0", damages="f8=0", costs="f8=0", forced_loss="f8=0"
)


@rule
def owe(w, payer, payee, amount, priority, purpose, claim, principal):
    """Enter a payment that is due this quarter (USD bn). `claim` says what it is due on; `principal` is one if it pays
    a claim or loan back."""
    if amount <= 0.0:
        return
    clearing = w.clearing
    if clearing.n_dues >= DUES:
        raise RuntimeError("the list of payments due is full: raise DUES in simulation/obligations/dues.py")
    due = clearing.dues[clearing.n_dues]
    due.payer = payer
    due.payee = payee
    due.priority = priority
    due.purpose = purpose
    due.claim = claim
    due.principal = principal
    due.amount = amount
    due.paid = 0.0
    due.backed = 0.0
    clearing.n_dues += 1
    w.debtors[payer].payable += amount
    w.debtors[payee].receivable += amount


@rule
def take_off(w, due, amount):
    """Take an amount off a due, on both sides (USD bn)."""
    due.amount -= amount
    w.debtors[due.payer].payable -= amount
    w.debtors[due.payee].receivable -= amount


@rule
def is_rent(due):
    """Rent of compute or of a vehicle's assets."""
    return due.purpose == COMPUTE_RENTAL or due.purpose == LEASE_RENT


@rule
def lose_rent(w, due, amount):
    """Rent that is not paid is no revenue (USD bn)."""
    if is_rent(due):
        leave_unpaid(w.ledger, due.payer, due.purpose, amount)
        provider = place_among(w.clouds, due.payee)
        if provider >= 0:
            w.clouds[provider].rental_revenue -= amount


@rule
def liquid(w, account):
    """Money of an agent with what it is owed this quarter and without what it owes (USD bn)."""
    debtor = w.debtors[account.column]
    return account.cash + debtor.receivable - debtor.payable


@rule
def credit_limit(w, column):
    """Debt that the core business of a maker or cloud carries (USD bn): its bank lends up to it without asking."""
    maker, cloud = place_among(w.chip_makers, column), place_among(w.clouds, column)
    cash_flow = 0.0
    if maker >= 0:
        cash_flow = w.chip_makers[maker].cash_flow_year
    elif cloud >= 0:
        cash_flow = w.clouds[cloud].cash_flow_year
    return w.parameters.net_debt_ceiling * max(cash_flow, 0.0)


@rule
def means_of(w, account):
    """What an agent can pay today for what it need not buy (USD bn): its money and what is left of its bank line. The
    line bridges the weeks between a bill and the receipts of the same quarter; who has closed down has none."""
    debtor = w.debtors[account.column]
    line = credit_limit(w, account.column) - debtor.debt if debtor.watched > 0.5 else 0.0
    return max(account.cash + max(line, 0.0), 0.0)


@rule
def debt_seen(w, column):
    """Debt that lenders count (USD bn): vehicles are a part of it as far as disclosure consolidates them."""
    debtor = w.debtors[column]
    return debtor.debt + min(max(w.levers.consolidation, 0.0), 1.0) * debtor.off_balance


@rule
def relief_on(w, column):
    """Part of its rents that creditors have let an agent off this quarter."""
    debtor = w.debtors[column]
    return debtor.relief_cut if debtor.relief_left > 0.0 else 0.0


@rule
def note_blow(w, column, by, channel, loss):
    """Remember the heaviest loss (USD bn) lately dealt to an agent by another: what a failure is put down to."""
    debtor = w.debtors[column]
    if loss > debtor.blow:
        debtor.blow = loss
        debtor.blow_by = by
        debtor.blow_channel = channel


@rule
def open_dues(world, accounts, firms):
    """Nothing is due and nothing told at the start of a quarter."""
    w = world[0]
    w.chronicle.n_events = 0
    w.chronicle.untold = 0
    w.market.trade[:, :] = 0.0
    w.clearing.n_dues = 0
    for k in range(COLUMNS):
        w.debtors[k].blow *= DISTRESS_MEMORY
        w.debtors[k].receivable = 0.0
        w.debtors[k].payable = 0.0
        w.debtors[k].relief_left = max(w.debtors[k].relief_left - 1.0, 0.0)
