"""A report stands alone, reads well by eye, ear and on paper, and never says more than its intervals."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from experiments import statistics as st
from experiments.analysis.measures import EPISODES, PULLBACK
from experiments.analysis.representative import Representative, computed_again, median_peak, peaks_of
from experiments.cli.app import main
from experiments.ensembles.start import NOW, economy_from, past_of
from experiments.figures.chart import Frame
from experiments.narrative.headline import headline
from experiments.report.page import write_report
from experiments.report.reading import findings_in
from experiments.report.section import Findings, Section
from experiments.report.sections import (
    WRITERS,
    cascade,
    decision,
    economies,
    effects,
    limits,
    outcomes,
    phases,
    provenance,
    web,
)
from experiments.report.summary import summary
from experiments.study.schema import Specs
from simulation import Scenario
from simulation.endings import ENDINGS
from simulation.errors import CircuitError
from tests.experiments.made_up import findings, stored

HOSTILE = "<script>alert('a')</script> & \"co\" | [x](y)"
NEVER_CLOSED = {"meta", "link", "img", "source"}
FIGURES = {
    "outcome-shares",
    "effects",
    "policy-by-scenario",
    "time-to-pullback",
    "fan-baseline",
    "fans-scenarios",
    "web-moments",
    "web-network",
    "web-flows",
    "published-scenarios",
    "convergence",
}


class Page(HTMLParser):
    """What a browser would find in a page: its elements with their attributes, and what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in NEVER_CLOSED:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, *names: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements for name in names if name in attributes]


@pytest.fixture(scope="module")
def made() -> Findings:
    """Two scenarios, two policies on both, one seed of forty failed; one policy halves the bad endings."""
    return findings(
        failing=1,
        bad={"fed-put": 0.2},
        title=HOSTILE,
        scenarios=["baseline", "late-chips"],
        policies=["fed-put", "disclosure"],
    )


@pytest.fixture(scope="module")
def folder(made: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(made, tmp_path_factory.mktemp("report")).parent


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def sections_of(found: Findings) -> list[Section]:
    return [section for write in WRITERS if (section := write(found))]


def test_every_element_is_closed_and_every_identifier_is_used_once(page: Page) -> None:
    assert page.open == []
    assert [name for name, count in Counter(page.values("id")).items() if count > 1] == []
    assert set(page.values("aria-labelledby")) <= set(page.values("id"))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(page.values("id"))


def test_nothing_is_loaded_from_anywhere_but_the_page(text: str, page: Page) -> None:
    assert "default-src 'none'" in page.all("meta")[2]["content"]
    assert page.values("src") + page.values("srcset")
    assert all(address.startswith("data:image/svg+xml") for address in page.values("src", "srcset"))
    assert all(re.match(r"#|data:|figures/[\w-]+\.csv$", link) for link in page.values("href"))
    assert not re.search(r"@import|url\(", text.split("</style>")[0])
    assert all("src" not in program for program in page.all("script"))


def test_a_hostile_title_is_shown_and_not_run(text: str) -> None:
    assert "&lt;script&gt;alert(" in text
    assert text.count("<script") == 2  # the report's own: see test_simulator


def test_every_figure_says_in_words_what_it_shows_and_has_a_claim_and_a_source(page: Page, text: str) -> None:
    images = page.all("img")
    assert {figure["id"].removeprefix("figure-") for figure in page.all("figure")} == FIGURES
    assert len(images) == len(FIGURES)
    assert all(len(image["alt"]) > 60 for image in images)
    assert text.count("<figcaption>Source: Circuit") == len(FIGURES)


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_figures_are_well_formed_drawings_that_fetch_nothing(page: Page) -> None:
    for address in page.values("src", "srcset"):
        drawing = ElementTree.fromstring(unquote(address.split(",", 1)[1]))
        links = [value for element in drawing.iter() for name, value in element.attrib.items() if name.endswith("href")]
        assert all(link.startswith(("#", "data:image/png")) for link in links)
        assert any(element.tag.endswith("text") for element in drawing.iter())


def test_an_address_can_stand_in_a_list_of_candidates(page: Page) -> None:
    for address in page.values("srcset"):
        assert not re.search(r"\s", address)
        assert not address.endswith(",")


def test_the_data_in_the_page_are_the_data_beside_it(folder: Path, page: Page) -> None:
    links = [link for link in page.all("a") if "download" in link]
    assert {link["download"] for link in links} == {f"{name}.csv" for name in FIGURES}
    for link in links:
        inside = unquote(link["href"].split(",", 1)[1])
        assert inside.encode() == (folder / "figures" / link["download"]).read_bytes()
        assert (folder / "figures" / link["download"]).with_suffix(".png").read_bytes()[:4] == b"\x89PNG"


def test_every_table_names_its_columns_and_can_be_scrolled_by_keyboard(page: Page) -> None:
    regions = [attributes for attributes in page.all("div") if attributes.get("class") == "scroll"]
    assert len(regions) == len(page.all("table"))
    assert all(region["tabindex"] == "0" for region in regions)
    assert {heading["scope"] for heading in page.all("th")} == {"row", "col"}


def test_markdown_shows_every_figure_and_keeps_its_tables_in_shape(made: Findings, folder: Path) -> None:
    text = write_report(made, folder, "md", figures=False).read_text(encoding="utf-8")
    assert "# \\<script\\>" in text
    images = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert len(images) == len(FIGURES)
    assert all((folder / image).exists() for image in images)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
        assert re.match(r"\|( --- \|)+$", table.splitlines()[1])


def test_the_summary_gives_the_answer_first_and_says_what_failed(made: Findings) -> None:
    sentences = summary(made, sections_of(made))
    assert sentences[0].startswith("Of 39 baseline runs, ")
    assert any("gamma, the long-run gain from AI, which nobody knows" in sentence for sentence in sentences)
    assert sentences[-1] == "6 of 240 runs failed."


def test_words_are_never_stronger_than_intervals() -> None:
    """Where a policy changes nothing, no sentence and no title says that it does."""
    same = findings(runs=20, policies=["fed-put", "disclosure"], prior=False)
    sections = sections_of(same)
    said = [*summary(same, sections), *(chart.claim for section in sections for chart in section.charts)]
    assert not any(re.search(r"saves|costs|[Ff]ewer|moves that most|timing differs", sentence) for sentence in said)
    assert "No effect on pullbacks that these runs can establish: fed-put and disclosure." in said
    verdict = decision.write(same)
    assert verdict is not None
    assert "do not establish" in verdict.text[0]


def test_an_effect_that_runs_establish_is_said_with_its_interval(made: Findings) -> None:
    section = effects.write(made)
    assert section is not None
    assert re.search(
        r"Fewer investment pullbacks under .*fed-put \(-\d+ points, -\d+ to -\d+\)", section.charts[0].claim
    )
    assert "disclosure" not in section.charts[0].claim


def test_failed_runs_are_bounded_both_ways(made: Findings) -> None:
    table = limits.write(made).tables[0]
    row = dict(zip(table.headings, table.rows[0], strict=True))
    shares = [re.fullmatch(r"(\d+)% \(\d+-\d+\)", row[name]) for name in ("all well", "as finished", "all badly")]
    well, finished, badly = (int(share[1]) for share in shares if share)
    assert row["failed"] == "1"
    assert well <= finished <= badly
    assert badly - well in (2, 3)  # one run of forty


def test_a_grid_over_two_parameters_gives_phase_diagrams_and_no_decision() -> None:
    found = findings(runs=8, grid={"gamma": [0.007, 0.06, 0.15], "withdrawal": [True, False]})
    section = phases.write(found)
    assert section is not None
    (chart,) = section.charts
    assert len(chart.data) == 6
    assert chart.svg(narrow=True).count("<svg") == 1
    assert decision.write(found) is None


def test_a_study_whose_runs_all_failed_still_has_a_report(tmp_path: Path) -> None:
    text = write_report(findings(failing=5, runs=5), tmp_path).read_text(encoding="utf-8")
    assert "5 of 5 runs failed" in text
    assert "No run of baseline finished" in text
    assert Page(text).all("figure") == []


def test_a_study_that_a_rule_stopped_is_reported_by_the_seeds_it_used(tmp_path: Path) -> None:
    whole = findings(runs=40, scenarios=["baseline", "late-chips"], prior=False, stop={"width": 0.5})
    seen = whole.analysis.runs[whole.analysis.runs["seed"] <= 15]
    cut = replace(whole, analysis=replace(whole.analysis, runs=seen), manifest={**whole.manifest, "seeds_used": 15})
    read = findings_in(stored(cut, tmp_path / "results"))
    assert read.analysis.plan.study.runs == 15
    told = " ".join(chart.notes for section in sections_of(read) for chart in section.charts)
    assert "15 finished runs a row" in told
    assert "over 15 common seeds" in told
    assert ("seeds", "1 to 15, of 40 asked for") in provenance.write(read).tables[0].rows


def test_a_batch_that_was_stopped_is_told_by_the_runs_it_has() -> None:
    whole = findings(runs=40, scenarios=["baseline", "late-chips"], policies=["fed-put", "disclosure"], prior=False)
    runs = whole.analysis.runs
    some = replace(whole, analysis=replace(whole.analysis, runs=runs[runs["seed"] <= 22]))
    told = " ".join(chart.notes for section in sections_of(some) for chart in section.charts)
    for part in ("22 finished runs a row", "over 22 common seeds", "22 pairs of runs with the same seed a cell"):
        assert part in told
    assert ("seeds", "1 to 22, of 40 asked for") in provenance.write(some).tables[0].rows
    grid = findings(runs=8, grid={"gamma": [0.007, 0.15], "withdrawal": [True, False]})
    begun = replace(grid, analysis=replace(grid.analysis, runs=grid.analysis.runs[grid.analysis.runs["seed"] <= 5]))
    section = phases.write(begun)
    assert section is not None
    assert "5 runs a cell" in section.charts[0].notes


def test_a_report_needs_only_the_stored_results(made: Findings, tmp_path: Path) -> None:
    read = findings_in(stored(made, tmp_path / "results"))
    assert [arm.name for arm in read.analysis.plan.arms] == [arm.name for arm in made.analysis.plan.arms]
    assert summary(read, sections_of(read)) == summary(made, sections_of(made))


def test_the_command_reports_stored_results_into_another_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = stored(findings(runs=6, prior=False), tmp_path / "results")
    with pytest.raises(SystemExit) as stopped:
        main(["report", str(results), "--format", "md", "--to", str(tmp_path / "out")])
    assert stopped.value.code == 0
    assert f"Report: {tmp_path / 'out' / 'report.md'}" in capsys.readouterr().out
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["figures", "report.md"]


def with_chain(made: Findings, rows: list[tuple[object, ...]]) -> Findings:
    """The same findings with events of their first run."""
    columns = ["quarter", "agent", "event", "amount", "other", "channel", "generation"]
    events = pd.DataFrame(rows, columns=columns).assign(cause="", run_id=made.analysis.runs["run_id"].iloc[0])
    return replace(made, cascade=events)


CHAIN: list[tuple[object, ...]] = [
    ("2025Q2", "OpenAI", "default", 50.0, "", "its own means", 0),
    ("2025Q2", "OpenAI", "contract_ended", 90.0, "Oracle", "its own means", 0),
    ("2025Q3", "Oracle", "default", 20.0, "OpenAI", "a lost contract", 1),
    ("2025Q3", "Neocloud 2", "default", 3.0, "Oracle", "unpaid dues", 2),
]


def test_the_largest_chain_reaction_is_drawn_and_told_from_the_stored_events(made: Findings, tmp_path: Path) -> None:
    told = cascade.write(findings_in(stored(with_chain(made, CHAIN), tmp_path / "results")))
    assert told is not None
    assert told.charts[0].claim == "OpenAI fell (2025Q2) and took 2 others along in 2 steps; all failures cost $73bn"
    assert "Oracle lost $90bn of backlog. It brought down Oracle in 2025Q3, through a lost contract;" in told.text[1]
    alone = with_chain(made, CHAIN[:2])
    assert cascade.write(findings_in(stored(alone, tmp_path / "alone"))) is None, "nobody was brought down"


def test_the_web_is_that_of_the_run_with_the_median_peak_of_circularity(made: Findings) -> None:
    run = median_peak(made.analysis)
    assert run is not None
    peaks = [peak.peak for peak in peaks_of(made.analysis, made.analysis.reference)]
    assert len(peaks) == 39
    assert run.peak == np.median(peaks)
    section = web.write(made)
    assert section is not None
    assert f"baseline, seed {run.seed} (run {run.run_id})" in section.text[0]
    course = section.tables[1]
    assert [row[0].split(",")[0] for row in course.rows] == [
        "start",
        "highest circularity",
        "worst stress",
        "end",
    ]
    assert all(sum(int(re.sub(r"\D", "", cell)) for cell in row[2:]) in range(97, 104) for row in course.rows)


def test_the_web_is_drawn_at_the_start_under_stress_and_at_the_end_with_its_circular_share(made: Findings) -> None:
    section = web.write(made)
    assert section is not None
    run = median_peak(made.analysis)
    assert run is not None
    economy = computed_again(made.analysis, run)
    assert economy is not None
    worst = economy.label(int(economy.history["stress"].to_numpy().argmax()) + 1)
    frames: list[Frame] = []
    moments = section.charts[0]
    replace(moments, draw=frames.append).svg()
    assert moments.panels == len(frames[0].panels) == 4
    titles = list(moments.data["moment"].unique())
    rows = {row[0]: row[-1] for row in section.tables[1].rows}
    assert titles == [f"{moment[0].upper()}{moment[1:]}: {share} circular" for moment, share in rows.items()]
    assert f"worst stress, {worst}" in rows
    assert "start, 2025Q1" in rows
    assert all(f"{share} in " in moments.claim for share in rows.values())


def test_the_web_of_an_economy_with_a_past_is_drawn_from_now_on() -> None:
    past = past_of(NOW)
    economy = economy_from(NOW, Scenario.load("baseline"), seed=1, quarters=4, firms=50).run()
    moments = web.moments_of(economy, Representative("a run", 1, quarter=2, peak=0.1), past)
    assert economy.label(moments["start"]) == "2025Q4"
    assert economy.label(moments["highest circularity"]) == "2026Q1"
    assert economy.label(moments["end"]) == "2026Q3"
    stress = economy.history["stress"].iloc[past:]
    assert economy.label(moments["worst stress"]) == stress.idxmax()


def test_the_median_of_the_web_has_its_own_interval(made: Findings) -> None:
    section = web.write(made)
    assert section is not None
    peaks = [peak.peak for peak in peaks_of(made.analysis, made.analysis.reference)]
    middle = st.median(peaks)
    shown = f"{middle.value * 100:.0f}% ({middle.low * 100:.0f}–{middle.high * 100:.0f}%)"
    assert section.tables[0].rows[0][1] == shown
    assert shown in section.points[0]


def test_a_run_of_another_model_is_not_drawn_and_the_report_says_so(made: Findings) -> None:
    study = made.analysis.plan.study
    unknown = replace(made.analysis.plan, specs=Specs(study, [], {}))
    section = web.write(replace(made, analysis=replace(made.analysis, plan=unknown)))
    assert section is not None
    assert section.charts == ()
    assert "The model has changed since" in section.text[0]


def test_a_folder_without_results_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["report", str(tmp_path)])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_sensitivity_study_has_no_report_and_says_where_its_tables_are(tmp_path: Path) -> None:
    made = findings(runs=2)
    folder = stored(Findings(made.analysis, {"varied": {}}), tmp_path / "results")
    with pytest.raises(CircuitError, match="holds a sensitivity study, whose tables and figures lie in it"):
        findings_in(folder)


def test_results_without_inputs_say_how_to_go_on(tmp_path: Path) -> None:
    made = findings(runs=2)
    folder = stored(Findings(made.analysis, {}), tmp_path / "results")
    with pytest.raises(CircuitError, match="run the same command again"):
        findings_in(folder)


def test_a_scenario_of_ones_own_is_called_by_its_title(tmp_path: Path) -> None:
    scenario, policy = tmp_path / "mine-2.toml", tmp_path / "levy.toml"
    scenario.write_text('title = "Chips come late"\nmeaning = "Mine"\n[parameters]\ngamma = 0.03\n')
    policy.write_text('title = "A levy"\n[[policy]]\nlever = "tariff"\nstart = 5\nsize = 0.1\n')
    made = findings(scenarios=["baseline", str(scenario)], policies=[str(policy), "fed-put"], runs=12)
    labels = [made.analysis.label(arm) for arm in made.analysis.plan.arms]
    assert labels == [
        "baseline",
        "Chips come late",
        "+ A levy",
        "+ fed-put",
        "Chips come late + A levy",
        "Chips come late + fed-put",
    ]
    page = write_report(made, tmp_path, "md", figures=False).read_text(encoding="utf-8")
    assert "mine-2" not in page
    assert "levy.toml" not in page


def test_two_scenarios_of_one_title_are_told_apart_by_their_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('title = "The same"\n')
    made = findings(scenarios=["baseline", str(tmp_path / "one.toml"), str(tmp_path / "two.toml")], runs=4)
    assert [made.analysis.label(arm) for arm in made.analysis.plan.arms] == ["baseline", "one", "two"]


def test_every_row_is_told_in_a_line_and_every_word_in_numbers(made: Findings) -> None:
    section = economies.write(made)
    analysis = made.analysis
    told = {row[0]: row[1:] for row in section.tables[0].rows}
    assert list(told) == [analysis.label(arm) for arm in analysis.plan.arms]
    assert all(meaning for meaning, _ in told.values())
    assert told["late-chips + fed-put"][1] == "late-chips"
    outcome_section = outcomes.write(made)
    assert outcome_section is not None
    defined = {row[0] for row in outcome_section.tables[-1].rows}
    assert defined == {*ENDINGS, *(measure.name for measure in EPISODES)}
    shown = {heading for table in outcome_section.tables[:2] for heading in table.headings[1:-2]}
    assert shown == defined


def test_words_asterisks_and_points_follow_one_rule(made: Findings) -> None:
    """An interval beside zero is not enough: p must hold after Holm's correction too, for means as for endings."""
    for effect in made.analysis.effects:
        beside = not effect.estimate.crosses_zero
        assert effect.established == (beside and effect.p_value < 0.05)
        assert effect.p_value >= effect.p_raw
    section = effects.write(made)
    assert section is not None
    starred = sum(cell.endswith("*") for row in section.tables[0].rows for cell in row)
    assert starred == sum(effect.established for effect in made.analysis.effects)
    text = headline(made.analysis)
    told = {
        effect.arm.name for effect in made.analysis.effects_on(PULLBACK) if effect.arm.policy and effect.established
    }
    assert told == {"baseline + fed-put", "late-chips + fed-put"}
    assert "No effect on pullbacks that these runs can establish: disclosure and late-chips + disclosure." in text
