"""The economy on a page of Mesa's: `solara run docs/mesa_page.py` with the extra `mesa-page`.

Any Mesa model draws itself like this; `circuit explore` compares pairs of runs, which one model cannot.
"""

from __future__ import annotations

from mesa.visualization import Slider, SolaraViz, make_plot_component

from simulation.mesa_model import CircuitModel
from simulation.scenario import PARAMETERS

GAMMA = PARAMETERS["gamma"]
SCENARIOS = ["baseline", "late-chips", "impatient-capital", "rate-rise"]
WHAT_CAN_BE_SET = {
    "gamma": Slider("gamma: what AI adds to productivity", GAMMA.default, GAMMA.low, GAMMA.high, 0.005),
    "scenario": {"type": "Select", "label": "scenario", "value": "baseline", "values": SCENARIOS},
    "seed": {"type": "SliderInt", "label": "seed", "value": 1, "min": 1, "max": 100, "step": 1},
    "firms": 200,
}

page = SolaraViz(
    CircuitModel(gamma=GAMMA.default, seed=1, firms=200),
    components=[
        make_plot_component({"ai_capex": "tab:blue", "lab_revenue": "tab:orange"}),
        make_plot_component({"coverage": "tab:green"}),
        make_plot_component({"ai_equity": "tab:red"}),
    ],
    model_params=WHAT_CAN_BE_SET,
    name="Circuit, quarter by quarter",
)
page  # noqa: B018  Solara shows what this name holds
