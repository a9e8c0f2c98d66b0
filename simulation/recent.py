"""What was made last, kept by what it was made from: one thing, or as many as a process has use and room for."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """A function of hashable arguments that keeps its last `most` results."""

    def __init__(self, make: Callable[..., Made], most: int = 1) -> None:
        self.make, self.most = make, most
        self._made: OrderedDict[Hashable, Made] = OrderedDict()

    def __call__(self, *given: Hashable) -> Made:
        """The result, made now unless it is one of those that are kept."""
        if given in self._made:
            self._made.move_to_end(given)
            return self._made[given]
        while len(self._made) >= self.most:
            self._made.popitem(last=False)  # before another is made, so that there is never one more
        found = self._made[given] = self.make(*given)
        return found

    def __len__(self) -> int:
        return len(self._made)

    def clear(self) -> None:
        """Keep nothing of what was made."""
        self._made.clear()
