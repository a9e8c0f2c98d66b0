"""`circuit scenarios --markdown`: what there is to choose from, as the tables of docs/scenarios.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HEAD = (
    "# Scenarios and policies\n\n"
    "Each is a short TOML file that says which levers it moves, when, by how much, and what the size rests on. This\n"
    "page is printed by `circuit scenarios --markdown`; `circuit policy NAME` shows what a policy moves and who pays,\n"
    "`circuit policy --all` which of them move their targets the right way.\n"
)


def in_markdown(lists: Mapping[str, Sequence[tuple[str, str, str]]]) -> str:
    """One table for each list of (name, title, meaning)."""
    parts = [HEAD]
    for heading, listing in lists.items():
        rows = [f"| `{name}` | {meaning} |" for name, _, meaning in listing]
        parts.append("\n".join([f"\n## {heading}\n", "| name | what it means |", "|---|---|", *rows, ""]))
    return "".join(parts)
