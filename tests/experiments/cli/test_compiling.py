"""`circuit compile` says what it has done and where the rules lie, or why they cannot be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.rule import COMPILED

if not COMPILED:
    pytest.skip("nothing is compiled", allow_module_level=True)

from experiments.batch.compiling import check_processor, kinds_of_processors, prepare, processor
from experiments.cli.compiling import compile_
from simulation import rule_cache
from simulation.errors import CircuitError


def test_rules_that_are_compiled_are_not_compiled_again(capsys: pytest.CaptureFixture[str]) -> None:
    prepare()
    compile_()
    told = capsys.readouterr().out
    assert "were compiled already" in told
    assert processor() in told
    assert str(rule_cache.cache_folder()) in told


def test_where_nothing_can_be_kept_it_says_which_folder_to_give(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "rules"))
    monkeypatch.setenv(rule_cache.NO_HOME, str(rule_cache.cache_folder()))
    with pytest.raises(CircuitError, match="cannot be written: set NUMBA_CACHE_DIR"):
        compile_()


def test_a_kind_of_processor_that_there_is_not_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CPU_NAME", "genric")
    with pytest.raises(
        CircuitError, match=r'NUMBA_CPU_NAME=genric: no kind.*nearest: "generic"; unset it .* or set it'
    ):
        compile_()
    with pytest.raises(CircuitError, match="NUMBA_CPU_NAME=genric"):
        prepare()
    for known in ("generic", kinds_of_processors()[-1]):
        monkeypatch.setenv("NUMBA_CPU_NAME", known)
        check_processor()
