"""Open Mesa's page of the economy in a real browser: `python -m benchmarks.mesa_page [--screenshot FILE]`.

Needs the extras `mesa-page` and `browser`, and a Chromium. Serves `docs/mesa_page.py` on loopback, steps three
quarters, moves gamma and resets. Fails if the page logs an error, if a request leaves the machine, if a step draws
nothing new, or if the model does not begin anew.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from .browser import found_browser, launched, verdict

PAGE = Path(__file__).resolve().parents[1] / "docs" / "mesa_page.py"
SECONDS_TO_START = 120.0
PATIENCE = 60_000  # milliseconds
OWN = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
STEPS = 3
CHARTS = 3
PICTURES = "[...document.querySelectorAll('img.widget-image')].map(image => image.src)"
DRAWN_ANEW = (
    f"seen => {{ const now = {PICTURES}; return now.length === {CHARTS} && !now.some(s => seen.includes(s)); }}"
)


@contextmanager
def served() -> Iterator[str]:
    """The address of the page, on a port that is free."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "solara", "run", str(PAGE), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen([*command, "--no-open", "--production"], cwd=PAGE.parents[1])
    try:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and not _listens(port):
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def errors_of(page: Any, address: str) -> Iterator[str]:
    """What is wrong with the page."""
    logged: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: logged.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    step = page.get_by_role("button", name="Step")
    step.wait_for(timeout=PATIENCE)
    seen: list[str] = []
    for number in range(1, STEPS + 1):
        step.click()
        page.get_by_text(f"Step: {number}", exact=True).wait_for(timeout=PATIENCE)
        page.wait_for_function(DRAWN_ANEW, arg=seen, timeout=PATIENCE)
        seen = page.evaluate(PICTURES)
    page.get_by_role("slider").nth(2).press("ArrowRight")  # gamma
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("Step: 0", exact=True).wait_for(timeout=PATIENCE)
    yield from (f"the page logs: {text}" for text in logged)
    yield from (f"a request leaves: {url}" for url in requests if not url.startswith(OWN))


def main() -> int:
    """Check the page; 1 if it has an error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mesa_page", description=__doc__)
    parser.add_argument("--chromium", default=found_browser(), help="the browser's program")
    parser.add_argument("--screenshot", type=Path, help="file for a picture of the page")
    options = parser.parse_args()
    with served() as address, launched(options.chromium) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        errors = list(errors_of(page, address))
        if options.screenshot:
            page.screenshot(path=options.screenshot, full_page=True)
    return verdict("Mesa's page", errors)


if __name__ == "__main__":
    sys.exit(main())
