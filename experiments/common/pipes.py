"""A reader who has seen enough, as `| head` has, stops the output and not the work."""

import io
import os
import sys


class GoesOn(io.TextIOWrapper):
    """Standard output that writes into nothing once nobody reads it any more."""

    def write(self, text: str) -> int:
        """Write a text, or drop it where nobody reads."""
        try:
            return super().write(text)
        except BrokenPipeError:
            return self._drop(len(text))

    def flush(self) -> None:
        """Hand over what is waiting, or drop it where nobody reads."""
        try:
            super().flush()
        except BrokenPipeError:
            self._drop(0)

    def _drop(self, written: int) -> int:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, self.fileno())
        os.close(nothing)
        return written


def outlast_the_reader() -> None:
    """Let this process finish its work although nobody may read to the end what it prints."""
    out = sys.stdout
    if type(out) is io.TextIOWrapper:
        sys.stdout = GoesOn(
            out.buffer, out.encoding, out.errors, line_buffering=out.line_buffering, write_through=out.write_through
        )
