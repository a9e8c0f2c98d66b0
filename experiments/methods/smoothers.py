"""How far the smoothers behind the ensemble of the record lie apart in what runs from now tell.

`python -m experiments.methods.smoothers FOLDER` writes `smoothers.csv`.
"""

import argparse
import tempfile

import numpy as np
import pandas as pd

from ..common.export import folder_named
from ..ensembles.ensemble import Ensemble, load_ensemble
from ..store.results import write_csv
from ..study.schema import Study
from .opened import run_study

RUNS = 2000
FIRMS = 100  # pullbacks and endings come as often as with a thousand
GAMMA = "median of gamma"


def by_smoother(vintage: str, runs: int = RUNS, firms: int = FIRMS, workers: int | None = None) -> pd.DataFrame:
    """The table of `experiments.analysis.smoothers` from the baseline, and the median of gamma over members.

    Empty for an ensemble of one smoother."""
    with tempfile.TemporaryDirectory() as folder:
        study = Study(title="smoothers", scenarios=["baseline"], vintage=vintage, runs=runs, firms=firms)
        return run_study(study, folder, workers).analysis.smoothers


def of_gamma(ensemble: Ensemble) -> pd.DataFrame:
    """One row: the median of gamma over all members and over those of each smoother, and the standard deviation of
    these medians."""
    gamma = ensemble.parameters()["gamma"]
    smoother = ensemble.smoother_of(np.arange(len(ensemble)))
    medians = {
        f"smoother {number + 1}": float(np.median(gamma[smoother == number])) for number in range(ensemble.smoothers)
    }
    spread = float(np.std(list(medians.values()), ddof=1)) if len(medians) > 1 else float("nan")
    row = {"answer": GAMMA, "share": float(np.median(gamma)), "n": len(gamma), "beyond_chance": spread}
    return pd.DataFrame([row | medians])


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=folder_named)
    options = parser.parse_args()
    found = pd.concat([by_smoother("now"), of_gamma(load_ensemble())], ignore_index=True)
    write_csv(options.folder / "smoothers.csv", found)


if __name__ == "__main__":
    main()
