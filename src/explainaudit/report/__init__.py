"""What a command says at its end: what was found, and where the pages are."""

import os
import platform
from pathlib import Path
from typing import Any

from explainaudit._version import __version__
from explainaudit.pipeline import Outcome
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.stage import Trial
from explainaudit.stats.rates import fact
from explainaudit.wording.writer import Writer, explain_error

Report = tuple[dict[str, Any], str]


def run_report(outcome: Outcome, *, pages_only: bool = False) -> Report:
    """Return the result of a run as data and as text: verdicts, flags, gaps, and the pages."""
    audit = outcome.audit
    numbers = {number.id: number for verdict in audit.verdicts.verdicts for number in verdict.numbers}
    writer = Writer({**audit.bundle.measures(), **numbers}, audit.human.words)
    lines: list[str] = []
    if not pages_only:
        for verdict in audit.verdicts.verdicts:
            status = writer.text(Message(key=f"status.{verdict.status}"))
            lines.append(f"{status:18} {writer.text(verdict.message)}")
        lines += [f"{flag.code:18} {writer.text(flag.message)}" for flag in audit.verdicts.flags]
        for found in audit.bundle.evidence:
            if found.not_assessed is not None:
                label = writer.text(Message(key="status.not_assessed"))
                lines.append(f"{label:18} {writer.text(Message(key=f'question.{found.analysis}'))}")
        lines.append("")
    lines += [_shown(page) for page in outcome.pages]
    result = {
        "exit_code": outcome.exit_code,
        "verdicts": [
            {"criterion": each.criterion.measure, "dimensions": each.dimensions, "status": each.status}
            for each in audit.verdicts.verdicts
        ],
        "flags": [{"code": each.code, "level": each.level} for each in audit.verdicts.flags],
        "not_assessed": {
            each.analysis: each.not_assessed
            for each in audit.bundle.evidence
            if each.not_assessed is not None
        },
        "errors": [
            {"code": error.code, "where": error.where, "what": explain_error(error)[0]}
            for error in outcome.errors
        ],
        "pages": [_shown(page) for page in outcome.pages],
    }
    return result, "\n".join(lines)


def check_report(trial: Trial) -> str:
    """Return what a run would do, in words."""
    counts: dict[str, Measure] = {
        name: fact("console", name, value)
        for name, value in (
            ("rows", trial.described.rows),
            ("scored", trial.scored),
            ("explained", trial.explained),
            ("evaluations", trial.evaluations),
        )
    }
    writer = Writer({each.id: each for each in counts.values()})
    params: dict[str, Param] = {name: each.ref() for name, each in counts.items()}
    params["estimator"] = Name(text=trial.described.model.estimator)
    lines = [writer.text(Message(key="console.check_model", params=params))]
    lines.append(writer.text(Message(key="console.check_rows", params=params)))
    if trial.explained:
        lines.append(writer.text(Message(key="console.check_explain", params=params)))
    lines += [writer.text(Message(key=f"question.{name}")) for name in trial.analyses]
    for key in trial.described.plan.assumed:
        lines.append(writer.text(Message(key=f"limitation.assumed.{key}")))
    return "\n".join(lines)


def doctor_report() -> tuple[int, dict[str, Any], str]:
    """Return what is installed: Python, libraries, Pango, fonts, isolation."""
    from explainaudit.charts.fonts import FACES, font_file
    from explainaudit.rendering.pdf import pdf_version
    from explainaudit.surroundings import versions

    pdf = pdf_version()
    fonts = all(font_file(file).is_file() for *_, file in FACES)
    found: dict[str, Any] = {
        "explainaudit": __version__,
        "python": platform.python_version(),
        "libraries": versions(),
        "pdf": pdf,
        "fonts": fonts,
        "isolation": "isolation.process" if os.name == "posix" else "isolation.none",
    }
    writer = Writer({})
    libraries = Series(
        items=tuple(Name(text=f"{name} {number}") for name, number in found["libraries"].items())
    )
    lines = [
        writer.text(Message(key="doctor.python", params={"version": Name(text=found["python"])})),
        writer.text(Message(key="doctor.libraries", params={"libraries": libraries})),
        writer.text(
            Message(key="doctor.pdf" if pdf else "doctor.no_pdf", params={"version": Name(text=pdf or "")})
        ),
        writer.text(Message(key="doctor.fonts" if fonts else "doctor.no_fonts")),
        writer.text(Message(key="doctor.isolation", params={"rung": Message(key=found["isolation"])})),
        writer.text(Message(key="doctor.extras")),
    ]
    return 0, found, "\n".join(lines)


def _shown(page: Path) -> str:
    return os.path.relpath(page)
