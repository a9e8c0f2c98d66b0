"""The one kind of error a user can cause: it says what is wrong, where, what is allowed and what to do."""


class CircuitError(ValueError):
    """Input that cannot be used. `errors` holds one line per error, so that all are shown at once."""

    def __init__(self, *errors: str) -> None:
        self.errors: tuple[str, ...] = errors
        super().__init__("\n".join(errors))
