"""One agent's series as a figure and a file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.experiments.cli.test_cli import circuit


@pytest.mark.parametrize("agent", ["OpenAI", "Firms"])
def test_an_agents_balance_sheet_cash_flow_and_figures_are_drawn_and_written(
    agent: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--firms", "10", "--quarters", "4", "--results", str(tmp_path)]
    assert circuit("run", "--agent", agent, *small) == 0
    figure = tmp_path / f"run-agent-{agent}-baseline-2024Q4-firms10-quarters4-seed1.png"
    assert f"{agent} by the quarter: {figure}" in capsys.readouterr().out
    assert figure.read_bytes()[:4] == b"\x89PNG"
    data = pd.read_csv(figure.with_suffix(".csv")).pivot_table(
        index="quarter", columns=["what", "item"], values="value"
    )
    sheet, flows = data["Balance sheet"], data.filter(like="Cash flow")
    assert list(sheet.index) == ["2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    assert ("Key figures" in data.columns.get_level_values(0)) == (agent == "OpenAI")
    flows = flows.loc["2025Q1":]
    paid = flows.drop(columns="change_of_money", level="item").sum(axis=1)
    rounding = 1e-5 * sheet["deposits"].abs().max()  # the data of a figure have six digits
    assert paid.to_numpy() == pytest.approx(sheet["deposits"].diff().loc["2025Q1":].to_numpy(), abs=rounding)
