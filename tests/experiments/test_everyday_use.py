"""What users do with the tool on ordinary days: odd files, short horizons, other programs, terminals, moved folders."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.sensitivity import common_seeds, morris_table
from experiments.batch import repair, runner
from experiments.batch.collecting import RUN_COLUMNS, _table
from experiments.batch.provenance import facts_of
from experiments.batch.worker import Rows
from experiments.cli import main
from experiments.common.plain_signs import PLAIN, use_plain_signs
from experiments.methods.query import ask
from experiments.store.results import RUNS_PER_SHARD, Results
from experiments.study.designs import Design
from experiments.study.points import Points
from experiments.study.schema import RunSpec, Study, parse_study, plan
from simulation.errors import CircuitError
from simulation.scenario import PARAMETERS, Scenario, prior_quantile

from . import stand_ins
from .stand_ins import rows_of, small_plan

REPOSITORY = Path(__file__).resolve().parents[2]


def stored(folder: Path, runs: int) -> Results:
    planned = small_plan(runs)
    results = Results(folder, planned.identity, facts_of(planned))
    runner.run_batch(planned, results, 1, False, stand_ins.run_well, None)
    results.save_manifest()
    return results


def fail_at_the_end(spec: RunSpec) -> Rows:
    """Runs of the last seed fail, the others go well."""
    if spec.seed == RUNS_PER_SHARD:
        raise ValueError("no")
    return rows_of(spec)


def circuit(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0)


# --- what is not there is null -------------------------------------------------------------------------------------


def test_a_score_that_a_run_does_not_have_is_null_and_so_is_neither_sorted_nor_averaged() -> None:
    table = _table([{"run_id": "r1", "quarter": 3.0}, {"run_id": "r2", "quarter": math.nan}], RUN_COLUMNS)
    assert table["quarter"].null_count == 1
    assert table["quarter"].to_pylist() == [3.0, None]


def test_empty_tables_have_the_columns_and_types_of_full_ones() -> None:
    row = {"run_id": "r", "arm": "a", "scenario": "s", "policy": "", "seed": 1, "vintage": "2024Q4", "quarters": 4}
    full = _table([{**row, "firms": 10, "prior": True, "kind": "k", "message": "m"}], ())
    empty = _table([], tuple(full.column_names))
    assert empty.schema == full.schema


def test_tables_whose_failures_come_in_a_later_shard_are_read_as_one(tmp_path: Path) -> None:
    planned = small_plan(RUNS_PER_SHARD)
    results = Results(tmp_path, planned.identity, facts_of(planned))
    runner.run_batch(planned, results, 1, False, fail_at_the_end, None)
    assert len(pd.read_parquet(tmp_path / "failures")) == 2
    assert len(pd.read_parquet(tmp_path / "series")) == 6 * (2 * RUNS_PER_SHARD - 2)


# --- designs and seeds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["latin-hypercube", "sobol"])
def test_every_whole_number_of_a_range_gets_the_same_share_of_a_design(method: str) -> None:
    design = Design.model_validate({"method": method, "ranges": {"chip_supply_lag": [2, 4]}})
    counts = Counter(value for ((_, value),) in design.points(1024, 1))
    assert set(counts) == {2.0, 3.0, 4.0}
    assert all(abs(count - 1024 / 3) < 3 for count in counts.values())


def test_every_whole_parameter_reaches_both_ends_of_its_range_with_a_fair_share_of_its_prior() -> None:
    whole = [parameter for parameter in PARAMETERS.values() if parameter.is_whole and not parameter.is_switch]
    assert whole
    for parameter in whole:
        drawn = Counter(prior_quantile(parameter.name, (k + 0.5) / 4000) for k in range(4000))
        assert {parameter.low, parameter.high} <= set(drawn)
        assert all(parameter.low <= value <= parameter.high for value in drawn)


def test_points_that_are_compared_are_averaged_over_the_seeds_that_all_of_them_have() -> None:
    """Two points: 1 and 3 on the seed both have; the other seeds would make it 1.5 and 4."""
    values = np.array([[1.0, 2.0, np.nan], [3.0, np.nan, 5.0]] * 2)
    assert common_seeds(values, 2).tolist() == [[True, False, False]] * 4
    unit = np.array([[0.05], [0.95]] * 2)
    table = morris_table(Points(("gamma",), unit, 2), values)
    assert table["mu"].iloc[0] == pytest.approx(2.0 / (2 / 3))  # a step is two thirds of the range


# --- what never happens --------------------------------------------------------------------------------------------


def test_a_shock_after_the_last_quarter_is_refused_before_anything_runs() -> None:
    with pytest.raises(CircuitError, match=r"late-chips: .* begins in quarter \d+, after the last of the run, 2"):
        plan(Study(scenarios=["late-chips"], quarters=2))


def test_an_event_after_the_last_quarter_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "later.toml"
    file.write_text('[[event]]\nagent = "OpenAI"\nkind = "failure"\nquarter = 30\n')
    with pytest.raises(CircuitError, match="failure of OpenAI begins in quarter 30, after the last of the run, 24"):
        plan(Study(scenarios=[str(file)], quarters=24))
    assert plan(Study(scenarios=[str(file)], quarters=30))


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_file_with_a_byte_order_mark_and_a_capital_ending_is_read(tmp_path: Path) -> None:
    file = tmp_path / "MINE.TOML"
    file.write_bytes(b"\xef\xbb\xbf[parameters]\ngamma = 0.05\n")
    assert Scenario.load(str(file)).parameters == {"gamma": 0.05}


def test_a_switch_that_is_on_twice_in_two_spellings_is_one_arm_too_many() -> None:
    with pytest.raises(CircuitError, match="is there twice"):
        parse_study({"grid": {"withdrawal": [True, 1.0]}}, "")


def test_run_ids_begin_with_a_letter_so_that_no_spreadsheet_takes_them_for_numbers() -> None:
    assert all(spec.run_id[0] == "r" and len(spec.run_id) == 16 for spec in small_plan(50).specs)


def test_a_file_of_ones_own_that_hides_the_package_is_named(tmp_path: Path) -> None:
    hiding = tmp_path / "hidden"
    hiding.mkdir()
    (hiding / "simulation.py").write_text("")
    environment = {**os.environ, "PYTHONPATH": f"{hiding}{os.pathsep}{REPOSITORY}"}
    done = subprocess.run(
        [sys.executable, "-c", "import experiments"], capture_output=True, text=True, env=environment, cwd="/"
    )
    assert "simulation.py is taken for it; rename that file" in done.stderr
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "__init__.py").write_text("")
    environment["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{REPOSITORY}"
    program = "from simulation import Scenario; Scenario.load('baseline')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd="/")
    assert "hides Circuit's package experiments: rename it" in done.stderr


# --- terminals and settings of others ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "cp437"])
def test_every_sign_that_is_printed_has_a_plain_one_in_any_encoding(encoding: str) -> None:
    use_plain_signs()
    text = "".join(PLAIN) + "⠁⣿"
    printed = text.encode(encoding, errors="circuit.plain_signs").decode(encoding)
    assert "?" not in printed


def test_a_run_prints_where_the_encoding_has_no_blocks_and_writes_its_files(tmp_path: Path) -> None:
    arguments = ["run", "--firms", "10", "--quarters", "8", "--results", str(tmp_path)]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "MPLBACKEND": "module://nowhere.inline"}
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", *arguments], capture_output=True, env=environment, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr.decode()
    assert list(tmp_path.glob("*.png"))
    assert list(tmp_path.glob("*.csv"))


def test_figures_do_not_follow_a_matplotlibrc_of_the_user_and_leave_it_as_it_was(tmp_path: Path) -> None:
    import matplotlib as mpl

    from experiments.figures.style import drawing

    with mpl.rc_context({"text.usetex": True, "font.size": 40.0}):
        with drawing(tmp_path / "a.png", "A claim", "", pd.DataFrame({"x": [1]}), (4, 2)) as (_, (axes,)):
            axes.plot([1, 2], [1, 2])
        assert mpl.rcParams["text.usetex"] is True
    with drawing(tmp_path / "b.png", "A claim", "", pd.DataFrame({"x": [1]}), (4, 2)) as (_, (axes,)):
        axes.plot([1, 2], [1, 2])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


# --- shards that vanish --------------------------------------------------------------------------------------------


def vanish(folder: Path, numbers: list[int]) -> None:
    for number in numbers:
        for file in [*folder.glob(f"*/{number:05d}*.parquet"), folder / "shards" / f"{number:05d}.json"]:
            file.unlink()


def test_a_shard_that_vanished_is_named_counted_and_computed_again(tmp_path: Path) -> None:
    runs = RUNS_PER_SHARD
    before = stored(tmp_path, runs).digest()
    whole = len(list((tmp_path / "shards").iterdir()))
    vanish(tmp_path, [1])
    again = Results(tmp_path, small_plan(runs).identity)
    assert f"1 of {whole} shards are missing" in again.warning()
    told = list(repair.mend(str(tmp_path), 1, stand_ins.run_well, None, False))
    assert told[0] == "damaged: shards/00001.json: is missing, with the runs it sealed"
    assert Results(tmp_path, small_plan(runs).identity).digest() == before


def test_a_query_on_part_of_the_results_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(tmp_path, RUNS_PER_SHARD)
    vanish(tmp_path, [0])
    answer = ask(str(tmp_path), "select count(*) as n from runs")
    assert "shards are missing" in capsys.readouterr().err
    assert answer["n"].iloc[0] == RUNS_PER_SHARD


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "select * from agents",
            "Table with name agents does not exist; these results have runs, series, events, param",
        ),
        (
            "select avg(arm) from runs",
            r"'avg\(VARCHAR\)'\. You might need to add explicit type casts\. LINE 1: select avg",
        ),
    ],
)
def test_a_query_that_cannot_be_answered_is_told_what_there_is_in_a_line(sql: str, told: str, tmp_path: Path) -> None:
    stored(tmp_path, 4)
    with pytest.raises(CircuitError, match=told) as caught:
        ask(str(tmp_path), sql)
    assert len(str(caught.value)) < 240


def test_results_of_which_every_shard_vanished_are_refused_in_a_sentence_and_repaired(tmp_path: Path) -> None:
    before = stored(tmp_path, 4).digest()
    vanish(tmp_path, [0])
    with pytest.raises(CircuitError, match="1 of 1 shards are missing, 0 runs are here; circuit repair"):
        ask(str(tmp_path), "select * from runs")
    list(repair.mend(str(tmp_path), 1, stand_ins.run_well, None, False))
    assert Results(tmp_path, small_plan(4).identity).digest() == before
