"""Makes an SVG drawing lighter: the same to a tenth of a point, in a third of the bytes."""

import re

FONTS = "DejaVu Sans, Verdana, Arial, sans-serif"

_PATH = re.compile(r' d="([^"]*)"')
_PLACE = re.compile(r'( (?:x|y|width|height|points|transform)=)("[^"]*")')
_STYLE = re.compile(r' style="([^"]*)"')
_NUMBER = re.compile(r"-?\d+\.\d+")
_PAIRED_HEX = re.compile(r"#(\w)\1(\w)\2(\w)\3\b")
_UNSEEN = re.compile(r'<path d="[^"]*" style="fill: none"/>')
_GROUP = re.compile(r"<g>|<g [^>]*[^/]>|</g>")


def lighter(svg: str) -> str:
    """The same drawing to a tenth of a point, without what a browser does not need.

    What it is clipped to and in what style is told once; paths are written as steps; groups that group nothing go."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*"', "", svg)
    svg = _UNSEEN.sub("", svg)
    svg = _PLACE.sub(lambda place: place[1] + _rounded(place[2], 1), svg)
    svg = _PATH.sub(lambda path: f' d="{steps(path[1])}"', svg)
    svg = _without_bare_groups(re.sub(r'<g id="[^"]*">', "<g>", svg))
    svg = re.sub(r'; font-family: [^;"]*', "", svg).replace("*{stroke", f"text{{font-family:{FONTS}}}*{{stroke", 1)
    svg = _with_short_names(_with_classes(svg))
    return re.sub(r">\s+<", "><", svg).replace('"', "'")


def steps(path: str) -> str:
    """A path as steps in tenths of a point, which are shorter to write than places; steps straight on are one."""
    written: list[tuple[str, list[int]]] = []
    here = (0, 0)
    for letter, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [round(float(number) * 10) for number in numbers.split()]
        places = list(zip(values[::2], values[1::2], strict=True))
        if letter in "Mz":
            written.append((letter, values))
        elif letter == "L":
            _step(written, places[0][0] - here[0], places[0][1] - here[1])
        else:
            written.append((letter.lower(), [part for x, y in places for part in (x - here[0], y - here[1])]))
        here = places[-1] if places else here
    return _spelt(written)


def _step(written: list[tuple[str, list[int]]], x: int, y: int) -> None:
    """Add a straight line to a path, in short where it is level or upright."""
    if x == y == 0:
        return
    letter, step = ("l", [x, y]) if x and y else ("h", [x]) if x else ("v", [y])
    last, before = written[-1]
    if letter == last and letter != "l" and before[0] * step[0] > 0:
        before[0] += step[0]
    else:
        written.append((letter, step))


def _spelt(written: list[tuple[str, list[int]]]) -> str:
    """A path in letters and numbers, both left out where the one before says as much."""
    text, last = "", ""
    for letter, values in written:
        if letter != last or letter == "M":
            text += letter
        for value in values:
            number = f"{value / 10:g}".replace("0.", ".") if abs(value) < 10 else f"{value / 10:g}"
            text += number if text[-1].isalpha() or value < 0 else f",{number}"
        last = letter
    return text


def _without_bare_groups(svg: str) -> str:
    """The drawing without groups that have no attribute; what they hold stays where it is."""
    kept: list[bool] = []

    def keep(tag: re.Match[str]) -> str:
        if tag[0] != "</g>":
            kept.append(tag[0] != "<g>")
            return tag[0] if kept[-1] else ""
        return tag[0] if kept.pop() else ""

    return _GROUP.sub(keep, svg)


def _with_classes(svg: str) -> str:
    """The same drawing with every style, and every area that is clipped to, told once."""
    classes: dict[str, str] = {}

    def named(style: str) -> str:
        return classes.setdefault(style, f"s{len(classes)}")

    def plain(style: str) -> str:
        short = _rounded(style.replace(": ", ":").replace("; ", ";"), 2)
        return _PAIRED_HEX.sub(r"#\1\2\3", short.removesuffix(";"))

    svg = _STYLE.sub(lambda style: f' class="{named(plain(style[1]))}"', svg)
    svg = re.sub(r' clip-path="(url[^"]*)" class="', lambda area: f' class="{named(f"clip-path:{area[1]}")} ', svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    return svg.replace("</style>", rules + "</style>", 1)


def _with_short_names(svg: str) -> str:
    """The same drawing with what is referred to named by a number; a name that nothing refers to goes."""
    used = dict.fromkeys(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    short = {name: f"i{number}" for number, name in enumerate(used)}
    svg = re.sub(r' id="([^"]*)"', lambda given: f' id="{short[given[1]]}"' if given[1] in short else "", svg)
    return re.sub(r'(url\(|href=")#([^")]+)', lambda use: f"{use[1]}#{short[use[2]]}", svg)


def _rounded(text: str, digits: int) -> str:
    """Numbers in a text to so many digits, without zeros that say nothing."""

    def short(number: re.Match[str]) -> str:
        return f"{round(float(number[0]), digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")

    return _NUMBER.sub(short, text)
