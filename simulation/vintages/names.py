"""Names of all institutions, by kind, in the order of their columns."""

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
