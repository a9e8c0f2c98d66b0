"""How a batch ends that was told to stop. By itself, for the command line knows it before it loads anything heavy."""


class Interrupted(Exception):
    """Ctrl-C or a termination signal: what was finished is committed, the rest is not lost but not done."""

    def __init__(self, finished: int, total: int, place: str) -> None:
        self.finished, self.total, self.place = finished, total, place
        super().__init__(f"{finished} of {total} runs are finished and saved in {place}")
