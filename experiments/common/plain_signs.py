"""Output on terminals and in files whose encoding lacks a sign: a plain one stands for it, and nothing is lost."""

import codecs
import io
import sys

HANDLER = "circuit.plain_signs"
BRAILLE = range(0x2800, 0x2900)
PLAIN = {
    **dict(zip("▁▂▃▄▅▆▇█", "_..--==#", strict=True)),
    **dict.fromkeys("─━╌–—−", "-"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╶╴╵╷┏┓┗┛┡┩", "+"),
    **dict(zip("’‘“”…×≥≤→±·•", ("'", "'", '"', '"', "...", "x", ">=", "<=", "->", "+-", ".", "*"), strict=True)),
}


def in_plain_signs(error: UnicodeError) -> tuple[str | bytes, int]:
    """A handler of `codecs.register_error`: what cannot be encoded, in signs that can."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(sign: str) -> str:
    if ord(sign) in BRAILLE:
        return "*" if ord(sign) > BRAILLE.start else " "
    return PLAIN.get(sign, "?")


def use_plain_signs() -> None:
    """Let the streams of this process print plain signs where their encoding has no others."""
    codecs.register_error(HANDLER, in_plain_signs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)
