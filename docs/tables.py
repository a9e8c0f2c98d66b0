"""Tables of the documentation, taken from the declarations in the code when the site is built.

A page asks for one with `<!-- table: parameters -->`. MkDocs calls `on_page_markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

ASKED = re.compile(r"<!--\s*table: (?P<name>[\w-]+)\s*-->")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """A page with its tables. Raises KeyError for a table that is not there."""
    return ASKED.sub(lambda asked: TABLES[asked["name"]](), markdown)


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    head = list(headings)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _number(value: float) -> str:
    return f"{value:g}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def scores() -> str:
    """What the outcome of a run is measured by."""
    from simulation.endings import SCORES

    return _declared(SCORES.values())


def _declared(entries: Iterable[Any]) -> str:
    return table(("name", "unit", "meaning"), ((f"`{entry.name}`", entry.unit, entry.meaning) for entry in entries))


def thresholds() -> str:
    """Where episodes and endings are cut, and where each threshold comes from."""
    from simulation.endings import THRESHOLDS
    from simulation.endings.thresholds import CHOSEN

    rows = (
        (_words(choice.name), _number(getattr(THRESHOLDS, choice.name)), choice.meaning, choice.source)
        for choice in CHOSEN
    )
    return table(("threshold", "value", "meaning", "source"), rows)


def purposes() -> str:
    """What a payment can be for, who may pay whom, and its place in GDP."""
    from simulation.books.purposes import PURPOSES, SECTOR_LETTERS

    def parties(letters: str) -> str:
        everybody = len(letters) == len(SECTOR_LETTERS)
        return "anybody" if everybody else ", ".join(_words(SECTOR_LETTERS[letter]) for letter in letters)

    rows = (
        (_words(x.name), x.nature, parties(x.payers), parties(x.payees), x.role or "-", x.meaning) for x in PURPOSES
    )
    return table(("purpose", "nature", "payers", "payees", "in GDP", "meaning"), rows)


def instruments() -> str:
    """What an agent can own or owe."""
    from simulation.books.instruments import STOCKS

    return table(("stock", "kept as", "meaning"), ((_words(stock.name), stock.kind, stock.meaning) for stock in STOCKS))


def identities() -> str:
    """What the audit checks in every quarter."""
    from simulation.books.identities import IDENTITIES

    return "\n".join(f"- {_words(str(identity))}" for identity in IDENTITIES)


def phases() -> str:
    """The quarter, line by line."""
    from simulation.plan import default_plan

    rows = (
        (number, phase.name, phase.meaning, ", ".join(f"`{step.__name__}`" for step in phase.steps) or "-")
        for number, phase in enumerate(default_plan(), start=1)
    )
    return table(("line", "phase", "what happens", "rules"), rows)


def agents() -> str:
    """Who there is, and the state variables that each member has beside its account in the books."""
    from simulation.agents.firms import FIRM
    from simulation.registry import NUMBER
    from simulation.state import RECORDS

    kinds = [(kind, str(number), RECORDS[kind]) for kind, number in NUMBER.items()]
    kinds.append(("firms", "10 to 1,000,000", FIRM))
    rows = ((_words(kind), number, _state_variables(record.names)) for kind, number, record in kinds)
    return table(("kind", "members", "state variables beside the account"), rows)


def _state_variables(names: Iterable[str]) -> str:
    return ", ".join(_words(name) for name in names if name != "account" and not name.startswith("_"))


def purposes_of_draws() -> str:
    """What random numbers are drawn for."""
    from simulation import randomness

    names = [name for name, value in vars(randomness).items() if name.isupper() and isinstance(value, int)]
    return ", ".join(_words(name.lower()) for name in names if not name.startswith("_") and name != "COMPILED")


def disturbances() -> str:
    """Every kind of luck with the rule it enters, whom it strikes, and its size, persistence and source."""
    from simulation.disturbances.declared import COMMON, DISTURBANCES, sizes

    rows = []
    for each in DISTURBANCES:
        size, memory = (sizes()[name] for name in each.sizes[:2])
        agents = "all alike" if each.agents == (COMMON,) else f"{each.agents[0]} to {each.agents[-1]}"
        form = f"{each.form}, as a {each.enters}"
        numbers = (f"{size.value:g} ({size.low:g} to {size.high:g})", f"{memory.value:g}")
        rows.append((each.name, each.meaning, each.rule, agents, form, *numbers, each.unit, size.status, size.source))
    headings = ("name", "meaning", "rule", "agents", "form", "size", "persistence", "unit", "status", "source")
    return table(headings, rows)


def scenarios() -> str:
    """The shipped scenarios."""
    from simulation.scenario import available_scenarios

    return _listing(available_scenarios())


def policies() -> str:
    """The shipped policies."""
    from simulation.scenario import available_policies

    return _listing(available_policies())


def studies() -> str:
    """The shipped studies."""
    from experiments.study.schema import available_studies

    return _listing(available_studies())


def _listing(entries: Iterable[tuple[str, str, str]]) -> str:
    return table(("name", "meaning"), ((f"`{name}`", meaning) for name, _, meaning in entries))


def commands() -> str:
    """The commands of `circuit`."""
    from experiments.cli import app

    rows = (
        (f"`circuit {command.name or command.callback.__name__}`", (command.callback.__doc__ or "").splitlines()[0])
        for command in app.registered_commands
        if command.callback
    )
    return table(("command", "does"), rows)


def opening() -> str:
    """How well the data are known: numbers of the openings, the record and the deals by confidence."""
    from experiments.record.confidence import counted

    counts = counted()
    return table(
        (str(counts.index.name), *map(str, counts.columns)),
        ((str(name), *row) for name, row in zip(counts.index, counts.to_numpy().tolist(), strict=True)),
    )


def observables() -> str:
    """What of a simulated economy is held against the record."""
    from experiments.record.observables import OBSERVABLES

    rows = (
        (
            f"`{each.series}`",
            ", ".join(each.entities),
            each.meaning,
            f"{each.where}: {each.what}",
            "yes" if each.conditions else "no",
        )
        for each in OBSERVABLES
    )
    return table(("series", "of", "meaning", "read from", "conditions"), rows)


def discrepancies() -> str:
    """How far a right model may be from each series."""
    from experiments.inference.discrepancy import DISCREPANCY

    return table(("series", "standard deviation"), ((f"`{name}`", _number(sd)) for name, sd in DISCREPANCY.items()))


TABLES: dict[str, Callable[[], str]] = {
    "agents": agents,
    "commands": commands,
    "disturbances": disturbances,
    "discrepancies": discrepancies,
    "draws": purposes_of_draws,
    "identities": identities,
    "instruments": instruments,
    "observables": observables,
    "opening": opening,
    "phases": phases,
    "policies": policies,
    "purposes": purposes,
    "scenarios": scenarios,
    "scores": scores,
    "studies": studies,
    "thresholds": thresholds,
}
