"""A new member of a kind is named in one place, and the economy opens and runs with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RUN = """
import sys, types
from pathlib import Path
registry = types.ModuleType("simulation.registry")
source = Path("simulation/registry.py").read_text(encoding="utf-8")
for last, more in {newcomers!r}:
    assert source.count(last) == 1, last
    source = source.replace(last, more)
exec(source, registry.__dict__)
sys.modules["simulation.registry"] = registry
from simulation import Economy
economy = Economy(firms=10, quarters=1).run()
columns = len(economy.balance_sheet(by="agent").columns)
print(registry.N_COLUMNS, registry.COLUMNS, columns, economy.residuals["residual"].max() < 1e-9)
"""


def run_with(*newcomers: tuple[str, str]) -> subprocess.CompletedProcess[str]:
    """A quarter, as plain Python, of an economy whose registry has been added to."""
    code = RUN.replace("{newcomers!r}", repr(newcomers))
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"CIRCUIT_JIT": "0"}, capture_output=True, text=True
    )


def test_the_books_have_room_for_whoever_is_named() -> None:
    done = run_with(
        ('"Lab 5")', '"Lab 5", "Lab 6")'),
        ('"Neocloud", 2, 6', '"Neocloud", 2, 7'),
        ('"Private-credit fund", 1, 4', '"Private-credit fund", 1, 5'),
        ('"SoftBank")', '"SoftBank", "Venture fund 5")'),
        ('"Vehicle", 5, 6', '"Vehicle", 5, 7'),
    )
    assert done.stdout.split() == ["68", "72", "69", "True"], done.stderr


@pytest.mark.parametrize("last", ['"Broadcom"', '"Foreign clouds"'])
def test_a_named_newcomer_of_whom_nothing_is_known_is_refused_by_name(last: str) -> None:
    done = run_with((last, f'{last}, "Newcomer"'))
    assert "no agent 'Newcomer'" in done.stderr
