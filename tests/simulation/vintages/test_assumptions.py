"""What the openings assume where nobody reports a number stands in one file, each number with its reason."""

from __future__ import annotations

import ast
import math
from collections import Counter
from pathlib import Path

import pytest

from simulation import Scenario
from simulation.errors import CircuitError
from simulation.vintages import macro_opening
from simulation.vintages.builder import open_economy
from simulation.vintages.facts import CONFIDENCES, assumed, assumptions

FOLDER = Path(__file__).parents[3] / "simulation" / "vintages"
TRIVIAL = {
    0.0, 1.0,  # nothing and the whole
    0.25, 4.0,  # a quarter of a year, and its quarters
    1e-12, 1e-9, 1e-6,  # keep a ratio finite
}  # fmt: skip
# Weights of the accounts: no rule of behaviour reads them.
FINGERPRINT = {"layout.py": {0.618}, "opening.py": {0.6180339887498949}}


def decimals(source: str) -> set[float]:
    """Every decimal number that is written in a source."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and type(node.value) is float
    }


def used() -> Counter[str]:
    """How often each name is asked for in the rules of the openings."""
    calls = [node for path in FOLDER.glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names: Counter[str] = Counter()
    for node in calls:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "assumed":
            (name,) = node.args
            assert isinstance(name, ast.Constant), ast.unparse(node)
            names[str(name.value)] += 1
    return names


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_no_number_that_decides_is_written_into_the_rules_of_an_opening(path: Path) -> None:
    assert decimals(path.read_text(encoding="utf-8")) <= TRIVIAL | FINGERPRINT.get(path.name, set())


def test_a_number_that_is_written_into_a_rule_is_found() -> None:
    assert decimals("share = 0.85 * left  # 0.3 of it\nhalf = left / 2") == {0.85}


def test_every_assumption_is_used_and_nothing_else_is_assumed() -> None:
    assert set(used()) == set(assumptions())


def test_every_assumption_is_given_once_with_its_unit_meaning_and_reason() -> None:
    lines = (FOLDER / "data" / "assumptions.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) - 1 == len(assumptions())
    for row in assumptions().values():
        assert math.isfinite(row.value), row
        assert row.unit, row
        assert row.meaning, row
        assert row.confidence in CONFIDENCES, row
        assert (row.confidence == "low") == row.source.startswith("assumed: "), row
        assert len(row.source.removeprefix("assumed: ")) > 10, row


@pytest.mark.parametrize(
    "parts",
    [
        {"top_part_of_banks": 1, "rest_part_of_banks": 1, "foreign_part_of_banks": 1},
        {"venture_funds_part_of_labs": 4, "foreign_part_of_labs": 1, "top_part_of_labs": 1},
    ],
    ids=["banks", "labs"],
)
def test_what_is_divided_among_owners_has_no_rest(parts: dict[str, int]) -> None:
    assert sum(number * assumed(name) for name, number in parts.items()) == pytest.approx(1.0)


def test_an_opening_follows_what_is_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    def top_deposits() -> float:
        parameters = Scenario.load("baseline").parameter_record()
        money = open_economy("2024Q4", parameters, seed=1, firms=10).w["households"]["account"]["cash"]
        return float(money[0] / money.sum())

    assert top_deposits() == pytest.approx(assumed("top_part_of_deposits"))
    other = {"top_part_of_deposits": 0.7}
    monkeypatch.setattr(macro_opening, "assumed", lambda name: other.get(name) or assumed(name))
    assert top_deposits() == pytest.approx(0.7)


def test_an_assumption_that_nobody_made_is_answered_with_the_nearest() -> None:
    with pytest.raises(CircuitError, match="no 'top_part_of_wage'; nearest: top_part_of_wages"):
        assumed("top_part_of_wage")
