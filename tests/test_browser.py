"""The browser that opens reports is found wherever a system has it."""

from __future__ import annotations

import shutil
import sys

import pytest

from benchmarks import browser


def test_a_browser_is_looked_for_on_the_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", {"google-chrome": "/opt/google-chrome"}.get)
    assert browser.found_browser() == "/opt/google-chrome"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["browser", "report.html"])
    with pytest.raises(SystemExit, match="2"):
        browser.main()
    assert "found none of chromium" in capsys.readouterr().err
