"""Parameters that are read as an economy opens and never again: setting one later would change nothing."""

AT_OPENING = frozenset(
    (
        "buffer_scale", "capacity_2022Q4", "core_cash_growth", "cost_per_gw", "deficit_above_steady", "gain_dispersion",
        "gamma", "initial_supply_slack", "lab_fixed_cost", "liftable_share", "own_use_scale", "own_use_true",
        "power_share_2022Q4", "propensity_rest", "propensity_top", "size_friction",
    )
)  # fmt: skip
