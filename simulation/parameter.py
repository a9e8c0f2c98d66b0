"""What a declared parameter is."""

from typing import Literal, NamedTuple

Status = Literal["data", "literature", "estimated", "assumed", "judged", "lever"]


class Parameter(NamedTuple):
    """A number the economy is given.

    `group` is the part of the model that reads it. `low` to `high` is the plausible range, from which priors are drawn.
    A scenario may go as far as `floor` and `ceiling`, what the rules can bear, where those are declared. `status` says
    what the number rests on: data, a published estimate, an estimate of this project whose code `source` names, an
    assumption that nobody can check and much may hang on (drawn in every serious experiment), a judgement with its
    reason (held in studies; drawn by calibration, screening and `make ranges`), or an experiment's own choice (lever).
    """

    group: str
    name: str
    meaning: str
    unit: str
    default: float
    low: float
    high: float
    source: str
    status: Status
    floor: float | None = None
    ceiling: float | None = None
    at_opening: bool = False
    """Whether it is read as an economy opens and never again: setting it later would change nothing."""

    @property
    def lowest(self) -> float:
        """The least value a scenario may set."""
        return self.low if self.floor is None else self.floor

    @property
    def highest(self) -> float:
        """The greatest value a scenario may set."""
        return self.high if self.ceiling is None else self.ceiling

    @property
    def is_switch(self) -> bool:
        """Whether the parameter turns a mechanism on (1) or off (0)."""
        return self.unit == "switch"

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense: switches, and lags that index past quarters."""
        return self.is_switch or self.unit.startswith("whole ")
