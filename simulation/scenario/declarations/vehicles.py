"""Vehicles: how much of a cloud's compute they buy, how they are funded, what the lease asks."""

from __future__ import annotations

from simulation.parameter import Parameter

# fmt: off
VEHICLES = (
    Parameter("vehicle_share", "part of a cloud's compute and shells that it can sell and lease back in a quarter",
              "share", 0.25, 0.05, 0.5,
              "a quarter of the books in a quarter: a sale and leaseback of a campus, not of the firm", "assumed"),
    Parameter("vehicle_part", "part of what hyperscalers lack of own money that vehicles raise before bonds do",
              "share", 0.45, 0.2, 0.7,
              "103 through vehicles of record in 2025 beside bonds of some 120; 950 of 1,150 of debt for data centres "
              "in 2025-28 (Morgan Stanley, July 2025)", "data"),
    Parameter("vehicle_debt", "debt in the funding of a vehicle",
              "share", 0.8, 0.6, 0.92, "Hyperion 27.3 of 30, Abilene 10 of 13, xAI 12.5 of 20", "data"),
    Parameter("vehicle_smallest", "money that is worth making a vehicle for",
              "USD bn", 1, 0.2, 5, "a private placement is not worth its cost below about a billion", "assumed"),
    Parameter("lease_margin", "rent of a vehicle above its debt service",
              "ratio", 0.08, 0.02, 0.15, "equity of a fifth wants about ten percent on top of debt service", "assumed"),
    Parameter("lease_quarters", "length of a lease with a vehicle that the economy makes",
              "quarters", 20, 8, 60, "leases of record run 4 to 15 years", "data"),
    Parameter("residual_guarantee", "part of a vehicle's debt that its user guarantees",
              "share", 0.5, 0, 1, "Hyperion residual value guarantee, amount not told", "assumed"),
)
# fmt: on
