"""Deals between suppliers and customers: how large, how firm, what they ask in return."""

from __future__ import annotations

from simulation.parameter import Parameter

# fmt: off
DEALS = (
    Parameter("circularity", "scale of the money that suppliers put into customers in new deals",
              "scale", 1, 0, 2, "experiment", "lever"),
    Parameter("stake_scale", "scale of suppliers' shares in customers, at the opening and in deals of record",
              "scale", 1, 0, 2, "experiment", "lever"),
    Parameter("stake_cap", "most of a customer's equity that one supplier may own",
              "share", 0.49, 0, 1, "announced stakes stay below control", "lever"),
    Parameter("deal_cash_share", "share of free cash a supplier puts into customers",
              "ratio", 0.25, 0, 0.6, "announced deals", "data"),
    Parameter("deal_need_share", "part of a customer's need that one supplier covers",
              "ratio", 0.4, 0.2, 0.6, "between a single supplier and the several that labs have announced", "assumed"),
    Parameter("deal_purchase_multiple", "purchases promised per unit invested",
              "ratio", 3, 1, 5, "announced deals", "data"),
    Parameter("deal_purchase_quarters", "quarters over which promised chips are bought",
              "quarters", 8, 4, 20, "announced deals run over two to five years; money is drawn early", "assumed"),
    Parameter("firm_share", "truly take-or-pay part of compute contracts and other agreed deals",
              "ratio", 0.45, 0.2, 0.8,
              "nobody outside has read the contracts: drawn from a fifth to four "
              "fifths", "assumed", floor=0, ceiling=1),
    Parameter("cancel_hazard", "hazard of cancelling the optional rest of a deal",
              "per quarter", 0.035, 0.02, 0.1,
              "vintages/cuts.py: two of ten options and letters of intent of the AI boom, a third of the railways "
              "authorised in 1845", "assumed", floor=0),
    Parameter("cancel_stress", "loading of that hazard on credit stress",
              "log", 1.5, 0, 3,
              "at full stress the hazard rises four- to fivefold: drawn from none to twentyfold", "assumed"),
    Parameter("cancel_runway", "loading of that hazard on a customer's short runway",
              "log", 1, 0, 2,
              "a customer that is short of money cancels nearly three times as often: drawn from none to "
              "sevenfold", "assumed"),
    Parameter("contract_deposit", "deposit on chips ordered under a purchase commitment",
              "ratio", 0.1, 0, 0.3, "terms are not published: drawn from none to three tenths", "assumed"),
    Parameter("contract_cancel_cost", "damages for cancelling such orders, deposit included",
              "ratio", 0.15, 0, 0.5,
              "terms are not published: the deposit and half as much; drawn from none to half", "assumed"),
    Parameter("contract_tranche", "largest part of a compute contract of record that starts in one quarter",
              "USD bn", 30, 10, 100, "sites are finished one by one", "assumed"),
    Parameter("warrant_chance", "chance that a warrant's share-price target is reached",
              "probability", 0.5, 0.2, 0.8, "valuation of the AMD warrant", "assumed"),
    Parameter("warrant_strike", "strike of a penny warrant over the share price at its grant",
              "ratio", 0.00005, 0, 0.01, "AMD warrant of 2025-10: 0.01 against 204", "data"),
    Parameter("vendor_loan_share", "part of a neocloud's chip bill that the maker lends where private credit stops",
              "ratio", 0.3, 0, 0.6,
              "vendor finance of telecom makers in 1999: up to a third and more of a carrier's bill", "assumed"),
    Parameter("vendor_loan_limit", "vendor loans outstanding over a year's AI sales of the maker",
              "ratio", 0.1, 0, 0.3, "Lucent 1999-2000", "data"),
)
# fmt: on
