"""New deals: who offers how much to whom, and what is asked for it."""

from __future__ import annotations

import pytest

from simulation import Economy
from simulation.deals.proposals import propose_deals
from simulation.markets.rounds import hold_rounds
from simulation.obligations.contracts import contract_rent
from simulation.obligations.deal_register import PURCHASE_COMMITMENT
from tests.simulation.deals.deals import AMD, NVIDIA, OPENAI, economy_without_deals, stake, world_of


def economy_with_a_lab_in_need(burn: float, cash_flow: float, **parameters: float) -> Economy:
    """OpenAI has a quarter of money left, nobody else needs any; Nvidia alone has free cash flow (USD bn a quarter)."""
    economy = economy_without_deals(**parameters)
    world = world_of(economy)
    world["parameters"]["endogenous_deals"] = 1.0
    economy.kinds["labs"]["burn"] = 0.0
    economy.kinds["labs"]["burn"][0] = burn
    economy.kinds["labs"]["raised_year"] = 0.0
    economy.state[1]["cash"][OPENAI] = burn
    for kind in ("chip_makers", "clouds"):
        economy.kinds[kind]["operating_cash_flow"] = 0.0
        economy.kinds[kind]["capex"] = 0.0
    economy.kinds["clouds"]["planned_orders"] = 0.0
    economy.kinds["clouds"]["account"]["cash"] = 1e3
    economy.kinds["chip_makers"]["operating_cash_flow"][NVIDIA] = cash_flow
    economy.kinds["chip_makers"]["money_target"] = 0.0
    economy.state[1]["cash"][NVIDIA] = 100.0
    return economy


@pytest.mark.parametrize(
    ("burn", "cash_flow", "money"), [(1.0, 100.0, 0.4 * 8.0), (2.0, 10.0, 0.25 * 10.0), (1.0, -5.0, 0.0)]
)
def test_a_supplier_offers_two_fifths_of_the_need_within_a_quarter_of_its_free_cash_flow(
    burn: float, cash_flow: float, money: float
) -> None:
    economy = economy_with_a_lab_in_need(burn, cash_flow)
    propose_deals(*economy.state)
    assert float(economy.kinds["labs"]["supplier_equity"][0]) == pytest.approx(money)


def test_the_lab_signs_for_three_times_the_money_with_its_providers_and_names_whose_money_it_is() -> None:
    economy = economy_with_a_lab_in_need(1.0, 100.0)
    market = world_of(economy)["market"]
    standing = int(market["n_contracts"])
    propose_deals(*economy.state)
    signed = market["contracts"][standing : int(market["n_contracts"])]
    assert (signed["gigawatts"] * signed["price"] * signed["quarters_left"]).sum() == pytest.approx(3.0 * 3.2)
    assert set(signed["supplier"]) == {NVIDIA}
    assert set(signed["customer"]) == {OPENAI}
    promised = world_of(economy)["deals"]["deals"][0]
    assert (int(promised["kind"]), int(promised["supplier"])) == (PURCHASE_COMMITMENT, NVIDIA)
    assert float(promised["gigawatts"]) == pytest.approx(signed["gigawatts"].sum() * float(market["physical"]))


def test_circularity_scales_what_is_offered() -> None:
    given = []
    for scale in (0.0, 1.0, 2.0):
        economy = economy_with_a_lab_in_need(2.0, 10.0, circularity=scale)
        propose_deals(*economy.state)
        given.append(float(economy.kinds["labs"]["supplier_equity"][0]))
    assert given == pytest.approx([0.0, 2.5, 5.0])


def test_a_lab_asks_less_outside_after_its_suppliers_have_paid() -> None:
    raised = []
    for deals in (False, True):
        economy = economy_with_a_lab_in_need(0.05, 100.0)
        economy.kinds["venture_funds"]["account"]["cash"] = 1e5
        if deals:
            propose_deals(*economy.state)
        hold_rounds(*economy.state)
        raised.append(float(economy.kinds["labs"]["new_equity"][0]))
    assert raised == pytest.approx([8.0 * 0.05, 0.6 * 8.0 * 0.05])


def test_a_supplier_gives_no_more_than_it_has_to_spare_whatever_the_scale() -> None:
    economy = economy_with_a_lab_in_need(8.0, 100.0, circularity=2.0)
    economy.state[1]["cash"][NVIDIA] = 1.5
    propose_deals(*economy.state)
    assert float(economy.kinds["labs"]["supplier_equity"][0]) == pytest.approx(1.5)


def test_a_customer_who_is_offered_more_than_it_needs_takes_the_same_part_of_every_offer() -> None:
    """OpenAI needs 8; Nvidia and AMD offer 9.6 each (scale 2, three fifths): each gives 4, not the first 8."""
    economy = economy_with_a_lab_in_need(1.0, 1e3, circularity=2.0, deal_need_share=0.6, deal_cash_share=0.5)
    economy.kinds["chip_makers"]["operating_cash_flow"][AMD] = 1e3
    economy.state[1]["cash"][AMD] = 100.0
    before = [stake(economy, maker, OPENAI) for maker in (NVIDIA, AMD)]
    price_before = float(world_of(economy)["ledger"]["price"][OPENAI])
    propose_deals(*economy.state)
    step = float(world_of(economy)["ledger"]["price"][OPENAI]) / price_before
    given = [stake(economy, maker, OPENAI) - step * old for maker, old in zip((NVIDIA, AMD), before, strict=True)]
    assert given == pytest.approx([4.0, 4.0])


def test_promised_compute_is_priced_at_the_rent_reckoned_for_the_day_it_is_ready() -> None:
    economy = economy_with_a_lab_in_need(1.0, 100.0, it_share=0.65, it_price_decline=0.06, shell_price_decline=0.04,
                                         construction_lead=3.0)  # fmt: skip
    market = world_of(economy)["market"]
    standing = int(market["n_contracts"])
    propose_deals(*economy.state)
    trend = 0.65 * 0.94**3 + 0.35 * 0.96**3
    price = trend * float(contract_rent(world_of(economy)))
    assert market["contracts"]["price"][standing : int(market["n_contracts"])] == pytest.approx(price)
