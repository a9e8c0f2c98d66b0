"""Made-up findings: studies whose runs are drawn, not simulated, so that a report can be tried in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.analysis.analysis import SENSITIVITY, Analysis
from experiments.report.section import Findings
from experiments.store.results import FAILED, FINISHED, Results
from experiments.study.schema import Plan, RunSpec, Study, plan

QUARTERS = 16
VERSIONS = {"circuit-economy": "0.1.0", "python": "3.11"}


def findings(failing: int = 0, bad: dict[str, float] | None = None, **inputs: Any) -> Findings:
    """Findings of a study; `bad` is the chance of a bad ending by policy, the last `failing` seeds fail."""
    planned = plan(Study.model_validate({"quarters": QUARTERS, "firms": 10, "runs": 40} | inputs))
    last = planned.study.seed + planned.study.runs - failing
    good = [spec for spec in planned.specs if spec.seed < last]
    failed = [spec for spec in planned.specs if spec.seed >= last]
    runs = pd.DataFrame(
        [_run(spec, planned, bad or {}) for spec in good], columns=list(_run(planned.specs[0], planned, {}))
    )
    failures = pd.DataFrame([_facts(spec, planned) | {"message": "quarter 3: | broken"} for spec in failed])
    parameters = pd.DataFrame(
        [{"run_id": spec.run_id, "gamma": _draw(spec).random() if spec.prior else 0.06} for spec in good]
    )
    series = [_series(spec) for spec in sorted(good, key=lambda spec: spec.run_id)]
    whole = pd.concat(series, ignore_index=True) if series else _series(planned.specs[0]).iloc[:0]
    manifest = {"versions": VERSIONS, "command": "circuit compare", "inputs": planned.study.model_dump(), "workers": 2}
    return Findings(Analysis(planned, runs, failures, parameters, whole), manifest)


def stored(made: Findings, folder: Path) -> Path:
    """The same findings as a results folder."""
    results = Results(folder, made.analysis.plan.identity)
    tables = {name: getattr(made.analysis, name) for name in ("runs", "failures", "parameters", "series")}
    done = dict.fromkeys(tables["runs"]["run_id"], FINISHED)
    if len(tables["failures"]):
        done |= dict.fromkeys(tables["failures"]["run_id"], FAILED)
    if len(made.cascade):
        tables["events"] = made.cascade
    written = {name: pa.Table.from_pandas(table, preserve_index=False) for name, table in tables.items()}
    results.commit(0, written, done)
    results.save_manifest(**made.manifest)
    return folder


def _draw(spec: RunSpec) -> np.random.Generator:
    return np.random.default_rng(spec.seed)


def _facts(spec: RunSpec, planned: Plan) -> dict[str, Any]:
    arm = next(arm for arm in planned.arms if arm.name == spec.arm)
    return {
        "run_id": spec.run_id,
        "arm": arm.name,
        "scenario": arm.scenario,
        "policy": arm.policy or "",
        "seed": spec.seed,
    }


def _run(spec: RunSpec, planned: Plan, bad: dict[str, float]) -> dict[str, Any]:
    facts, draw = _facts(spec, planned), _draw(spec)
    fate, ending = draw.random(), draw.random()
    ends_badly = fate < bad.get(facts["policy"], 0.5)
    quarter = float(draw.integers(4, QUARTERS)) if ends_badly else np.nan
    return facts | outcome_row(
        ends_badly,
        systemic=ends_badly and ending < 0.5,
        gdp_shortfall=0.01 * fate,
        capex_peak=100.0 + fate,
        return_half=0.1 - 0.2 * fate,
        boom_return_half=0.1 - 0.2 * fate,
        pullback_quarter=quarter,
    )


def outcome_row(pullback: bool, systemic: bool = False, **scores: float) -> dict[str, Any]:
    """What the table of runs says of a run's outcome: with a pullback it ends collapsed, without one paid off."""
    quarter = scores.get("pullback_quarter", 4.0 if pullback else np.nan)
    episodes = {
        "pullback_quarter": quarter,
        "market_quarter": np.nan,
        "first_withdrawal_quarter": np.nan,
        "credit_quarter": quarter if systemic else np.nan,
        "macro_quarter": quarter,
        "systemic_quarter": quarter if systemic else np.nan,
        "withdrawals": 0.0,
        "pullback_gdp_loss": scores.get("gdp_shortfall", 0.01) if pullback else np.nan,
    }
    others = {"gdp_shortfall": 0.0, "gdp_gain": 0.01, "return_half": 0.0, "boom_return_half": 0.0, "capex_peak": 100.0}
    against_twin = ("job_years", "wealth_top", "wealth_rest", "public_debt")
    losses = (f"credit_losses_{lender}" for lender in ("banks", "funds", "others"))
    return {
        "outcome": "collapsed" if pullback else "paid off, no episode",
        "pullback": pullback,
        "market_pullback": False,
        "credit_event": systemic,
        "macro_episode": pullback,
        "systemic_episode": systemic,
        **episodes,
        **others,
        **dict.fromkeys((*against_twin, *losses), 0.0),
        **scores,
        f"{SENSITIVITY}capex_fall -20%": pullback,
        f"{SENSITIVITY}capex_fall +20%": pullback,
    }


def _series(spec: RunSpec) -> pd.DataFrame:
    draw = _draw(spec)
    growth = np.cumprod(1.0 + draw.normal(0.005, 0.01, QUARTERS))
    return pd.DataFrame(
        {
            "run_id": spec.run_id,
            "quarter": np.arange(1, QUARTERS + 1),
            "date": [f"{2025 + quarter // 4}Q{quarter % 4 + 1}" for quarter in range(QUARTERS)],
            "ai_capex": 70.0 * growth**3,
            "coverage": 0.3 * growth,
            "ai_equity": growth**5,
            "gdp": 7000.0 * growth**2,
            "real_gdp": 7000.0 * growth,
            "imports": 1000.0 * growth**2,
            "twin_real_gdp": 7000.0 * growth**0.5,
            "twin_consumption": 4800.0 * growth**0.75,
            "twin_price_level": growth**0.5,
            "consumption": 4800.0 * growth,
            "price_level": growth,
            "circularity": 0.1 / growth,
        }
    )
