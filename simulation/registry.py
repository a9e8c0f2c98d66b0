"""Who there is: the institutions of the economy by kind, each with its name and its column in the books.

The order of kinds is the order of columns; all ordinary firms share the one that follows."""

from typing import Literal, NamedTuple


class Kind(NamedTuple):
    """A kind of institution: the letter of its sector in the rows of payments, and its members by name.

    `shares` is what owners hold of a member, `bank` the number of the bank that all members use (none: each another),
    `ai` whether the kind belongs to the AI sector.
    """

    letter: str
    names: tuple[str, ...]
    shares: Literal["listed", "private", "fund"] = "listed"
    bank: int | None = 0
    ai: bool = False


def _numbered(name: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{name} {k}" for k in range(first, last + 1))


# The specialist, bank 3, serves labs, vehicles and venture funds; each private-credit fund has its line with another
# bank, for large banks lend most of them (Federal Reserve, FEDS Notes, 23 May 2025).
KINDS: dict[str, Kind] = {
    "chip_makers": Kind("M", ("Nvidia", "AMD", "Broadcom"), bank=2, ai=True),
    "clouds": Kind(
        "C", ("Microsoft", "Alphabet", "Amazon", "Meta", "Oracle", "CoreWeave", *_numbered("Neocloud", 2, 6)), ai=True
    ),
    "labs": Kind("L", ("OpenAI", "Anthropic", "xAI", "Lab 4", "Lab 5"), "private", bank=3, ai=True),
    "other_buyers": Kind(
        "O", ("Enterprise data centres", "Sovereign clouds", "Foreign clouds"), "private", bank=2, ai=True
    ),
    "households": Kind("H", ("Top decile", "Other households"), bank=None),
    "equity_funds": Kind(
        "E",
        (
            *_numbered("Fundamental fund", 1, 5),
            *_numbered("Extrapolative fund", 1, 5),
            *_numbered("Passive fund", 1, 5),
        ),
        "fund",
    ),
    "venture_funds": Kind("V", (*_numbered("Venture fund", 1, 3), "SoftBank"), "fund", bank=3),
    "credit_funds": Kind("P", _numbered("Private-credit fund", 1, 4), "fund", bank=None),
    "insurers": Kind("I", ("Insurers and bond funds",), "fund", bank=2),
    "banks": Kind("B", (*_numbered("Bank", 1, 3), "Specialist bank"), bank=None),
    "governments": Kind("G", ("Government",)),
    "central_banks": Kind("Z", ("Central bank",)),
    "rest_of_world": Kind("W", ("Rest of world",)),
    # Vehicles of record come first; the last two are for those the economy makes.
    "vehicles": Kind(
        "S",
        ("Abilene vehicle", "Oracle site vehicle", "Hyperion vehicle", "xAI vehicle", *_numbered("Vehicle", 5, 6)),
        "private",
        bank=3,
        ai=True,
    ),
    "receivers": Kind("R", ("Receiver",), "fund", bank=3),
}

NAMES: dict[str, list[str]] = {kind: list(each.names) for kind, each in KINDS.items()}
NUMBER = {kind: len(names) for kind, names in NAMES.items()}
COLUMN_NAMES = [name for names in NAMES.values() for name in names]
FIRST_COLUMN = {kind: COLUMN_NAMES.index(names[0]) for kind, names in NAMES.items()}
N_INSTITUTIONS = len(COLUMN_NAMES)
FIRMS_COLUMN = N_INSTITUTIONS
N_COLUMNS = N_INSTITUTIONS + 1
COLUMNS = -(-N_COLUMNS // 8) * 8  # that the books hold: by eights, so that few newcomers change their layout

MAKERS = NUMBER["chip_makers"]
CLOUDS = NUMBER["clouds"]
HYPERSCALERS = 5  # the first clouds
LISTED = FIRST_COLUMN["labs"]  # AI firms with listed shares, makers and clouds: the first columns
BUYERS = CLOUDS + NUMBER["other_buyers"]
LABS = NUMBER["labs"]
SUPPLIERS = LISTED + LABS + NUMBER["other_buyers"]  # the AI sector without vehicles: the first columns


def columns_of(kind: str) -> range:
    """Columns of all members of a kind."""
    return range(FIRST_COLUMN[kind], FIRST_COLUMN[kind] + NUMBER[kind])
