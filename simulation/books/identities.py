"""The identities that the audit checks in every quarter, each declared once."""

TOLERANCE = 1e-9

FLOW_ROWS = 0
PERMITTED = 1
MEMOS = 2
STOCK_FLOW = 3
BALANCE_ROWS = 4
SHARES = 5
FINGERPRINT = 6
GDP = 7
OVERDRAFTS = 8
WEALTH = 9
AI_SECTOR = 10
DELIVERED = 11

IDENTITIES: tuple[str, ...] = (
    "every row of the flow matrix: paid = received",
    "only declared sectors pay and are paid, and nobody pays less than nothing",
    "what markets counted = what was paid",
    "closing stock = opening + transactions + revaluations + other changes",
    "every financial row of the balance sheet sums to zero",
    "shares held = shares issued",
    "accounts moved only by postings (fingerprint)",
    "GDP by expenditure = by production = by income",
    "no account is overdrawn and nobody holds less than nothing",
    "total net worth = tangible capital, and its change = saving + revaluation",
    "the AI sector's money changes by what comes from outside less what goes there; inside, payments cancel",
    "what the AI sector was delivered = what it paid + what was let off or lost in a failure",
)

N_IDENTITIES = len(IDENTITIES)
