"""What a study is called by: the names of its files, and the line under its figures, say everything that was set."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from simulation.dates import VINTAGES
from simulation.scenario import PARAMETERS
from simulation.scenario.files import shipped_names

from .schema import Study, Value, plan

LONGEST = 120
DIGEST = 8
SHIPPED_VINTAGES = (*VINTAGES, "now")


def name_of(kind: str, study: Study, *subjects: str) -> str:
    """A file's name without its ending: what was done, to what, and all that was set; other settings, another name.

    Where the name does not say it all, for a file of one's own may change and a long name is cut, a digest of what is
    computed stands at its end."""
    parts = [kind, *subjects, *map(_stem, (*study.scenarios, *study.policies, study.vintage)), *_settings(study)]
    name = "-".join(slug(part) for part in parts)
    if len(name) <= LONGEST and not _has_own_files(study):
        return name
    inputs = hashlib.sha256("|".join((name, *map(str, plan(study, large=True).specs.inputs))).encode())
    return f"{name[:LONGEST]}-{inputs.hexdigest()[:DIGEST]}"


def told(study: Study) -> str:
    """What was set beside scenarios and policies, as the notes of a figure say it: 'gamma = 0.03, 200 firms'."""
    parts = [f"{name} = {_value(name, value)}" for name, value in study.parameters.items()]
    parts += [f"shocks at {study.shock_size:.0%} of their size"] if study.shock_size < 1.0 else []
    parts += [f"{study.firms:,} firms"] if study.firms != _default("firms") else []
    parts += [f"{study.quarters} quarters"] if study.quarters else []
    return ", ".join(parts)


def note_on(study: Study) -> str:
    """A sentence on what was set, to be put behind other notes; nothing where nothing was."""
    return f" Set: {told(study)}." if told(study) else ""


def setting_of(study: Study) -> str:
    """The economies of a study, as the notes of their figure say it: scenarios, policies, vintage, seeds, all set."""
    policies = f" with {', '.join(map(_stem, study.policies))}" if study.policies else ""
    last = study.seed + study.runs - 1
    seeds = f"seed {study.seed}" if study.runs == 1 else f"seeds {study.seed} to {last}"
    economies = f"{', '.join(map(_stem, study.scenarios))}{policies}, vintage {_stem(study.vintage)}, {seeds}"
    return f"{economies}, {told(study)}" if told(study) else economies


def slug(text: str) -> str:
    """A part of a file's name: small letters as they are, anything but letters, digits, points and lines a line."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-.") or "x"


def _settings(study: Study) -> Iterator[str]:
    for name, value in sorted(study.parameters.items()):
        yield f"{name}-{_value(name, value)}"
    if study.shock_size < 1.0:
        yield f"shocks{study.shock_size:g}"
    for key in ("firms", "quarters"):
        if getattr(study, key) != _default(key):
            yield f"{key}{getattr(study, key)}"
    if study.runs > 1:
        yield f"{'prior' if study.prior else 'defaults'}-runs{study.runs}"
    if study.runs == 1 or study.seed != _default("seed"):
        yield f"seed{study.seed}"


def _value(name: str, value: Value) -> str:
    if name in PARAMETERS and PARAMETERS[name].is_switch:
        return "on" if value else "off"
    return f"{value:g}"


def _default(key: str) -> object:
    return Study.model_fields[key].default


def _has_own_files(study: Study) -> bool:
    shipped = {*shipped_names("scenario"), *shipped_names("policy"), *SHIPPED_VINTAGES}
    return not {*study.scenarios, *study.policies, study.vintage} <= shipped


def _stem(name: str) -> str:
    return Path(name).stem
