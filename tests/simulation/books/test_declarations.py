"""What is declared about stocks, purposes and records is consistent, and rules keep their hands off the books."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import simulation
from simulation.books import instruments, purposes
from simulation.books.gdp import measure_gdp
from simulation.books.identities import IDENTITIES
from simulation.books.instruments import N_FINANCIAL, STOCKS
from simulation.books.ledger import CLAIMS, LEDGER, SLOT
from simulation.books.purposes import N_PURPOSES, PURPOSE_CAPACITY, PURPOSES, SECTOR_LETTERS
from simulation.registry import COLUMNS, N_COLUMNS, NUMBER
from simulation.rule import live, padded, record
from simulation.state import RECORDS

PACKAGE = Path(simulation.__file__).parent


def constant_of(name: str) -> str:
    return name.upper()


def test_every_purpose_stands_where_its_constant_says() -> None:
    for number, row in enumerate(PURPOSES):
        assert getattr(purposes, constant_of(row.name)) == number


def test_every_stock_stands_where_its_constant_says() -> None:
    for number, row in enumerate(STOCKS):
        assert getattr(instruments, constant_of(row.name)) == number


def test_no_two_purposes_or_stocks_share_a_name() -> None:
    for rows in (PURPOSES, STOCKS):
        assert len({row.name for row in rows}) == len(rows)


def test_payers_and_payees_are_sectors_that_exist_each_named_once() -> None:
    for row in PURPOSES:
        for letters in (row.payers, row.payees):
            assert letters, row.name
            assert set(letters) <= set(SECTOR_LETTERS), row.name
            assert len(set(letters)) == len(letters), row.name


def test_every_sector_has_members_and_every_institution_a_sector() -> None:
    assert set(SECTOR_LETTERS.values()) == set(NUMBER) | {"firms"}


def test_every_sector_pays_and_is_paid() -> None:
    for letter in SECTOR_LETTERS:
        assert any(letter in row.payers for row in PURPOSES)
        assert any(letter in row.payees for row in PURPOSES)


def test_financial_payments_move_claims_and_capital_payments_move_things() -> None:
    for row in PURPOSES:
        if row.nature == "current":
            assert row.stock == -1, row.name
        elif row.nature == "financial":
            assert 0 <= row.stock < N_FINANCIAL, row.name
        else:
            assert row.nature in ("capital", "used"), row.name
            assert N_FINANCIAL <= row.stock < len(STOCKS), row.name


def test_what_a_market_counts_is_a_sale_of_something_that_was_made() -> None:
    counted = [row for row in PURPOSES if row.counted]
    assert counted
    for row in counted:
        assert row.is_sale, row.name
        assert row.role != "income", row.name


@pytest.mark.parametrize("number", range(N_PURPOSES))
def test_gdp_by_demand_and_by_production_count_a_payment_between_residents_as_its_role_says(number: int) -> None:
    ledger = live(np.zeros(1, LEDGER))
    ledger["sector"], ledger["resident"] = 0, 1
    ledger["paid"][0, number, 0] = ledger["received"][0, number, 1] = 1.0
    measure_gdp(ledger[0])
    counted = {"C": 1.0, "G": 1.0, "I": 1.0, "X": 1.0, "M": -1.0, "I-M": 0.0, "income": 0.0, "": 0.0}
    # Parts bought abroad are taken off once they are used up: until then they are in inventories too.
    meant = 0.0 if number == purposes.IMPORTED_PARTS else counted[PURPOSES[number].role]
    assert ledger["gdp_expenditure"][0] == meant
    assert ledger["gdp_production"][0] == meant
    assert ledger["gdp_income"][0] == (1.0 if number == purposes.WAGES else 0.0)


def test_what_is_declared_fits_the_capacity_of_the_books() -> None:
    assert N_PURPOSES <= PURPOSE_CAPACITY
    assert N_COLUMNS <= COLUMNS
    assert LEDGER["paid"].shape == (PURPOSE_CAPACITY, COLUMNS)
    assert LEDGER["claims"].shape == (CLAIMS,)
    assert LEDGER["residual"].shape == (len(IDENTITIES),)
    for kind, form in RECORDS.items():
        assert form.itemsize <= SLOT, kind


@pytest.mark.parametrize("name", ["real", "size", "mean", "base", "data", "item", "T", "flags", "shape"])
def test_a_field_named_like_an_attribute_of_numpy_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"taken by NumPy: {name}"):
        record(cash="f8", **{name: "f8"})


def test_a_record_keeps_the_order_and_shapes_of_its_fields() -> None:
    form = record(cash="f8", past=("f8", (4,)), column="i8")
    assert form.names == ("cash", "past", "column")
    assert form["past"].shape == (4,)


def test_a_padded_record_keeps_its_fields_and_fills_its_slot() -> None:
    form = record(cash="f8", column="i8")
    slot = padded(form, 64)
    assert slot.itemsize == 64
    assert np.zeros(3, slot)["column"].strides == (64,)
    with pytest.raises(TypeError, match="does not fit a slot of 8"):
        padded(form, 8)


# What only verbs may write. Some words also name a field of an agent or market, which is no claim on anybody.
OWNED = {
    "cash", "loan", "tangible", "reserves", "issued", "transacted", "revalued", "changed", "paid", "received",
    "fingerprint", "position", "n_claims", "claim_slot",
}  # fmt: skip
OWNED_BY_THE_LEDGER = {"shares", "price", "amount", "opening"}
OWNERS = ("ledger", "claim", "claims", "account", "accounts")


def writes_of(source: str) -> list[str]:
    """Every assignment in a source to a field that the books own."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        for target in targets:
            place = target
            while isinstance(place, ast.Subscript):
                place = place.value
            if not isinstance(place, ast.Attribute):
                continue
            owner = ast.unparse(place.value).split("[")[0].split(".")[-1]
            if place.attr in OWNED or (place.attr in OWNED_BY_THE_LEDGER and owner in OWNERS):
                found.append(f"line {node.lineno}: {ast.unparse(target)}")
    return found


def test_the_check_of_sources_sees_writes_and_only_writes() -> None:
    assert writes_of("firm.account.cash += 5.0") == ["line 1: firm.account.cash"]
    assert writes_of("w.ledger.shares[a, b] = 1.0") == ["line 1: w.ledger.shares[a, b]"]
    assert writes_of("claim.amount -= 1.0") == ["line 1: claim.amount"]
    assert writes_of("lab.price = 2.0 * firm.account.cash") == []


RULES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in [*PACKAGE.glob("agents/*.py"), *PACKAGE.glob("markets/*.py"), *PACKAGE.glob("*.py")]
)


@pytest.mark.parametrize("source", RULES)
def test_rules_never_assign_what_the_books_own(source: str) -> None:
    assert writes_of((PACKAGE / source).read_text(encoding="utf-8")) == []
