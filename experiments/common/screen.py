"""Where answers are printed: a terminal, or JSON for another program, in which only the answer itself stands."""

from rich.console import Console

NARROWEST = 80


class Screen(Console):
    """A terminal that is not narrower than the tables where its width is unknown, as in a pipe.

    It prints what it is given: no name or path is taken for a mark of style. With `json` it prints nothing itself, and
    the answer is handed over as JSON."""

    def __init__(self, json: bool = False) -> None:
        self.json = json
        known = Console()
        width = None if known.is_terminal else max(known.width, NARROWEST)
        super().__init__(width=width, markup=False, emoji=False, quiet=json)
