"""The only ways to move money, claims and assets. Every verb posts both sides; nothing else may write an
account.

Verbs take accounts, return what moved, and cost a few nanoseconds. Amounts are USD bn. `purpose` and
`stock` are constants of `purposes` and `instruments`.
"""

from simulation.books.instruments import BANK_LOANS, CLAIM_STOCKS, COMPUTE, FIRST_CLAIM, FIRST_TANGIBLE
from simulation.books.ledger import CLAIMS, market_value
from simulation.books.purposes import LOANS, SHARE_TRADES
from simulation.rule import Record, rule

CASH_MARK = 0
LOAN_MARK = 1
ASSET_MARK = 2

LEAST_PRICE = 1e-12  # bn USD a share; shares open at 1
FEW, ROUNDING = 1e-6, 1e-12  # of as many shares as an issuer ever had

assert (CLAIM_STOCKS[0], COMPUTE) == (FIRST_CLAIM, FIRST_TANGIBLE)  # the layout that slots rely on


@rule
def _withdraw(ledger: Record, payer: Record, amount: float) -> None:
    """Take money out of the payer's account at its bank; the bank gives up reserves. A bank is its own bank."""
    if payer.bank != payer.column:
        payer.cash -= amount
        ledger.fingerprint[CASH_MARK] -= payer.weight * amount
    ledger.reserves[payer.bank] -= amount


@rule
def _deposit(ledger: Record, payee: Record, amount: float) -> None:
    """Put money into the payee's account at its bank; the bank receives reserves."""
    if payee.bank != payee.column:
        payee.cash += amount
        ledger.fingerprint[CASH_MARK] += payee.weight * amount
    ledger.reserves[payee.bank] += amount


@rule
def pay(ledger: Record, payer: Record, payee: Record, amount: float, purpose: int) -> float:
    """Move money from one account to another. Returns what was paid."""
    _withdraw(ledger, payer, amount)
    _deposit(ledger, payee, amount)
    ledger.paid[purpose, payer.column] += amount
    ledger.received[purpose, payee.column] += amount
    return amount


@rule
def pay_in(ledger: Record, pool: Record, payer: Record, amount: float, purpose: int) -> float:
    """Pay a market whose sellers are many; what it holds is handed out in the same phase.

    Returns what was paid."""
    _withdraw(ledger, payer, amount)
    pool.cash += amount
    pool.posted[purpose] += amount
    ledger.paid[purpose, payer.column] += amount
    return amount


@rule
def post_receipts(ledger: Record, pool: Record, column: int) -> float:
    """Enter all that a pool has taken as received by one column, and clear its list of purposes.

    Returns the sum."""
    total: float = pool.cash
    for purpose in range(len(pool.posted)):
        if pool.posted[purpose] != 0.0:
            ledger.received[purpose, column] += pool.posted[purpose]
            pool.posted[purpose] = 0.0
    return total


@rule
def pay_out(ledger: Record, pool: Record, payee: Record, amount: float, purpose: int) -> float:
    """Give one seller its part of what a pool has taken for one purpose. Returns what it received."""
    pool.cash -= amount
    pool.posted[purpose] -= amount
    _deposit(ledger, payee, amount)
    ledger.received[purpose, payee.column] += amount
    return amount


@rule
def empty_pool(pool: Record) -> None:
    """Forget what rounding has left in a pool whose sellers have all been paid.

    A larger rest stays, and is a breach."""
    if abs(pool.cash) < 1e-7:
        pool.cash = 0.0


@rule
def pay_holders(ledger: Record, accounts: Record, issuer: Record, amount: float, purpose: int) -> float:
    """Pay all holders of a share by what they hold. Returns what was paid."""
    column = issuer.column
    total = 0.0
    for holder in range(len(accounts)):
        number = ledger.shares[holder, column]
        if number > 0.0:
            total += pay(ledger, issuer, accounts[holder], amount * number / ledger.issued[column], purpose)
    return total


@rule
def buy_back(ledger: Record, accounts: Record, issuer: Record, amount: float, purpose: int) -> float:
    """Buy own shares from all holders by what they hold. Returns the money paid."""
    column = issuer.column
    share = min(amount / max(market_value(ledger, column), 1e-12), 0.5)
    total = 0.0
    for holder in range(len(accounts)):
        held = ledger.shares[holder, column] * ledger.price[column]
        if held > 0.0:
            total += retire_shares(ledger, issuer, accounts[holder], share * held, purpose)
    _drop_rounding(ledger, column)
    return total


@rule
def _drop_rounding(ledger: Record, issuer: int) -> None:
    """Who has bought back nearly all of its shares and goes on would be left with what the many were rounded to: issued
    are those that are held, where they differ by no more."""
    if ledger.issued[issuer] > FEW * ledger.most_issued[issuer]:
        return
    held = 0.0
    for holder in range(len(ledger.price)):
        held += ledger.shares[holder, issuer]
    if abs(held - ledger.issued[issuer]) < ROUNDING * ledger.most_issued[issuer]:
        ledger.issued[issuer] = held


@rule
def acquire(ledger: Record, buyer: Record, seller: Record, amount: float, purpose: int, stock: int) -> float:
    """Buy a new tangible asset, which the buyer enters at cost. Returns what was paid."""
    pay(ledger, buyer, seller, amount, purpose)
    add_asset(ledger, buyer, stock, amount)
    return amount


@rule
def add_asset(ledger: Record, owner: Record, stock: int, amount: float) -> None:
    """Enter a tangible asset that a payment of the same quarter and purpose has bought."""
    owner.tangible[stock - FIRST_TANGIBLE] += amount
    ledger.fingerprint[ASSET_MARK] += owner.weight * amount
    ledger.transacted[stock, owner.column] += amount


@rule
def depreciate(ledger: Record, owner: Record, stock: int, amount: float) -> float:
    """Write down a tangible asset: wear, impairment, parts used up, loss in a failure."""
    owner.tangible[stock - FIRST_TANGIBLE] -= amount
    ledger.fingerprint[ASSET_MARK] -= owner.weight * amount
    ledger.changed[stock, owner.column] -= amount
    return amount


@rule
def reclassify(ledger: Record, owner: Record, source: int, target: int, amount: float) -> None:
    """Move an owner's asset to another tangible stock, such as a finished shell out of construction."""
    owner.tangible[source - FIRST_TANGIBLE] -= amount
    owner.tangible[target - FIRST_TANGIBLE] += amount
    ledger.changed[source, owner.column] -= amount
    ledger.changed[target, owner.column] += amount


@rule
def trade_asset(ledger: Record, seller: Record, buyer: Record, stock: int, price: float, purpose: int) -> float:
    """A used asset changes hands at the book value the seller has written it to. Returns the price."""
    seller.tangible[stock - FIRST_TANGIBLE] -= price
    buyer.tangible[stock - FIRST_TANGIBLE] += price
    ledger.fingerprint[ASSET_MARK] += (buyer.weight - seller.weight) * price
    ledger.transacted[stock, seller.column] -= price
    ledger.transacted[stock, buyer.column] += price
    return pay(ledger, buyer, seller, price, purpose)


@rule
def grant_loan(ledger: Record, borrower: Record, bank: Record, amount: float) -> float:
    """A bank lends: it owns a loan, the borrower owns new money. `bank` is the borrower's own lender."""
    borrower.loan += amount
    ledger.fingerprint[LOAN_MARK] += borrower.weight * amount
    ledger.transacted[BANK_LOANS, borrower.column] -= amount
    ledger.transacted[BANK_LOANS, bank.column] += amount
    return pay(ledger, bank, borrower, amount, LOANS)


@rule
def repay_loan(ledger: Record, borrower: Record, bank: Record, amount: float) -> float:
    """The borrower repays its bank loan, in part or in full. Returns what was repaid."""
    amount = min(amount, borrower.loan)
    borrower.loan -= amount
    ledger.fingerprint[LOAN_MARK] -= borrower.weight * amount
    ledger.transacted[BANK_LOANS, borrower.column] += amount
    ledger.transacted[BANK_LOANS, bank.column] -= amount
    return pay(ledger, borrower, bank, amount, LOANS)


@rule
def write_off_loan(ledger: Record, borrower: Record, bank: Record, amount: float) -> float:
    """The bank gives up a loan: both sides see it as a revaluation, no money moves."""
    amount = min(amount, borrower.loan)
    borrower.loan -= amount
    ledger.fingerprint[LOAN_MARK] -= borrower.weight * amount
    ledger.revalued[BANK_LOANS, borrower.column] += amount
    ledger.revalued[BANK_LOANS, bank.column] -= amount
    return amount


@rule
def claim_between(ledger: Record, instrument: int, holder: int, issuer: int) -> int:
    """Number of the claim of this kind between two columns, or -1."""
    number: int = ledger.claim_slot[instrument - FIRST_CLAIM, holder, issuer] - 1
    return number


@rule
def open_claim(ledger: Record, instrument: int, holder: int, issuer: int) -> int:
    """Number of the claim of this kind between two columns, made with amount zero if there is none."""
    number: int = ledger.claim_slot[instrument - FIRST_CLAIM, holder, issuer] - 1
    if number >= 0:
        return number
    number = ledger.n_claims
    if number >= CLAIMS:
        raise RuntimeError("the table of claims is full: raise CLAIMS in simulation/books/ledger.py")
    ledger.n_claims += 1
    ledger.claim_slot[instrument - FIRST_CLAIM, holder, issuer] = number + 1
    claim = ledger.claims[number]
    claim.instrument = instrument
    claim.holder = holder
    claim.issuer = issuer
    claim.amount = 0.0
    claim.rate = 0.0
    claim.maturity = 0.0
    return number


@rule
def lend(
    ledger: Record,
    lender: Record,
    borrower: Record,
    amount: float,
    rate: float,
    maturity: float,
    instrument: int,
    purpose: int,
) -> float:
    """Lend on a contract (bond, private credit, vendor loan, prepayment).

    Two parties have one claim of a kind: rate (a quarter) and maturity (quarters) are averaged by amount. Returns what
    was lent."""
    claim = ledger.claims[open_claim(ledger, instrument, lender.column, borrower.column)]
    total = claim.amount + amount
    if total > 0.0:
        claim.rate = (claim.rate * claim.amount + rate * amount) / total
        claim.maturity = (claim.maturity * claim.amount + maturity * amount) / total
    claim.amount = total
    ledger.transacted[instrument, lender.column] += amount
    ledger.transacted[instrument, borrower.column] -= amount
    return pay(ledger, lender, borrower, amount, purpose)


@rule
def redeem(ledger: Record, claim: Record, holder: Record, issuer: Record, amount: float, purpose: int) -> float:
    """The issuer pays a claim back, in part or in full. Returns what was repaid."""
    amount = min(amount, claim.amount)
    claim.amount -= amount
    ledger.transacted[claim.instrument, holder.column] -= amount
    ledger.transacted[claim.instrument, issuer.column] += amount
    return pay(ledger, issuer, holder, amount, purpose)


@rule
def trade_claim(ledger: Record, claim: Record, seller: Record, buyer: Record, amount: float, purpose: int) -> float:
    """The holder sells a part of a claim at par to another holder. Returns the price paid."""
    amount = min(amount, claim.amount)
    rate = claim.rate
    maturity = claim.maturity
    bought = ledger.claims[open_claim(ledger, claim.instrument, buyer.column, claim.issuer)]
    claim.amount -= amount
    total = bought.amount + amount
    if total > 0.0:
        bought.rate = (bought.rate * bought.amount + rate * amount) / total
        bought.maturity = (bought.maturity * bought.amount + maturity * amount) / total
    bought.amount = total
    ledger.transacted[claim.instrument, seller.column] -= amount
    ledger.transacted[claim.instrument, buyer.column] += amount
    return pay(ledger, buyer, seller, amount, purpose)


@rule
def write_off(ledger: Record, claim: Record, amount: float) -> float:
    """The holder of a claim gives up a part of it: both sides see it as a revaluation. Returns the loss."""
    amount = min(amount, claim.amount)
    claim.amount -= amount
    ledger.revalued[claim.instrument, claim.holder] -= amount
    ledger.revalued[claim.instrument, claim.issuer] += amount
    return amount


@rule
def revalue_claim(ledger: Record, claim: Record, amount: float) -> float:
    """Set a claim that is carried at model value, such as a warrant, to `amount`. Returns the holder's gain."""
    gain: float = max(amount, 0.0) - claim.amount
    claim.amount += gain
    ledger.revalued[claim.instrument, claim.holder] += gain
    ledger.revalued[claim.instrument, claim.issuer] -= gain
    return gain


@rule
def cancel_shares(ledger: Record, issuer: int) -> None:
    """Shares of a failed issuer leave the register: they are worth nothing, so nobody loses more by it."""
    reprice(ledger, issuer, 0.0)
    ledger.shares[:, issuer] = 0.0
    ledger.issued[issuer] = 0.0


@rule
def trade_shares(ledger: Record, seller: Record, buyer: Record, issuer: int, number: float) -> float:
    """Shares change hands at the market price or net asset value. Returns the price paid."""
    amount = number * ledger.price[issuer]
    stock = ledger.equity_stock[issuer]
    ledger.shares[seller.column, issuer] -= number
    ledger.shares[buyer.column, issuer] += number
    ledger.transacted[stock, seller.column] -= amount
    ledger.transacted[stock, buyer.column] += amount
    return pay(ledger, buyer, seller, amount, SHARE_TRADES)


@rule
def issue_shares(ledger: Record, issuer: Record, buyer: Record, amount: float, purpose: int) -> float:
    """The issuer sells new shares worth `amount` at today's price (bn USD).

    Returns the money raised: nothing where a share is worth nothing."""
    if not ledger.price[issuer.column] > 0.0:
        return 0.0
    number = amount / ledger.price[issuer.column]
    stock = ledger.equity_stock[issuer.column]
    ledger.issued[issuer.column] += number
    ledger.shares[buyer.column, issuer.column] += number
    ledger.transacted[stock, buyer.column] += amount
    ledger.transacted[stock, issuer.column] -= amount
    return pay(ledger, buyer, issuer, amount, purpose)


@rule
def retire_shares(ledger: Record, issuer: Record, seller: Record, amount: float, purpose: int) -> float:
    """The issuer buys back or redeems shares worth `amount` at today's price. Returns the money paid."""
    held = ledger.shares[seller.column, issuer.column] * ledger.price[issuer.column]
    if not held > 0.0:
        return 0.0
    amount = min(amount, held)
    number = amount / ledger.price[issuer.column]
    stock = ledger.equity_stock[issuer.column]
    ledger.issued[issuer.column] -= number
    ledger.shares[seller.column, issuer.column] -= number
    ledger.transacted[stock, seller.column] -= amount
    ledger.transacted[stock, issuer.column] += amount
    return pay(ledger, issuer, seller, amount, purpose)


@rule
def consolidate_shares(ledger: Record, issuer: int, factor: float) -> None:
    """Reverse split: `factor` old shares become one new, worth as much as they were. Nobody gains or loses."""
    for holder in range(len(ledger.price)):
        ledger.shares[holder, issuer] /= factor
    ledger.issued[issuer] /= factor
    ledger.most_issued[issuer] /= factor
    ledger.price[issuer] *= factor


@rule
def reprice(ledger: Record, issuer: int, price: float) -> None:
    """Set a share's price: every holder gains what the issuer's equity gains.

    A price is never negative, and one too small to count shares by is none: what a share issue raises, divided by it,
    would be more shares than there are numbers."""
    if price < LEAST_PRICE:
        price = 0.0
    stock = ledger.equity_stock[issuer]
    change = price - ledger.price[issuer]
    if change == 0.0:
        return
    for holder in range(len(ledger.price)):
        number = ledger.shares[holder, issuer]
        if number != 0.0:
            ledger.revalued[stock, holder] += number * change
    ledger.revalued[stock, issuer] -= ledger.issued[issuer] * change
    ledger.price[issuer] = price
