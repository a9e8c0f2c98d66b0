"""Money that suppliers put into their customers, noted as it is paid."""

from simulation.registry import SUPPLIERS, columns_of
from simulation.rule import rule

SOURCES = 3 + SUPPLIERS  # where money comes from: end demand, core business, outside finance, each supplier's own

VEHICLES = columns_of("vehicles")
FIRST_VEHICLE, AFTER_VEHICLES = VEHICLES.start, VEHICLES.stop


@rule
def note_supplier_money(w, supplier, customer, amount):
    """Note that a supplier has paid its own money into a customer (columns, USD bn): a stake, a loan, a guarantee,
    but not what it pays for compute, which is trade. A vehicle that pays on hands on what it was paid. Money of others
    is outside finance and is not noted."""
    if supplier < SUPPLIERS or is_vehicle(supplier):
        w.market.supplier_money[supplier, customer] += amount


@rule
def open_supplier_money(world, accounts, firms):
    """No supplier has put money into anybody yet."""
    world[0].market.supplier_money[:, :] = 0.0


@rule
def is_vehicle(column):
    """Whether a column is a vehicle's."""
    return FIRST_VEHICLE <= column < AFTER_VEHICLES
