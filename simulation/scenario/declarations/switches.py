"""Switches: every mechanism can be taken out of the economy, so that its effect can be measured."""

from __future__ import annotations

from simulation.parameter import Parameter


def switch(name: str, meaning: str) -> Parameter:
    """A mechanism that is on (1) unless a scenario turns it off (0)."""
    return Parameter(name, meaning, "switch", 1, 0, 1, "experiment", "lever")


SWITCHES = (
    switch("withdrawal", "investors can withdraw suddenly"),
    switch("fund_flows", "fund holders chase past returns"),
    switch("race", "labs and clouds build because rivals build"),
    switch("j_curve", "adoption costs unmeasured effort first"),
    switch("displacement", "AI spend replaces other software revenue"),
    switch("wealth_channel", "equity wealth moves consumption"),
    switch("price_noise", "share prices, and what investors offer in rounds, are noisy"),
    switch("ai", "the AI sector's boom: compute, labs, adoption; off leaves the core businesses alone"),
    switch(
        "boom",
        "AI investment goes its way and AI shares carry news; off holds real investment at its level of the quarter "
        "before and lets AI shares grow with output",
    ),
    switch("warrants", "suppliers give customers warrants for buying"),
    switch("macro_noise", "ordinary demand and productivity shocks"),
    switch("known_deals", "deals of record between suppliers and customers take place on their dates"),
    switch("endogenous_deals", "suppliers fund customers and clouds make vehicles by rule"),
    switch("clearing", "failures within a quarter bring down others; creditors may grant relief"),
    switch("fire_sales", "compute sold in distress sells below its mark and marks all collateral"),
    switch("power_cap", "power limits what comes online"),
)
