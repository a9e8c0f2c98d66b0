"""Gross domestic product, three ways."""

from simulation.books import purposes as purpose
from simulation.books.instruments import INVENTORY
from simulation.books.purposes import PURPOSES
from simulation.registry import COLUMNS
from simulation.rule import Record, rule

# Sales of home producers and purchases they use up, for GDP by production. Rent is both, where nobody is abroad.
_SALES = [(number, row) for number, row in enumerate(PURPOSES) if row.is_sale and not (row.output and row.used_up)]
_HOME_SALES = tuple(number for number, row in _SALES if row.role != "income" and row.payees != "W")
_INTERMEDIATE = tuple(number for number, row in _SALES if row.nature == "current" and row.role in ("", "M"))


@rule
def measure_gdp(ledger: Record) -> None:
    """GDP three ways: from what buyers paid by kind of demand, from what producers sold less what they used up, from
    what households were paid for work and producers earned."""
    paid, received = ledger.paid, ledger.received
    spent = 0.0
    for column in range(COLUMNS):
        if ledger.sector[column] < 0:
            continue
        home = ledger.resident[column] == 1
        spent += paid[purpose.CONSUMPTION, column] + paid[purpose.AI_SUBSCRIPTIONS, column]
        spent += paid[purpose.CORE_SALES_FINAL, column] + paid[purpose.GOVERNMENT_PURCHASES, column]
        spent += paid[purpose.ORDINARY_INVESTMENT, column] + paid[purpose.AI_STRUCTURES, column]
        spent += paid[purpose.PUBLIC_COMPUTE, column]
        spent += paid[purpose.CHIPS, column]  # investment at home, an export to a buyer abroad
        spent += paid[purpose.EXPORTS, column] + paid[purpose.AI_SERVICES_EXPORTED, column]
        spent += paid[purpose.CORE_SALES_EXPORTED, column]
        spent -= paid[purpose.IMPORTS, column] + paid[purpose.AI_SERVICES_IMPORTED, column]
        # Parts bought abroad are imports; what is not used up is added to inventories.
        spent += ledger.changed[INVENTORY, column]
        if not home:
            spent -= received[purpose.AI_SUBSCRIPTIONS, column]
            # Rent that a foreign user pays a home cloud is an export, rent paid abroad an import.
            spent += paid[purpose.COMPUTE_RENTAL, column] - received[purpose.COMPUTE_RENTAL, column]
    produced = 0.0
    earned = ledger.operating_surplus
    for column in range(COLUMNS):
        if ledger.sector[column] >= 0:
            for row in _HOME_SALES:
                produced += received[row, column]
            for row in _INTERMEDIATE:
                produced -= paid[row, column]
            earned += received[purpose.WAGES, column]
            produced += ledger.changed[INVENTORY, column]
            if ledger.resident[column] == 0:
                produced -= received[purpose.AI_SUBSCRIPTIONS, column]
                produced += paid[purpose.COMPUTE_RENTAL, column] - received[purpose.COMPUTE_RENTAL, column]
    ledger.gdp_expenditure = spent
    ledger.gdp_production = produced
    ledger.gdp_income = earned
