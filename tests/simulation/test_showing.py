"""An economy and its outcome show themselves in a notebook."""

from __future__ import annotations

import pytest

from simulation import Economy, Scenario
from simulation.errors import CircuitError
from simulation.showing import SHOWN


@pytest.fixture(scope="module")
def economy() -> Economy:
    return Economy(Scenario.load("late-chips"), seed=3, quarters=6, firms=20).run()


def test_an_economy_says_what_it_is_where_it_stands_and_how_its_series_went(economy: Economy) -> None:
    shown = economy._repr_html_()
    assert "late-chips, vintage 2024Q4, seed 3" in shown
    assert "2026Q2, 6 of 6 quarters" in shown
    for name in SHOWN:
        assert f"<code>{name}</code>" in shown
    assert shown.count("<polyline") == len(SHOWN)
    assert f"{economy.history['ai_capex'].iloc[-1]:,.4g}" in shown


def test_an_economy_that_has_not_begun_shows_no_series() -> None:
    assert "<table>" not in Economy(quarters=4, firms=10)._repr_html_()


def test_an_outcome_shows_its_ending_and_what_each_score_means(economy: Economy) -> None:
    shown = economy.outcome._repr_html_()
    assert str(economy.outcome.ending) in shown
    for name in ("gdp_shortfall", "capex_fall"):
        assert f"<code>{name}</code>" in shown


def test_a_plot_has_a_panel_for_each_series_and_is_shown_whatever_the_backend(economy: Economy) -> None:
    figure = economy.plot("ai_capex", "real_gdp")
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["ai_capex, USD bn", "real_gdp, USD bn"]
    drawn = figure.axes[0].get_lines()[0].get_ydata()
    assert list(drawn) == list(economy.history["ai_capex"])
    assert figure._repr_png_()[:4] == b"\x89PNG"
    assert len(economy.plot().axes) == len(SHOWN)


def test_what_cannot_be_plotted_is_said(economy: Economy) -> None:
    with pytest.raises(CircuitError, match='nearest: "ai_capex"'):
        economy.plot("ai_capx")
    with pytest.raises(CircuitError, match="run the economy first"):
        Economy(quarters=4, firms=10).plot()
