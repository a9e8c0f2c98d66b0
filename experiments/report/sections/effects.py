"""What scenarios and policies change against their reference."""

from ...analysis.measures import MEASURES, PULLBACK, Effect
from ...analysis.wording import probability, signed, span
from ...figures.effects import effect_chart
from ...figures.maps import policy_map
from ..section import Findings, Section, Table, drawn


def write(findings: Findings) -> Section | None:
    """Paired effects with intervals, flips and corrected p-values; nothing when nothing is compared."""
    analysis = findings.analysis
    if not analysis.effects or analysis.runs.empty:
        return None
    by_arm: dict[str, list[Effect]] = {}
    for effect in analysis.effects:
        by_arm.setdefault(analysis.label(effect.arm), []).append(effect)
    names = tuple(f"{measure.name}, {measure.unit}" for measure in MEASURES)
    effects = tuple(
        (name, *(_cell(effect) for effect in found), span(effect.estimate.n for effect in found))
        for name, found in by_arm.items()
    )
    endings = tuple(_flips(analysis.label(effect.arm), effect) for effect in analysis.effects_on(PULLBACK))
    return Section(
        "effects",
        "What scenarios and policies change",
        text=(
            "Every scenario and policy is run with the same seeds as its reference, so that luck cancels: an effect is "
            "the mean difference between runs that share a seed. An asterisk marks a sign that these runs "
            "establish: the interval lies beside zero, and p is below .05 after Holm's correction over all rows.",
        ),
        charts=drawn(effect_chart(analysis), policy_map(analysis)),
        tables=(
            Table("Paired effects with 95% intervals", ("", *names, "pairs"), effects),
            Table(
                "Runs that are spared an investment pullback, and runs that are given one",
                ("", "spared", "given one", "pairs", "p (McNemar)", "p (Holm)"),
                endings,
                "Spared: a pullback under the reference and none here, with the same seed. Holm's correction is for "
                "having looked at all rows.",
            ),
        ),
    )


def _cell(effect: Effect) -> str:
    digits = 0 if effect.measure.is_ending else 2 if effect.measure.unit == "ratio" else 1
    return signed(effect.estimate, digits) + ("*" if effect.established else "")


def _flips(name: str, effect: Effect) -> tuple[str, ...]:
    flips = effect.flips
    if flips is None:
        return (name, "-", "-", "0", "-", "-")
    counts = (str(flips.saved), str(flips.harmed), str(flips.n))
    return (name, *counts, probability(flips.p_value), probability(effect.p_value))
