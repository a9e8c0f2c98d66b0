"""Scenario files: whatever is in them, the answer is a scenario or a list of errors."""

from __future__ import annotations

import os
import pathlib
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulation.errors import CircuitError
from simulation.scenario import Policy, Scenario, load_policy
from simulation.scenario.files import LARGEST_FILE, parse_toml
from simulation.scenario.input_errors import MOST_ERRORS_SHOWN
from simulation.scenario.scenario import policy_from_table, scenario_from_table


def errors_of(text: str) -> tuple[str, ...]:
    with pytest.raises(CircuitError) as error:
        scenario_from_table(parse_toml(text.encode()), "mine", "mine.toml")
    return error.value.errors


def written(folder: pathlib.Path, text: str | bytes, name: str = "mine.toml") -> pathlib.Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_scenario_file_says_what_it_changes(tmp_path: pathlib.Path) -> None:
    file = written(
        tmp_path,
        'title = "Mine"\nmeaning = "Less gain, late chips"\n[parameters]\ngamma = 0.03\nrace = false\n'
        '[[shock]]\nlever = "chip_supply"\nstart = 5\nquarters = 4\nsize = 0.6\n',
    )
    scenario = Scenario.load(file)
    assert (scenario.name, scenario.title, scenario.meaning) == ("mine", "Mine", "Less gain, late chips")
    assert scenario.parameters == {"gamma": 0.03, "race": 0.0}
    assert list(scenario.lever_table(9)["chip_supply"][4:10]) == pytest.approx([1, 0.6, 0.6, 0.6, 0.6, 1])


def test_a_misspelt_parameter_is_answered_with_the_nearest_name() -> None:
    assert errors_of("[parameters]\ngama = 0.03") == (
        "mine.toml: [parameters]: unknown parameter 'gama'; nearest: \"gamma\"",
    )


def test_a_misspelt_key_is_answered_with_the_nearest_name() -> None:
    assert errors_of("[parameter]\ngamma = 0.03") == ("mine.toml: unknown key 'parameter'; nearest: \"parameters\"",)
    assert 'nearest: "quarters"' in errors_of('[[shock]]\nlever="tariff"\nstart=1\nsize=0.1\nquartes=3')[0]


def test_all_errors_of_a_file_come_at_once_each_with_its_place_and_what_is_allowed() -> None:
    errors = errors_of(
        'title = 3\ncolour = "red"\n[parameters]\ngamma = 7\ncapture = "high"\nwithdrawal = 2\ngama = nan\n'
        '[[shock]]\nlever = "chip_supply"\nstart = 0\nsize = -1\n'
        '[[shock]]\nlever = "chips"\nsize = inf\nshape = "wave"\n'
    )
    places = [": ".join(error.split(": ")[1:-1]) for error in errors]
    assert len(errors) == 11
    assert all(error.startswith("mine.toml: ") for error in errors)
    assert "[parameters] gamma" in places
    assert "[[shock]] 1 size" in places
    assert "[[shock]] 2 shape" in places
    assert "mine.toml: [parameters] gamma: must be a number from 0.004 to 0.4 (ratio), not 7" in errors
    assert "mine.toml: [[shock]] 1 start: must be a whole number from 1 to 400 (quarter), not 0" in errors
    assert "mine.toml: [[shock]] 2: start is missing" in errors


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-inf", '"nan"', "true", "1e999", "1" * 400, "2024-01-01", "[0.03]", "{}"]
)
def test_the_gain_from_ai_must_be_a_finite_number(value: str) -> None:
    (error,) = errors_of(f"[parameters]\ngamma = {value}")
    assert error.startswith("mine.toml: [parameters] gamma: must be a number from 0.004 to 0.4 (ratio), not ")
    assert len(error) < 200


def test_a_policy_file_needs_a_lever_and_takes_no_parameters() -> None:
    with pytest.raises(CircuitError) as error:
        policy_from_table(parse_toml(b"[parameters]\ngamma = 0.03"), "mine", "mine.toml")
    assert len(error.value.errors) == 2
    assert error.value.errors[1].startswith("mine.toml: policy: is missing")


def test_broken_toml_is_refused_in_one_line_with_its_place() -> None:
    (error,) = errors_of("[parameters\ngamma = 0.03")
    assert "is not TOML" in error
    assert "line 1" in error
    assert "\n" not in error


def test_thousands_of_errors_are_counted_and_not_all_printed() -> None:
    started = time.perf_counter()
    errors = errors_of("[parameters]\n" + "\n".join(f"gamma_{number} = 1" for number in range(5000)))
    assert len(errors) == MOST_ERRORS_SHOWN + 1
    assert errors[-1] == f"mine.toml: and {5000 - MOST_ERRORS_SHOWN} more errors"
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 5000, "x = " + "[\n" * 5000, "a" + ".a" * 400 + " = 1", "x = [[[[[]]]]]"]
)
def test_deep_nesting_is_refused(text: str) -> None:
    (error,) = errors_of(text)
    assert "nested deeper than 4 levels" in error or "more than 1,000 characters" in error


def test_a_long_dotted_key_cannot_hold_up_the_reader() -> None:
    started = time.perf_counter()
    assert "1,000 characters" in errors_of("a" + ".a" * 500_000 + " = 1")[0]
    assert time.perf_counter() - started < 1


def test_a_long_file_is_read_and_a_larger_one_is_refused(tmp_path: pathlib.Path) -> None:
    line = b"#" * 63 + b"\n"
    whole = line * (LARGEST_FILE // len(line))
    assert Scenario.load(written(tmp_path, whole)).parameters == {}
    with pytest.raises(CircuitError, match="larger than 131,072 bytes"):
        Scenario.load(written(tmp_path, whole + line))


def test_a_symbolic_link_is_refused(tmp_path: pathlib.Path) -> None:
    written(tmp_path, "", "real.toml")
    (tmp_path / "mine.toml").symlink_to(tmp_path / "real.toml")
    with pytest.raises(CircuitError, match="symbolic link"):
        Scenario.load(tmp_path / "mine.toml")


def test_what_is_no_regular_text_file_is_refused_at_once(tmp_path: pathlib.Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    written(tmp_path, b"\xff\xfe\x00", "binary.toml")
    for name in ("folder", "pipe", "binary", "absent"):
        with pytest.raises(CircuitError) as error:
            Scenario.load(tmp_path / f"{name}.toml")
        assert len(error.value.errors) == 1
        assert f"{name}.toml: " in error.value.errors[0]


@pytest.mark.parametrize(
    "name",
    [
        "../baseline",
        "/etc/passwd",
        "..",
        "",
        ".",
        "baseline\n",
        "Baseline",
        "-x",
        "a" * 65,
        "base line",
        "b\x00",
        "é",
        "a/b",
    ],
)
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    for load in (Scenario.load, load_policy):
        with pytest.raises(CircuitError, match="a name is 1 to 64"):
            load(name)


def test_a_file_must_bear_a_name_that_can_be_a_scenarios(tmp_path: pathlib.Path) -> None:
    with pytest.raises(CircuitError, match="cannot name it"):
        Scenario.load(written(tmp_path, "", "My Scenario.toml"))


def test_text_that_could_steer_a_terminal_is_refused() -> None:
    (error,) = errors_of('title = "\\u001b[2J"')
    assert "printable" in error
    assert error.isprintable()


def test_an_unknown_scenario_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(CircuitError, match="unknown scenario 'late-chip'; nearest: \"late-chips\""):
        Scenario.load("late-chip")
    with pytest.raises(CircuitError, match="unknown policy 'fed_put'; nearest: \"fed-put\""):
        load_policy("fed_put")


def test_a_name_is_also_looked_for_in_the_current_folder(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "[parameters]\ngamma = 0.1")
    monkeypatch.chdir(tmp_path)
    assert Scenario.load("mine").parameters == {"gamma": 0.1}


KEYS = st.sampled_from(
    ["title", "meaning", "lever", "start", "size", "quarters", "shape", "gamma", "race", "foreign_lag"]
)
VALUES = st.sampled_from(
    ["1", "3", "0.5", "nan", "-inf", "true", "[]", "{}", "1979-05-27", "0x10", "'", '"', "1e400", "9" * 300]
    + [f'"{word}"' for word in ("step", "ramp", "once", "chip_supply", "tariff", "sentiment", "\\u001b")]
)
HEADERS = st.sampled_from(["[parameters]", "[[shock]]", "[[policy]]", "[shock]", "[[parameters]]", "[", "a.b.c"])
LINES = st.builds("{} = {}\n".format, KEYS, VALUES) | HEADERS.map("{}\n".format) | st.text(max_size=8)


def made_or_errors(content: bytes, read: Callable[..., object]) -> tuple[object, tuple[str, ...]]:
    try:
        return read(parse_toml(content), "mine", "mine.toml"), ()
    except CircuitError as error:
        return None, error.errors


@given(st.lists(LINES, max_size=20).map("".join) | st.text(max_size=200))
@example('[[shock]]\nlever = []\nshape = {}\nstart = [1]\nsize = "x"\nquarters = 1979-05-27')
@example("parameters = 1\nshock = [1, {}]")
@example('[[policy]]\nlever="tariff"\nstart=400\nsize=0.1\nquarters=400')
def test_any_text_is_a_scenario_a_policy_or_a_list_of_errors(text: str) -> None:
    for read, kind in ((scenario_from_table, Scenario), (policy_from_table, Policy)):
        made, errors = made_or_errors(text.encode(errors="surrogatepass"), read)
        assert isinstance(made, kind) != bool(errors)
        assert all(error.isprintable() for error in errors)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_printable_lines(content: bytes) -> None:
    _, errors = made_or_errors(content, scenario_from_table)
    assert all(error.isprintable() for error in errors)


HOSTILE = {
    "one lever moved thousands of times": "[[shock]]\nlever='tariff'\nstart=1\nsize=0\n",
    "thousands of empty shocks": "[[shock]]\n",
    "a long array": "x = [" + "1,\n" * 40_000 + "]",
    "long dotted keys": "a." * 490 + "{} = 1\n",
    "long headers": "[" + "a." * 490 + "b{}]\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_costs_no_more_than_about_a_second(text: str) -> None:
    copies = "".join(text.replace("{}", f"k{number}") for number in range(LARGEST_FILE // len(text)))
    started = time.process_time()
    _, errors = made_or_errors(copies.encode(), scenario_from_table)
    assert len(errors) <= MOST_ERRORS_SHOWN + 1
    assert time.process_time() - started < 3  # far above what it takes, for slow machines
