"""What every test needs before the first import: figures without a screen. And how the whole suite is run."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Property tests: the gate tries the same cases everywhere and however slow the machine is, so that it says yes or no
# twice to the same code; `make test-search` looks for new ones.
settings.register_profile(
    "gate", derandomize=True, max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("gate"), derandomize=False, max_examples=5000)
settings.load_profile("gate")

os.environ.setdefault("MPLBACKEND", "Agg")

MOST_PROCESSES = 4


def is_whole_suite(config: pytest.Config) -> bool:
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.collectonly


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite has a process for each processor. Tests that are named start at once, in this one."""
    from experiments.batch.pool import default_workers

    processes = min(default_workers(), MOST_PROCESSES) if is_whole_suite(config) else 0
    return processes if processes > 1 else 0


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the rules once, before every process of the suite would for itself."""
    if is_whole_suite(session.config) and session.config.getoption("numprocesses", None):
        from experiments.batch.compiling import prepare

        prepare()
