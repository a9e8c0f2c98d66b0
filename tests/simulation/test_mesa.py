"""The economy as Mesa users meet it."""

from __future__ import annotations

import gc
import inspect
import math
import weakref

import mesa
import numpy as np
import pytest

from simulation import Economy, Scenario
from simulation.errors import CircuitError
from simulation.mesa_model import (
    AGENT_TYPES,
    Bank,
    ChipMaker,
    CircuitModel,
    CloudProvider,
    EconomicAgent,
    Firm,
    Household,
    Investor,
    Lab,
)
from simulation.series import SERIES

FIRMS = 30


def small_model(**options: object) -> CircuitModel:
    return CircuitModel("baseline", rng=7, firms=FIRMS, quarters=4, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def finished() -> CircuitModel:
    """A model after its last quarter, for tests that only read."""
    model = small_model(
        agenttype_reporters={
            CloudProvider: {"name": "name", "deposits": lambda agent: agent.balance_sheet["deposits"]},
            Firm: {"belief": "belief"},
        }
    )
    while model.running:
        model.step()
    return model


def agent_named(model: CircuitModel, name: str) -> EconomicAgent:
    (agent,) = model.agents.select(lambda agent: agent.name == name)
    return agent


def test_every_agent_of_the_economy_is_an_agent_of_the_model() -> None:
    model = small_model()
    names = sorted(name for names in model.economy.names.values() for name in names)
    assert sorted(model.agents.get("name")) == names
    assert set(model.agent_types) == set(AGENT_TYPES.values())
    assert len(model.agents_by_type[Firm]) == FIRMS


def test_agents_are_numbered_from_one_without_gaps() -> None:
    identities = sorted(small_model().agents.get("unique_id"))
    assert identities == list(range(1, len(identities) + 1))


def test_named_firms_are_found_by_type() -> None:
    model = small_model()
    assert list(model.agents_by_type[ChipMaker].get("name")) == ["Nvidia", "AMD", "Broadcom"]
    assert {"Microsoft", "Oracle", "CoreWeave"} <= set(model.agents_by_type[CloudProvider].get("name"))
    assert {"OpenAI", "Anthropic", "xAI"} <= set(model.agents_by_type[Lab].get("name"))


def test_investors_are_all_who_hold_claims_for_others() -> None:
    names = set(small_model().agents.select(agent_type=Investor).get("name"))
    assert {"SoftBank", "Passive fund 1", "Private-credit fund 1", "Insurers and bond funds"} <= names
    assert not names & {"Nvidia", "OpenAI", "Bank 1", "Firm 1"}


def test_a_model_steps_the_very_economy_that_python_users_run(finished: CircuitModel) -> None:
    economy = Economy(Scenario.load("baseline"), seed=7, firms=FIRMS, quarters=4).run()
    np.testing.assert_array_equal(finished.economy.history.to_numpy(), economy.history.to_numpy())
    assert finished.outcome.ending == economy.outcome.ending


def test_the_model_stops_running_after_its_last_quarter(finished: CircuitModel) -> None:
    assert not finished.running
    assert finished.economy.quarter == 4


def test_the_collector_holds_every_series_of_every_quarter(finished: CircuitModel) -> None:
    collected = finished.datacollector.get_model_vars_dataframe()
    assert list(collected.columns) == list(SERIES)
    np.testing.assert_array_equal(collected.to_numpy(), finished.economy.history.to_numpy())


def test_the_collector_reads_agents_as_mesa_users_expect(finished: CircuitModel) -> None:
    clouds = finished.datacollector.get_agenttype_vars_dataframe(CloudProvider)
    assert len(clouds) == 4 * len(finished.agents_by_type[CloudProvider])
    latest = clouds[clouds["name"] == "Oracle"]["deposits"].iloc[-1]
    assert latest == finished.economy.balance_sheet(by="agent").loc["deposits", "Oracle"]
    beliefs = finished.datacollector.get_agenttype_vars_dataframe(Firm)["belief"]
    assert len(beliefs) == 4 * FIRMS
    assert beliefs.nunique() > FIRMS


def test_own_reporters_replace_the_series() -> None:
    model = small_model(
        model_reporters={
            "coverage": "coverage",
            "clouds": lambda model: len(model.agents_by_type[CloudProvider]),
        },
        agent_reporters={"name": "name"},
    )
    model.step()
    collected = model.datacollector.get_model_vars_dataframe()
    assert list(collected.columns) == ["coverage", "clouds"]
    assert collected["coverage"].iloc[0] == model.economy.history["coverage"].iloc[0]
    assert set(model.datacollector.get_agent_vars_dataframe()["name"]) == set(model.agents.get("name"))


def test_series_are_attributes_of_the_model() -> None:
    model = small_model()
    assert math.isnan(model.coverage)
    model.step()
    assert model.coverage == model.economy.history["coverage"].iloc[-1]
    with pytest.raises(AttributeError, match="covrage"):
        _ = model.covrage


def test_an_agent_is_a_live_view_of_its_record() -> None:
    model = small_model()
    firm = agent_named(model, "Firm 3")
    firm.belief = 0.123
    assert model.economy.kinds["firms"][2]["belief"] == 0.123
    model.step()
    assert firm.belief == model.economy.kinds["firms"][2]["belief"] != 0.123


def test_what_is_assigned_moves_the_economy() -> None:
    plain, changed = small_model(), small_model()
    changed.agents_by_type[Firm].set("belief", 0.5)
    for model in (plain, changed):
        model.step()
        model.step()
    assert changed.intensity > plain.intensity


def test_money_cannot_be_assigned_because_only_payments_move_it() -> None:
    oracle = agent_named(small_model(), "Oracle")
    with pytest.raises(AttributeError, match="kept by the books"):
        oracle.cash = 1e6


def test_an_unknown_attribute_of_an_agent_names_the_known_ones() -> None:
    firm = agent_named(small_model(), "Firm 1")
    with pytest.raises(AttributeError, match="belief"):
        _ = firm.belif


@pytest.mark.parametrize("name", ["Nvidia", "OpenAI", "SoftBank", "Bank 1", "Government", "Firm 2"])
def test_every_kind_of_agent_has_a_balance_sheet(finished: CircuitModel, name: str) -> None:
    sheet = agent_named(finished, name).balance_sheet
    assert {"deposits", "bank_loans"} <= set(sheet.index)
    assert sheet.abs().sum() > 0.0


def test_the_balance_sheets_of_all_firms_add_up_to_their_column(finished: CircuitModel) -> None:
    total = sum(firm.balance_sheet for firm in finished.agents_by_type[Firm])
    column = finished.economy.balance_sheet(by="sector")["firms"]
    for stock in ("deposits", "bank_loans", "capital"):
        assert total[stock] == pytest.approx(column[stock], rel=1e-9)


def test_agent_sets_select_aggregate_and_group(finished: CircuitModel) -> None:
    rich = finished.agents.select(lambda agent: agent.cash > 20.0, agent_type=CloudProvider)
    assert 0 < len(rich) < len(finished.agents_by_type[CloudProvider])
    total = finished.agents_by_type[Household].agg("cash", sum)
    assert total == pytest.approx(finished.economy.balance_sheet(by="sector").loc["deposits", "households"])
    assert set(finished.agents.groupby("kind").groups) == set(AGENT_TYPES)


def test_a_generator_gives_the_seed() -> None:
    seeds = {CircuitModel(rng=np.random.default_rng(3), firms=FIRMS, quarters=1).seed for _ in range(2)}
    assert len(seeds) == 1


def test_a_finished_model_is_released_from_memory() -> None:
    model = small_model()
    model.step()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_an_agent_of_the_user_joins_under_a_number_of_its_own() -> None:
    class Observer(mesa.Agent):
        """Watches coverage."""

    model = small_model()
    observer = Observer(model)
    identities = list(model.agents.get("unique_id"))
    assert observer.unique_id == max(identities)
    assert len(set(identities)) == len(identities)


def test_input_that_the_economy_refuses_is_refused_in_its_words() -> None:
    with pytest.raises(CircuitError, match="firms"):
        CircuitModel("baseline", rng=1, firms=3)


def test_banks_show_what_they_owe(finished: CircuitModel) -> None:
    assert all(bank.balance_sheet["deposits"] < 0.0 for bank in finished.agents_by_type[Bank])


def test_parameters_scenario_policy_and_seed_are_keywords_as_of_any_model() -> None:
    model = CircuitModel(
        gamma=0.03, luck=False, scenario="late-chips", policy="stimulus", seed=7, firms=FIRMS, quarters=4
    )
    model.step()
    scenario = Scenario.load("late-chips").with_parameters(gamma=0.03, luck=False).with_policy("stimulus")
    economy = Economy(scenario, seed=7, firms=FIRMS, quarters=4)
    economy.step()
    assert model.seed == 7
    assert model.economy.scenario.digest == scenario.digest
    assert (model.economy.series[0] == economy.series[0]).all()


def test_the_page_of_mesa_lets_every_parameter_through() -> None:
    """SolaraViz refuses a keyword that the model does not name, unless the model has others under this name."""
    named = inspect.signature(CircuitModel.__init__).parameters
    assert named["kwargs"].kind is inspect.Parameter.VAR_KEYWORD
    others = (each for name, each in named.items() if name not in ("self", "kwargs"))
    assert all(each.default is not inspect.Parameter.empty for each in others)


def test_the_batch_runner_of_mesa_varies_parameters_policies_and_seeds() -> None:
    rows = mesa.batch_run(
        CircuitModel,
        {"gamma": [0.02, 0.1], "policy": ["stimulus", "tariff"], "seed": (1, 2), "firms": FIRMS, "quarters": 2},
        display_progress=False,
    )
    assert len(rows) == 8
    assert {row["Step"] for row in rows} == {1}
    assert len({row["real_gdp"] for row in rows if row["gamma"] == 0.1 and row["policy"] == "tariff"}) == 2, "two seeds"
    alone = CircuitModel(gamma=0.1, policy="tariff", seed=2, firms=FIRMS, quarters=2)
    alone.step()
    alone.step()
    (same,) = [row for row in rows if (row["gamma"], row["policy"], row["seed"]) == (0.1, "tariff", 2)]
    assert same["ai_capex"] == alone.ai_capex


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gama": 0.1}, 'nearest: "gamma"'),
        ({"gamma": 7.0}, "must be a number from"),
        ({"seed": 1, "rng": 1}, "seed and rng: give one of them"),
        ({"policy": "stimulos"}, 'nearest: "stimulus"'),
        ({"economy": Economy(firms=10, quarters=1), "gamma": 0.1}, "has its own scenario"),
    ],
)
def test_what_a_model_cannot_be_made_of_is_said(options: dict[str, object], said: str) -> None:
    with pytest.raises(CircuitError, match=said):
        CircuitModel(firms=10, quarters=1, **options)  # type: ignore[arg-type]
