"""The headline's answer before the record is looked at, and after: economies that stand at the same quarter, from the
prior and from the ensemble that the record allows.

`python -m experiments.methods.before_the_record FOLDER` writes `before-and-after.csv`.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd

from .. import statistics as st
from ..analysis.analysis import Analysis
from ..analysis.incidence import asked_dates, incidence_by
from ..analysis.measures import PULLBACK
from ..analysis.smoothers import EARNED
from ..common.export import folder_named
from ..ensembles.ensemble import Ensemble, load_ensemble
from ..narrative.headline import damage_of_pullback, earned_back
from ..store.results import write_csv
from ..study.schema import Study
from .opened import run_study

RUNS = 200
SEED_OF_PRIOR = 20251031
DEPTH = "fall of GDP in the first pullback, percent"


def unconditioned(ensemble: Ensemble) -> Ensemble:
    """As many members from the prior, parameters and past luck drawn anew, that stand at the same quarter."""
    return replace(ensemble, vectors=ensemble.unknowns.draw(len(ensemble), SEED_OF_PRIOR), made={}, smoothers=1)


def answers(analysis: Analysis) -> dict[str, st.Estimate]:
    """What the headline tells of the baseline: shares of runs, and the damage in the median pullback."""
    baseline = analysis.reference
    runs = analysis.finished(baseline)
    told = {
        f"investment pullback by {date}": incidence_by(analysis, baseline, PULLBACK.name, date)
        for date in asked_dates(analysis)
    }
    return told | {EARNED: earned_back(analysis), DEPTH: damage_of_pullback(runs)}


def before_and_after(
    ensemble: Ensemble, runs: int = RUNS, firms: int = 1000, workers: int | None = None
) -> pd.DataFrame:
    """A row for each answer under the prior and under the record; columns belief, answer, value, low, high, n."""
    rows = []
    for belief, members in (("prior", unconditioned(ensemble)), ("record", ensemble)):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{belief}.ensemble"
            file.write_bytes(members.bytes())
            study = Study(title=belief, scenarios=["baseline"], vintage=str(file), runs=runs, firms=firms)
            found = answers(run_study(study, Path(folder) / "runs", workers).analysis)
        rows += [(belief, answer, value.value, value.low, value.high, value.n) for answer, value in found.items()]
    return pd.DataFrame(rows, columns=["belief", "answer", "value", "low", "high", "n"])


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=folder_named)
    options = parser.parse_args()
    write_csv(options.folder / "before-and-after.csv", before_and_after(load_ensemble()))


if __name__ == "__main__":
    main()
