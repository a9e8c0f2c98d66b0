"""Which number of a simulated economy answers which recorded series. Said once, here.

A recorded series is about the economy or about named agents; its counterpart is a recorded series of the run, a field
of the agents' records, or a reading of the books. Reported figures are taken as they are reported: capital expenditure
is cash paid, AI and other together (Amazon's for the whole company; finance leases, which Microsoft's and Meta's
headline figures include, are in neither); fiscal quarters are the calendar quarters nearest to them."""

from typing import Literal, NamedTuple

CLOUDS = ("Microsoft", "Alphabet", "Amazon", "Meta", "Oracle", "CoreWeave")
MAKERS = ("Nvidia", "AMD", "Broadcom")
LABS = ("OpenAI", "Anthropic", "xAI")
ECONOMY = ("economy",)

YEAR, HALF = 4, 2


class Observable(NamedTuple):
    """A recorded series and its counterpart.

    `where` is the kind of agent, "series" for a series of the run, "books" for a reading of the books; `what` the field
    or reading there. The simulated value is `sign` times the mean over the last `window` quarters, which for the first
    simulated quarters reaches back into the record. Errors are taken of logarithms, or with `scale` "level" of the
    value itself. `relative` compares with the value in the first recorded quarter alone, where units differ; `added`
    adds what the record had at the opening beyond the model's number. A series that repeats others, or that is no
    measure of what it is held against, is scored and shown but does not condition (`conditions`).
    """

    series: str
    entities: tuple[str, ...]
    where: Literal["series", "chip_makers", "clouds", "labs", "books"]
    what: str
    meaning: str
    window: int = 1
    sign: float = 1.0
    scale: Literal["log", "level"] = "log"
    relative: bool = False
    added: bool = False
    conditions: bool = True


OBSERVABLES: tuple[Observable, ...] = (
    Observable("capex", CLOUDS, "clouds", "capex", "cash capital expenditure, AI and other"),
    Observable(
        "operating_cash_flow", CLOUDS, "clouds", "operating_cash_flow",
        "operating cash flow, mean of four quarters: the model has no season", window=YEAR,
    ),
    Observable(
        "operating_cash_flow", ("Nvidia",), "chip_makers", "operating_cash_flow",
        "operating cash flow, mean of four quarters", window=YEAR,
    ),
    Observable("ai_sales", MAKERS, "chip_makers", "ai_revenue", "sales of AI systems"),
    Observable("ai_revenue", ("CoreWeave",), "clouds", "ai_revenue", "revenue of a cloud that has one business"),
    Observable("lab_revenue", LABS, "labs", "revenue", "revenue of a lab"),
    Observable("burn", LABS, "labs", "operating_cash_flow", "operating cash flow with its sign turned", sign=-1.0,
               scale="level"),
    Observable("burn_half", LABS, "labs", "operating_cash_flow", "the same, mean of half a year", window=HALF,
               sign=-1.0, scale="level"),
    Observable("burn_year", LABS, "labs", "operating_cash_flow", "the same, mean of a year", window=YEAR, sign=-1.0,
               scale="level"),
    Observable(
        "market_value", MAKERS + CLOUDS + LABS, "books", "market_value",
        "market value; of a lab, at its last round or mark",
    ),
    Observable("debt", CLOUDS, "books", "debt", "loans and bonds owed"),
    Observable(
        "backlog", ("Oracle", "CoreWeave"), "books", "backlog",
        "compute contracts in hand, and the other backlog that the record had at the opening", added=True,
    ),
    Observable(
        "backlog", ("Microsoft", "Alphabet", "Amazon"), "books", "backlog",
        "the same: most of what they add is no compute for AI, of which the model knows nothing", added=True,
        conditions=False,
    ),
    Observable("enterprise_share", LABS, "labs", "market_share", "share of the users of AI services", conditions=False),
    Observable("rent", ECONOMY, "series", "spot_price", "spot rent of compute, first recorded quarter = 1",
               relative=True),
    Observable("rent_on_demand", ECONOMY, "series", "spot_price", "the same", relative=True, conditions=False),
    Observable("adoption_count", ECONOMY, "series", "adoption_count", "share of firms that use AI"),
    Observable("gdp", ECONOMY, "series", "gdp", "nominal GDP of the quarter"),
    Observable("real_growth", ECONOMY, "series", "real_growth", "real growth on the quarter before", scale="level"),
    Observable("unemployment", ECONOMY, "series", "unemployment", "unemployed over labour force"),
    Observable("policy_rate", ECONOMY, "series", "policy_rate", "policy rate"),
    Observable("big4_capex", ECONOMY, "series", "big4_capex", "sum over the four", conditions=False),
    Observable("big4_cash_flow", ECONOMY, "series", "big4_cash_flow", "sum over the four", conditions=False),
    Observable("big5_capex", ECONOMY, "books", "big5_capex", "the four and Oracle", conditions=False),
    Observable("big5_cash_flow", ECONOMY, "books", "big5_cash_flow", "the four and Oracle", conditions=False),
    Observable("capex_to_cash_flow", ECONOMY, "series", "capex_to_cash_flow", "of the four", conditions=False),
    Observable("nvidia_revenue", ECONOMY, "series", "nvidia_revenue", "Nvidia's AI sales", conditions=False),
    Observable("lab_revenue", ECONOMY, "series", "lab_revenue", "revenue of the labs", conditions=False),
)  # fmt: skip

HEADLINE = ("big4_capex", "big5_capex", "big4_cash_flow", "nvidia_revenue", "lab_revenue")
"""Series of the economy whose forecasts are pooled into one score."""

SEASONAL = ("operating_cash_flow", "big4_cash_flow", "big5_cash_flow", "capex_to_cash_flow")
"""Series whose record has a season, of which the model knows nothing."""


class Column(NamedTuple):
    """One number that is read in every quarter of a run: an observable of one entity."""

    observable: Observable
    entity: str

    @property
    def key(self) -> tuple[str, str]:
        """Series and entity, as the record names them."""
        return self.observable.series, self.entity


COLUMNS: tuple[Column, ...] = tuple(Column(each, entity) for each in OBSERVABLES for entity in each.entities)
PLACE: dict[tuple[str, str], int] = {column.key: k for k, column in enumerate(COLUMNS)}
