"""What the report computes in the reader's browser is what Python computes, and what the runs say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.analysis import Analysis
from experiments.analysis.beliefs import Belief, weighted_share, weights
from experiments.analysis.measures import PAID_OFF, PULLBACK
from experiments.analysis.wording import percent
from experiments.report import simulator
from experiments.report.page import write_report
from experiments.report.simulator import (
    MOST_ARMS,
    MOST_PARAMETERS,
    MOST_SEEDS,
    SCRIPT,
    as_json,
    flags_of,
    simulator_of,
)
from simulation.endings import ENDINGS
from simulation.scenario import draw_prior
from tests.experiments.made_up import findings

EXAMPLE = Path(__file__).parent / "simulator_example.json"
NAMES = ("gamma", "power_additions", "organisation_lag")
"""One parameter under each kind of prior: normal in logarithms, triangular, log-uniform."""
BELIEFS = {"gamma": Belief(-2.6, 0.4), "power_additions": Belief(3.0, 1.0), "organisation_lag": Belief(2.0, 0.3)}
PROGRAM = """
const simulator = require(process.argv[1]);
const { data, beliefs } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const found = data.arms.map(arm => {
  const weights = simulator.weights(data, beliefs, arm.fixed);
  return data.shown.map(shown => simulator.share(simulator.flags(data, arm, shown.labels), weights, data.z));
});
const shares = found.map(arm => arm.map(share => [share.value, share.low, share.high]));
console.log(JSON.stringify({ shares, words: WORDED.map(simulator.percent) }));
"""
WORDED = (0.0, 0.004, 0.165, 0.175, 0.234, 0.996, 1.0)


def studied() -> Analysis:
    """Sixty made-up runs of two economies whose three parameters are really drawn; three seeds of them failed."""
    made = findings(runs=60, failing=3, bad={"fed-put": 0.2}, policies=["fed-put"]).analysis
    drawn = pd.DataFrame([draw_prior(seed, NAMES) for seed in made.runs["seed"]])
    return replace(made, parameters=drawn.assign(run_id=made.runs["run_id"]))


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    found = simulator_of(studied())
    assert found is not None
    return found


def by_python(data: dict[str, Any], beliefs: dict[str, Belief]) -> list[list[list[float]]]:
    """Value, low and high of what is shown of every economy, from the same table."""
    drawn = {parameter["name"]: parameter["values"] for parameter in data["parameters"]}
    found = []
    for arm in data["arms"]:
        held = {name: belief for name, belief in beliefs.items() if name not in arm["fixed"]}
        weight = weights(drawn, held)
        found.append([list(weighted_share(flags_of(data, arm, each["labels"]), weight)[:3]) for each in data["shown"]])
    return found


def by_browser(data: dict[str, Any], beliefs: dict[str, Belief], node: str) -> dict[str, Any]:
    """The same from the program in the report, and its words for some shares."""
    question = {"data": data, "beliefs": {name: belief._asdict() for name, belief in beliefs.items()}}
    done = subprocess.run(
        [node, "-e", PROGRAM.replace("WORDED", str(list(WORDED))), str(SCRIPT)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def digest() -> str:
    return hashlib.sha256(SCRIPT.read_bytes()).hexdigest()


def test_what_the_program_once_found_is_what_python_finds() -> None:
    """Kept from a real run of this very program: `python -m tests.experiments.report.test_simulator` writes it."""
    kept = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert kept["program"] == digest(), "the program has changed: write the example anew"
    beliefs = {name: Belief(*belief) for name, belief in kept["beliefs"].items()}
    np.testing.assert_allclose(by_python(kept["data"], beliefs), kept["shares"], atol=1e-9)
    assert kept["words"] == [percent(share) for share in WORDED]
    assert {parameter["family"]["kind"] for parameter in kept["data"]["parameters"]} == {
        "normal", "uniform", "triangular",
    }  # fmt: skip


def test_where_there_is_a_node_the_program_finds_it_now(data: dict[str, Any]) -> None:
    node = shutil.which("node")
    finds = by_browser(data, BELIEFS, node) if node else json.loads(EXAMPLE.read_text(encoding="utf-8"))
    np.testing.assert_allclose(by_python(data, BELIEFS), finds["shares"], atol=1e-9)


def test_without_a_belief_the_shares_are_those_of_the_report(data: dict[str, Any]) -> None:
    analysis = studied()
    for arm, found in zip(analysis.plan.arms, by_python(data, {}), strict=True):
        by_name = dict(zip((shown["name"] for shown in data["shown"]), found, strict=True))
        for measure in (PULLBACK, PAID_OFF):
            np.testing.assert_allclose(by_name[measure.name], analysis.share(arm, measure)[:3])


def test_a_belief_moves_the_shares() -> None:
    """Made-up runs all of which with a high gamma end well: who believes in a high gamma sees more of these."""
    analysis = studied()
    high = analysis.parameters.set_index("run_id")["gamma"].reindex(analysis.runs["run_id"]).to_numpy() > 0.055
    runs = analysis.runs.assign(outcome=np.where(high, ENDINGS[0], "collapsed"))
    data = simulator_of(replace(analysis, runs=runs))
    assert data is not None
    paid = next(k for k, shown in enumerate(data["shown"]) if shown["name"] == "paid off")
    shares = [
        by_python(data, {"gamma": Belief(float(np.log(middle)), 0.4)})[0][paid][0] for middle in (0.03, 0.055, 0.1)
    ]
    assert shares[0] < 0.2 < shares[1] < 0.8 < shares[2]


def test_an_economy_that_sets_a_parameter_is_not_weighed_by_it() -> None:
    made = findings(runs=40, grid={"gamma": ["prior", 0.03]})
    assert [arm.name for arm in made.analysis.plan.arms] == ["baseline, gamma=prior", "baseline, gamma=0.03"]
    data = simulator_of(made.analysis)
    assert data is not None
    assert ["gamma" in arm["fixed"] for arm in data["arms"]] == [False, True]
    before, after = (by_python(data, beliefs) for beliefs in ({}, {"gamma": Belief(-2.0, 0.3)}))
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_from_now_the_record_speaks_first_and_each_member_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = findings(vintage="now")
    monkeypatch.setattr(simulator, "ensemble_of", lambda _: range(30))
    data = simulator_of(made.analysis)
    assert data is not None
    assert data["runs"] == 30 < made.analysis.plan.study.runs
    page = write_report(made, tmp_path, figures=False).read_text("utf-8")
    assert "what the record leaves of your belief" in page
    assert "from a prior and kept as the record allows" in page
    assert "what if it were set to this?" in page  # and that is told apart


@pytest.mark.parametrize("inputs", [{"prior": False}, {"parameters": {"gamma": 0.06}}])
def test_where_nothing_was_drawn_from_a_prior_there_is_nothing_to_weigh(inputs: dict[str, Any]) -> None:
    assert simulator_of(findings(**inputs).analysis) is None


def test_the_largest_table_leaves_the_report_below_two_megabytes(data: dict[str, Any]) -> None:
    of_one = max(len(as_json({"values": parameter["values"]})) for parameter in data["parameters"]) / data["runs"]
    assert MOST_SEEDS * (MOST_PARAMETERS * of_one + 2 * MOST_ARMS) < 800_000


def test_where_no_record_has_spoken_a_belief_and_a_setting_are_one_question(tmp_path: Path) -> None:
    page = write_report(findings(), tmp_path, figures=False).read_text("utf-8")
    assert "runs in which such values are set (<code>--set gamma=0.03</code>) answer the same question" in page
    assert "what the record leaves" not in page


def test_the_page_runs_this_program_and_no_other(tmp_path: Path) -> None:
    text = write_report(findings(title="</script><script>alert(1)"), tmp_path, figures=False).read_text("utf-8")
    programs = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert programs == [SCRIPT.read_text(encoding="utf-8")]
    named = base64.b64encode(hashlib.sha256(programs[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{named}'" in text.split("<style>")[0]
    assert "script-src 'unsafe" not in text
    (table,) = re.findall(r'<script type="application/json" id="simulator-runs">(.*?)</script>', text, re.DOTALL)
    assert json.loads(table)["arms"][0]["name"] == "baseline"
    assert re.search(r'<section id="simulator"[^>]* hidden>', text)  # without the program the report is whole
    assert re.findall(r'<section id="([^"]+)"', text)[-1] == "simulator"  # the report answers first, then lets one play
    assert text.index('id="simulator-shares"') < text.index('id="simulator-beliefs"')  # shares stay in view above


if __name__ == "__main__":
    found = simulator_of(studied())
    kept = {
        "program": digest(),
        "beliefs": BELIEFS,
        "data": found,
        **by_browser(found or {}, BELIEFS, shutil.which("node") or "node"),
    }
    EXAMPLE.write_text(json.dumps(kept) + "\n", encoding="utf-8")
