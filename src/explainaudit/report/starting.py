"""What init, inspect and analyses say at their end."""

from collections.abc import Sequence
from typing import Any

from explainaudit.analysis import Analysis, Needs
from explainaudit.proposing import Draft
from explainaudit.records.inspection import Inspection, NamedPart
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param
from explainaudit.stats.rates import fact
from explainaudit.wording.writer import Writer

MOST_NAMES = 40
Report = tuple[dict[str, Any], str]


class _Said:
    """Lines of a report, with the numbers that they hold."""

    def __init__(self) -> None:
        self._measures: dict[str, Measure] = {}
        self._writer = Writer(self._measures, name_limit=None)
        self.lines: list[str] = []

    def add(self, text: str, *, lead: str = "", **params: Param | str | int) -> None:
        """Add a text of the catalogue with names and counts."""
        given = {name: self._param(name, value) for name, value in params.items()}
        self.lines.append(lead + self._writer.text(Message(key=text, params=given)))

    def _param(self, name: str, value: Param | str | int) -> Param:
        if isinstance(value, str):
            return Name(text=value)
        if isinstance(value, int):
            measure = fact("console", name, value, {"line": str(len(self.lines))})
            self._measures[measure.id] = measure
            return measure.ref()
        return value

    def text(self) -> str:
        """Return the lines."""
        return "\n".join(self.lines)


def init_report(draft: Draft, path: str, command: str) -> str:
    """Return what was guessed for a plan, what is left to fill in, and what comes next."""
    said = _Said()
    said.add("console.init_written", path=path)
    if draft.guessed:
        said.add("console.init_guessed")
    for key, value in draft.guessed:
        said.add("console.init_guess", key=key, value=value)
    if draft.confirm:
        said.add("console.init_confirm")
    for key in draft.confirm:
        said.add("console.init_open", key=key)
    said.add("console.init_next" if not draft.confirm else "console.init_next_then", command=command)
    return said.text()


def inspect_report(found: Inspection) -> str:
    """Return what a model file is, in words."""
    said = _Said()
    said.add("inspect.file", name=found.name, format=found.format, size=found.size)
    said.add("inspect.digest", digest=found.digest)
    if found.format == "unknown":
        said.add("inspect.unknown")
        return said.text()
    said.add("inspect.code" if found.runs_code else "inspect.data")
    for library, version in found.saved_with.items():
        said.add("inspect.saved_with", library=library, version=version)
    if found.protocol is not None:
        said.add("inspect.protocol", protocol=found.protocol)
    if found.objective is not None:
        said.add("inspect.objective", objective=found.objective)
    for name, count in found.counts.items():
        if name == "classes" and count == 0:
            continue  # a regression
        said.add(f"inspect.count.{name}", count=count)
    if found.inputs:
        said.add("inspect.inputs", names=_listed(found.inputs))
    _parts(said, found)
    if found.read_to is not None:
        said.add("inspect.read_to", place=found.read_to)
    return said.text()


def _parts(said: _Said, found: Inspection) -> None:
    """Add the names of a file, the gravest first, and say how many more there are."""
    by_standing: dict[str, list[NamedPart]] = {}
    for part in found.parts:
        by_standing.setdefault(part.standing, []).append(part)
    kind = "code" if found.runs_code else "data"
    for standing, parts in by_standing.items():
        said.add(f"inspect.{kind}_parts.{standing}", count=len(parts))
        for part in parts[:MOST_NAMES]:
            called = found.runs_code and part.called
            said.add("inspect.called" if called else "inspect.named", lead="  ", name=part.name)
        if len(parts) > MOST_NAMES:
            said.add("inspect.more", lead="  ", count=len(parts) - MOST_NAMES)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown}, …"


def analyses_report(analyses: Sequence[Analysis]) -> Report:
    """Return the questions with what each needs, its settings and its measures, as data and as text."""
    said = _Said()
    told = [_told(analysis) for analysis in analyses]
    for each in told:
        name = each["name"]
        said.lines += ["", name] if said.lines else [name]
        said.add(f"question.{name}", lead="  ")
        for need in each["needs"]:
            said.add(f"console.need.{need}", lead="  ")
        if each["settings"]:
            said.add("console.settings", lead="  ", about=each["about_settings"])
        for setting in each["settings"]:
            key = f"analyses.{name}.{setting['name']}"
            words = {"key": key, "default": str(setting["default"]), "about": setting["description"]}
            said.add(
                "console.setting" if setting["description"] else "console.setting_bare", lead="    ", **words
            )
        if each["measures"]:
            said.add("console.measures", lead="  ")
        for measure in each["measures"]:
            dimensions = f" ({', '.join(measure['dimensions'])})" if measure["dimensions"] else ""
            label = Message(key=f"measure.{measure['name']}")
            said.add("console.measure", lead="    ", measure=measure["name"] + dimensions, label=label)
    return {"analyses": told}, said.text()


def _told(analysis: Analysis) -> dict[str, Any]:
    return {
        "name": analysis.name,
        "question": Writer({}).text(Message(key=f"question.{analysis.name}")),
        "needs": _needs(analysis.needs(analysis.settings())),
        "about_settings": (analysis.settings.__doc__ or "").partition("\n")[0],
        "settings": _settings(analysis),
        "measures": [
            {"name": f"{analysis.name}.{spec.metric}", **spec.model_dump(exclude={"metric", "judged"})}
            for spec in analysis.measures
            if spec.takes_criterion
        ],
    }


def _needs(needs: Needs) -> list[str]:
    gathered = ("rows", "training", "attributions", "effects", "losses", "flips")
    return ["scores", *(name for name in gathered if getattr(needs, name))]


def _settings(analysis: Analysis) -> list[dict[str, Any]]:
    schema = analysis.settings.model_json_schema().get("properties", {})
    return [
        {
            "name": name,
            "default": field.get_default(call_default_factory=True),
            "description": field.description or "",
            "type": schema.get(name, {}).get("type", ""),
        }
        for name, field in analysis.settings.model_fields.items()
    ]
