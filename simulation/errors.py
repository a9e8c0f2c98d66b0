"""The one kind of error a user can cause: it says what is wrong, where, what is allowed and what to do."""

from __future__ import annotations


class CircuitError(ValueError):
    """Input that cannot be used. `faults` holds one line per fault, so that all are shown at once."""

    def __init__(self, *faults: str) -> None:
        self.faults: tuple[str, ...] = faults
        super().__init__("\n".join(faults))
