"""Builds an opening economy, sector by sector, and closes its books."""

from simulation.vintages.ai_opening import open_ai_sector
from simulation.vintages.deals_opening import open_deals
from simulation.vintages.finance_opening import close_books, open_investors
from simulation.vintages.firms_opening import open_firms
from simulation.vintages.macro_opening import open_macroeconomy
from simulation.vintages.opening import Array, Opening
from simulation.vintages.vehicles_opening import open_vehicles


def open_economy(vintage: str, parameters: Array, seed: int, firms: int) -> Opening:
    """The opening economy of a vintage under given parameters; books closed, rules inverted but for the trial
    quarter."""
    opening = Opening(vintage, parameters, seed, firms)
    open_ai_sector(opening)
    open_macroeconomy(opening)
    open_firms(opening)
    open_investors(opening)
    if opening.p["ai"]:
        open_vehicles(opening)
        open_deals(opening)
    close_books(opening)
    return opening
