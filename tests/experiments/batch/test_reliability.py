"""What a batch survives: those accidents of the list that take seconds. `make reliability` lets all of them happen."""

from __future__ import annotations

import pytest

from benchmarks.reliability.__main__ import ITEMS


@pytest.mark.slow
@pytest.mark.parametrize("item", [4, 6, 7, 12, 13, 14, 15])
def test_a_batch_survives_what_is_on_the_list(item: int) -> None:
    what, figure, survived = ITEMS[item](False)
    assert survived, f"{what}: {figure}"
