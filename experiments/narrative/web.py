"""What the web of a quarter says: where the AI sector's revenue came from, in a sentence."""

import pandas as pd

from simulation.measurement.web import SUPPLIER_MONEY, revenue_edges

from ..analysis.wording import money, percent, several


def claim(edges: pd.DataFrame, quarter: str) -> str:
    """What the web of a quarter says, in one line."""
    sales = revenue_edges(edges)
    total, circular = sales["amount"].sum(), sales["circular"].sum()
    if total <= 0.0:
        return f"Nobody sells AI to anybody in {quarter}"
    share = percent(circular / total)
    return f"{share} of {money(total)} of AI revenue in {quarter} was bought with a supplier's own money"


def flows_claim(edges: pd.DataFrame, quarter: str) -> str:
    """Where the largest part of a quarter's AI revenue came from, in one line."""
    sales = revenue_edges(edges)
    total = sales["amount"].sum()
    if total <= 0.0:
        return claim(edges, quarter)
    words = {"end": "end demand", "core": "core business", "finance": "outside finance", "circular": "suppliers"}
    sums = sales[list(words)].sum().sort_values(ascending=False)
    (most, first), *rest = [(percent(amount / total), words[str(source)]) for source, amount in sums.items()]
    parts = [f"{most} came from {first}", *(f"{share} from {source}" for share, source in rest)]
    return f"Of {money(total)} of AI revenue in {quarter}, {several(parts)}"


def summary(edges: pd.DataFrame) -> str:
    """Where the quarter's AI revenue came from, and what suppliers put into customers, in a sentence or two."""
    sales = revenue_edges(edges)
    parts = {
        "end demand": sales["end"].sum(),
        "core business": sales["core"].sum(),
        "outside finance": sales["finance"].sum(),
        "suppliers": sales["circular"].sum(),
    }
    total = max(sum(parts.values()), 1e-9)
    words = ", ".join(f"{percent(amount / total)} {name}" for name, amount in parts.items())
    put_in = edges.loc[edges["what"] == SUPPLIER_MONEY, "amount"].sum()
    own = percent(sales["own"].sum() / total)
    return f"Its money came from: {words} ({own} from the seller itself). Suppliers put {money(put_in)} into customers."
