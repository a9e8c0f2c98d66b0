"""Who there is: the institutions of the economy by kind, each with its name and its column in the books.

The order of kinds is the order of columns; all ordinary firms share the one that follows.
"""

from __future__ import annotations

NAMES: dict[str, list[str]] = {
    "chip_makers": ["Nvidia", "AMD", "Broadcom"],
    "clouds": [
        "Microsoft",
        "Alphabet",
        "Amazon",
        "Meta",
        "Oracle",
        "CoreWeave",
        *(f"Neocloud {k}" for k in range(2, 7)),
    ],
    "labs": ["OpenAI", "Anthropic", "xAI", "Lab 4", "Lab 5"],
    "other_buyers": ["Enterprise data centres", "Sovereign clouds", "Foreign clouds"],
    "households": ["Top decile", "Other households"],
    "equity_funds": [f"{style} fund {k}" for style in ("Fundamental", "Extrapolative", "Passive") for k in range(1, 6)],
    "venture_funds": ["Venture fund 1", "Venture fund 2", "Venture fund 3", "SoftBank"],
    "credit_funds": [f"Private-credit fund {k}" for k in range(1, 5)],
    "insurers": ["Insurers and bond funds"],
    "banks": ["Bank 1", "Bank 2", "Bank 3", "Specialist bank"],
    "governments": ["Government"],
    "central_banks": ["Central bank"],
    "rest_of_world": ["Rest of world"],
    # Vehicles of record come first; the last two are for those the economy makes.
    "vehicles": ["Abilene vehicle", "Oracle site vehicle", "Hyperion vehicle", "xAI vehicle", "Vehicle 5", "Vehicle 6"],
    "receivers": ["Receiver"],
}

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
