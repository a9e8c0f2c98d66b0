"""What public policy costs and whom it means."""

from __future__ import annotations

from simulation.parameter import Parameter

# fmt: off
PUBLIC_POLICY = (
    Parameter("foundry_cost", "plant that a year's sales of AI systems take",
              "USD per USD a year", 0.3, 0.1, 0.8,
              "fabs, packaging and memory behind a system: nobody reports them by system; drawn over a "
              "factor of eight", "assumed"),
    Parameter("grid_cost", "public cost of a quarter's power and connection for compute",
              "USD bn per GW", 2, 1, 4, "gas plant and interconnection at 1.5-2.5 bn per GW", "assumed"),
    Parameter("key_player_share", "part of all payments due from which on a debtor is a key player",
              "share", 0.05, 0.02, 0.2,
              "a twentieth of all payments due: a handful of names qualify, as systemically important "
              "ones do", "assumed"),
    Parameter("bank_ai_limit", "share of a bank's loans that may go to AI firms and the funds behind them",
              "share", 1, 0, 1, "no such limit in force", "lever"),
)
# fmt: on
