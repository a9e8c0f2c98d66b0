"""Every field of every record says how it opens, in its declaration or by the opening; one that is forgotten raises."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import Scenario
from simulation.agents.firms import FIRM
from simulation.errors import CircuitError
from simulation.rule import record, slots
from simulation.state import WORLD
from simulation.vintages import finished, opening
from simulation.vintages.unsaid import UNSAID, check_all_said, unsaid

BASELINE = Scenario.load("baseline")
LEVERS = BASELINE.lever_table(1)[:1]


@pytest.mark.parametrize("vintage", ["2022Q4", "2024Q4"])
@pytest.mark.parametrize("ai", [True, False])
def test_every_opening_says_how_every_field_opens(vintage: str, ai: bool) -> None:
    parameters = BASELINE.with_switches(ai=ai).parameter_record()
    opened = finished.finished_opening(vintage, parameters, LEVERS, seed=1, firms=20)
    for array in (opened.world, opened.firms):
        assert not (array.view(np.uint64) == UNSAID).any()


def test_a_new_field_that_the_opening_forgets_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """At zero it would have moved the economy, and no audit would have said anything."""
    longer = np.dtype([*((name, FIRM[name]) for name in FIRM.names or ()), ("planted", "f8")], align=True)
    monkeypatch.setattr(opening, "FIRM", longer)
    with pytest.raises(CircuitError) as told:
        finished.finished_opening("2024Q4", BASELINE.parameter_record(), LEVERS, seed=1, firms=10_001)
    assert str(told.value).startswith("firm: nothing says how 'planted' opens")
    assert len(str(told.value).splitlines()) == 1


def test_a_field_opens_at_its_declared_value_and_a_list_opens_empty() -> None:
    entry = record(amount="f8", holder="i8")
    form = record(cash="f8=0", heir="i8=-1", past=("f8=1", (3,)), entries=slots(entry, 2), owed="f8")
    array = unsaid(form, 2)
    assert array["cash"].tolist() == [0.0, 0.0]
    assert array["heir"].tolist() == [-1, -1]
    assert array["past"].tolist() == [[1.0] * 3] * 2
    assert array["entries"]["amount"].tolist() == [[0.0, 0.0]] * 2
    with pytest.raises(CircuitError, match=r"^book: nothing says how 'owed' opens"):
        check_all_said(book=array)
    array["owed"] = 3.0
    check_all_said(book=array)


def test_a_number_that_is_none_counts_as_said() -> None:
    array = unsaid(record(given="f8"), 1)
    array["given"] = np.nan
    check_all_said(book=array)


def test_a_field_inside_a_field_is_named_in_full() -> None:
    with pytest.raises(CircuitError, match=r"'account\.cash'"):
        check_all_said(book=unsaid(record(account=record(cash="f8")), 1))


def test_records_are_of_words_of_eight_bytes_at_which_the_check_looks() -> None:
    for form in (WORLD, FIRM):
        assert form.itemsize % 8 == 0
        assert (unsaid(form, 1).view(np.uint64) == UNSAID).any()
