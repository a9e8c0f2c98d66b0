"""Turns sections into a page: HTML that needs nothing but itself, or Markdown with its figures beside.

The HTML page loads nothing from anywhere, which its content-security policy enforces: style is inline, figures are data
addresses of SVG in a wide and a narrow form, and the data of each figure is a link in the page. The one program in it,
which weighs the runs by a reader's beliefs, is named there by its hash; without it the page is whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..common.export import csv_bytes
from ..common.progress import counted
from ..ensembles.start import start_of
from ..figures.at_once import at_once
from ..figures.chart import Chart
from ..store.results import write_bytes
from ..study.naming import note_on
from .section import Findings, Section
from .sections import WRITERS
from .simulator import as_json, script, script_source, simulator_of
from .summary import summary

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FIGURES = "figures"
PLAIN_IN_ADDRESS = "/:;=@!$'()*+,<>{}"
TEMPLATES = Path(__file__).parent / "templates"
NUMBER = r"[-+]?\d(?:[\d.,Q]*\d)?%?"
INTERVAL = re.compile(rf"\({NUMBER}(?: to |[-–]){NUMBER}(?![-\d])\)?\*?")
DASH = r"(?<=[\d%])-(?=\d)"
MARKDOWN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#"} | {"\n": " "})


def write_report(findings: Findings, folder: Path, form: str = "html", figures: bool = True) -> Path:
    """Write report.html or report.md with the figures it shows as PNG and CSV beside. Returns its path."""
    sections = [_saying_what_was_set(section, findings) for write in WRITERS if (section := write(findings))]
    folder.mkdir(parents=True, exist_ok=True)
    charts = [chart for section in sections for chart in section.charts]
    drawn = _drawn(charts, folder / FIGURES if figures else None, form)
    path = folder / f"report.{form}"
    write_bytes(path, render(findings, sections, form, drawn).encode())
    return path


def _drawn(charts: list[Chart], folder: Path | None, form: str) -> dict[str, dict[str, Markup]]:
    """Draw all charts in all forms that are wanted: files in the folder, and addresses for a web page by name."""
    files = [partial(chart.save, folder) for chart in charts] if folder else []
    pictures = [(draw, chart) for draw in (inline, narrow) for chart in charts] if form == "html" else []
    actions: list[Callable[[], Any]] = [*files, *(partial(draw, chart) for draw, chart in pictures)]
    done = list(counted(at_once(actions), "drawing", "figures", len(actions)))
    found: dict[str, dict[str, Markup]] = {chart.name: {} for chart in charts}
    for (draw, chart), address in zip(pictures, done[len(files) :], strict=True):
        found[chart.name][draw.__name__] = address
    return found


def _saying_what_was_set(section: Section, findings: Findings) -> Section:
    said = note_on(findings.analysis.plan.study)
    return replace(section, charts=tuple(replace(chart, notes=f"{chart.notes}{said}") for chart in section.charts))


def render(findings: Findings, sections: list[Section], form: str, drawn: dict[str, dict[str, Markup]]) -> str:
    """The text of the page. `drawn` has each chart's addresses by its name."""
    study = findings.analysis.plan.study
    simulator = simulator_of(findings.analysis) if form == "html" else None
    return (
        _environment(form)
        .get_template(f"report.{form}")
        .render(
            title=study.title,
            meaning=study.meaning,
            subtitle=_subtitle(findings),
            summary=summary(findings, sections),
            sections=sections,
            drawn=drawn,
            figures=FIGURES,
            simulator=simulator,
            simulator_runs=as_json(simulator) if simulator else "",
            script=script(),
            script_source=script_source(),
            style=(TEMPLATES / "style.css").read_text(encoding="utf-8"),
        )
    )


def _subtitle(findings: Findings) -> str:
    study, analysis = findings.analysis.plan.study, findings.analysis
    return (
        f"{len(analysis.runs):,} runs of {len(analysis.plan.arms)} economies, {study.horizon} quarters from "
        f"{start_of(study.vintage)}; Circuit {findings.manifest.get('versions', {}).get('circuit-economy', '')} "
        f"{str(findings.manifest.get('commit', ''))[:8]}".rstrip()
    )


@lru_cache(maxsize=2)
def _environment(form: str) -> Environment:
    """Templates escape whatever they are given; a name that is not there is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=form == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {"csv": _csv, "plain": _plain, "whole": _whole}
    environment.filters.update(filters)
    return environment


def inline(chart: Chart) -> Markup:
    """A chart as an address that holds all of it."""
    return _data_address(chart.svg().encode(), "image/svg+xml", " ")


def narrow(chart: Chart) -> Markup:
    """The same in the form for a phone."""
    return _data_address(chart.svg(narrow=True).encode(), "image/svg+xml")


def _csv(chart: Chart) -> Markup:
    return _data_address(csv_bytes(chart.data, "%.6g"), "text/csv", " ")


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return text.translate(MARKDOWN_SIGNS)


def _whole(text: str) -> Markup:
    """Text whose intervals no line may end within; from 5 to 13 is written 5–13."""
    from markupsafe import Markup, escape

    def span(found: re.Match[str]) -> str:
        return f'<span class="whole">{re.sub(DASH, "–", found[0])}</span>'

    return Markup(INTERVAL.sub(span, str(escape(text))))


def _data_address(content: bytes, kind: str, also_plain: str = "") -> Markup:
    """Content as a data address. Whatever could end an attribute or an address is coded, and a space too unless it is
    `also_plain`: it would end a candidate of `srcset`.
    """
    from markupsafe import Markup

    return Markup(f"data:{kind};charset=utf-8,{quote(content, safe=PLAIN_IN_ADDRESS + also_plain)}")
