"""The figure of growth holds what was measured: a line ends where the next batch would take too long."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks import growth, processes
from benchmarks.economies import StoredBatch


@pytest.fixture
def ten_runs_a_second(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Batches that are not run, at ten runs a second for each of at most two workers. Returns those asked for."""
    asked: list[tuple[int, int]] = []

    def batch(runs: int, workers: int, cluster: str | None = None) -> StoredBatch:
        asked.append((runs, workers))
        return StoredBatch(runs / (10.0 * min(workers, 2)), 200.0 * workers, 20_000 * runs)

    monkeypatch.setattr(processes, "batch", batch)
    monkeypatch.setattr(growth, "SETTINGS", {growth.Setting(1): "black", growth.Setting(2): "grey"})
    return asked


def test_no_batch_is_begun_that_would_take_longer_than_allowed(ten_runs_a_second: list[tuple[int, int]]) -> None:
    """A minute holds 600 runs of one worker and 1,200 of two: the first line ends at a hundred, the second at 1,000."""
    measured = growth.of_runs(minutes=1.0)
    assert ten_runs_a_second == [(1, 1), (10, 1), (100, 1), (1, 2), (10, 2), (100, 2), (1_000, 2)]
    assert measured["runs"].tolist() == [runs for runs, _ in ten_runs_a_second]
    assert measured["runs_a_second"].tolist() == pytest.approx([10.0] * 3 + [20.0] * 4)
    assert (measured["bytes_a_run"] == 20_000.0).all()
    assert growth.ends_of(measured) == "Runs measured: up to 100 with 1 worker, up to 1,000 with 2 workers"


def test_more_workers_than_processors_are_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert str(growth.Setting(2)) == "2 workers"
    assert str(growth.Setting(4)) == "4 workers on 2 processors"
    assert str(growth.Setting(2, dask=True)) == "2 workers of Dask"


@pytest.mark.usefixtures("ten_runs_a_second")
def test_the_figure_says_where_its_lines_end_and_what_a_run_takes() -> None:
    firms = pd.DataFrame({"firms": [10, 100], "seconds": [0.01, 0.02], "megabytes": [220.0, 221.0]})
    drawn = growth.chart(firms, growth.of_runs(minutes=1.0), 1.0)
    assert "up to 100 with 1 worker, up to 1,000 with 2 workers" in drawn.notes
    assert "longer than 1 min at its last pace" in drawn.notes
    assert "A stored run takes 20 kB" in drawn.notes
