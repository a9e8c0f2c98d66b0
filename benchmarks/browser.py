"""Open reports and live pages in a real browser: `python -m benchmarks.browser PAGE ... [--screenshots FOLDER]`.

A page is a report, or the address that `circuit explore` prints; that one is given time until all its pairs are in and
whole: what changes while axe looks has colours of its own.

Needs the extra `browser` and a Chromium (Debian's package, or any named by --chromium). Fails if the page logs
anything, if a request leaves the machine, if it is wider than the screen, if an image does not load, or if axe
finds a serious violation of accessibility.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}
SERIOUS = ("serious", "critical")
OWN_SCHEMES = ("file:", "data:", "about:")
LIVE = "http://127.0.0.1:"
MILLISECONDS_FOR_PAIRS = 120_000
ALL_PAIRS = """() => {
  const line = document.querySelector(".progress-line")?.textContent ?? "";
  const [, found, asked] = line.match(/^([\\d,]+) of ([\\d,]+) pairs/) ?? [, 0, 1];
  return found === asked && !line.includes("systemic episodes");
}"""
NOTICES = ("DEPRECATED: ",)  # of languages that a library of Shiny's brings along
BROKEN_IMAGES = "[...document.images].filter(image => !image.complete || !image.naturalWidth).map(image => image.alt)"


def errors_of(browser: Any, address: str, screen: str, screenshots: Path | None) -> Iterator[str]:
    """What is wrong with a page on one screen."""
    from axe_playwright_python.sync_playwright import Axe

    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=False)
    page = context.new_page()
    logged: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address, wait_until="load")
    if address.startswith(LIVE):
        page.wait_for_function(ALL_PAIRS, timeout=MILLISECONDS_FOR_PAIRS)
    own = (*OWN_SCHEMES, address.split("?")[0]) if address.startswith(LIVE) else OWN_SCHEMES
    yield from (f"{screen}: the page logs: {text}" for text in logged if not text.startswith(NOTICES))
    yield from (f"{screen}: a request leaves: {url}" for url in requests if not url.startswith(own))
    yield from (f"{screen}: an image does not load: {alt}" for alt in page.evaluate(BROKEN_IMAGES))
    across = page.evaluate("document.documentElement.scrollWidth")
    if across > width:
        yield f"{screen}: the page is {across} pixels wide on a screen of {width}"
    if screenshots:
        screenshots.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=screenshots / f"{name_of(address)}-{screen}.png", full_page=True)
    for violation in Axe().run(page).response["violations"]:
        places = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
        line = f"{screen}: axe, {violation['impact']}: {violation['help']} ({places})"
        if violation["impact"] in SERIOUS:
            yield line
        else:
            print(line)
    context.close()


def address_of(page: str) -> str:
    """The address of a page that is given as one, or as a file."""
    return page if page.startswith(LIVE) else Path(page).resolve().as_uri()


def name_of(address: str) -> str:
    """A page's name among the pictures."""
    return "explore" if address.startswith(LIVE) else Path(address).stem


def found_browser() -> str | None:
    """The first browser on the path."""
    return next(filter(None, (shutil.which(name) for name in BROWSERS)), None)


@contextmanager
def launched(program: str | None) -> Iterator[Any]:
    """A browser without a window. Ends the program with 2, and says why, where there is none or no way to drive it."""
    if program is None:
        print(f"found none of {', '.join(BROWSERS)}: say where one is with --chromium", file=sys.stderr)
        raise SystemExit(2)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("not installed: pip install -c constraints.txt '.[browser]'", file=sys.stderr)
        raise SystemExit(2) from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def verdict(looked_at: str, errors: Sequence[str]) -> int:
    """Print the errors of what was looked at; 1 if there are any."""
    print(*errors, sep="\n", file=sys.stderr)
    print(f"{looked_at}: {len(errors)} errors")
    return 1 if errors else 0


def main() -> int:
    """Check every page on every screen; 1 if one has an error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browser", description=__doc__)
    parser.add_argument("pages", nargs="+", help="reports, as HTML, or addresses of live pages")
    parser.add_argument("--chromium", default=found_browser(), help="the browser's program")
    parser.add_argument("--screenshots", type=Path, help="folder for one picture of each page and screen")
    options = parser.parse_args()
    with launched(options.chromium) as browser:
        errors = [
            error
            for page in options.pages
            for screen in SCREENS
            for error in errors_of(browser, address_of(page), screen, options.screenshots)
        ]
    return verdict(f"{len(options.pages)} pages on {len(SCREENS)} screens", errors)


if __name__ == "__main__":
    sys.exit(main())
