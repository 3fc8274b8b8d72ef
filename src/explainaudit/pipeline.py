"""The straight line: plan, auditee, responses, evidence, bundle, verdicts, edition, dossier, pages."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from pydantic import ValidationError

from explainaudit import folder
from explainaudit._version import __version__
from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.edition import edition
from explainaudit.engine.schedule import Schedule, run_key
from explainaudit.engine.watch import Engine
from explainaudit.errors import CRITERION_NOT_MET, AnalysisFailed, AuditError, UsageError, exit_code
from explainaudit.judging import judge
from explainaudit.planning import Request
from explainaudit.records.bundle import Bundle, Environment, Measured, Provenance
from explainaudit.records.dossier import Edition
from explainaudit.records.evidence import Evidence
from explainaudit.records.past import schema_of
from explainaudit.records.plan import Human
from explainaudit.records.record import Record
from explainaudit.records.stage import Consent, Described, Trial
from explainaudit.records.verdict import Verdicts
from explainaudit.rendering import pages
from explainaudit.surroundings import environment, file_digests, peak_memory_mb

Progress = Callable[[str, int, int], None]
R = TypeVar("R", bound=Record)


# What --fail-on takes beside the codes of flags; the levels stand with the gravest first.
LEVELS = ("serious", "caution", "note")
FAIL_ON = (*LEVELS, "inconclusive", "not-assessed")


@dataclass(frozen=True)
class Options:
    """What the command line decides about a run; none of it changes a number."""

    date: datetime.date
    consent: Consent = field(default_factory=Consent)
    overwrite: bool = False
    fail_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audit:
    """One audit: the records of a run, from which every page can be made.

    ``files`` holds what else goes into the restricted edition, by name; ``errors`` what failed on
    the way and cost its section alone.
    """

    bundle: Bundle
    verdicts: Verdicts
    environment: Environment
    human: Human
    files: dict[str, bytes] = field(default_factory=dict)
    errors: tuple[AuditError, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a run came to: its exit code, the audit, where the pages are, and what went wrong."""

    exit_code: int
    audit: Audit
    pages: tuple[Path, ...]
    errors: tuple[AuditError, ...] = ()


def run(request: Request, output: Path, engine: Engine, options: Options, progress: Progress) -> Outcome:
    """Measure, judge and present one audit.

    Parameters
    ----------
    request : Request
        The plan and its files.
    output : Path
        Folder of the dossier.
    engine : Engine
        Where stages run.
    options : Options
        Date, consent, what to overwrite and what to fail on.
    progress : callable
        ``progress(analysis, done, total)``.

    Raises
    ------
    AuditError
        Where nothing can be shown: the plan, the tables or the model are refused or fail. What
        fails later costs its section alone and stands in ``Outcome.errors``.
    """
    digests = file_digests(request.files)
    key = run_key(request, options.consent, digests, __version__)
    with folder.opened(output.absolute(), key, overwrite=options.overwrite) as stages:
        schedule = Schedule(request, options.consent, stages, engine, progress, ANALYSES)
        audit = measure(schedule, environment(options.date, engine.name, engine.isolation, digests))
        written, problems = present(audit, output)
    # Whatever the cause of a gap, the rest of the dossier stands: its own code is that of a failed analysis.
    codes = [AnalysisFailed.exit_code for _ in audit.errors] + [error.exit_code for error in problems]
    if failed(audit.verdicts, audit.bundle, options.fail_on):
        codes.append(CRITERION_NOT_MET)
    return Outcome(exit_code(codes), audit, tuple(written), (*audit.errors, *problems))


def measure(schedule: Schedule, surroundings: Environment) -> Audit:
    """Run all stages and judge what they found."""
    described = schedule.describe()
    schedule.score(described)
    schedule.explain()
    evidence = schedule.measure()
    row_tables = schedule.row_tables()
    bundle = Bundle(
        provenance=Provenance(
            model=described.model,
            tables=described.tables,
            plan=described.plan,
            evaluations=schedule.evaluations(described),
        ),
        evidence=evidence,
        row_tables=tuple(table for table, _ in row_tables),
        vocabulary=_vocabulary(described, evidence),
    )
    plan = schedule.request.plan
    peak = max(peak_memory_mb(), schedule.engine.peak_memory_mb)
    measured = Measured(seconds=schedule.seconds, peak_memory_mb=peak)
    return Audit(
        bundle=bundle,
        verdicts=judge(bundle, plan.criteria, ANALYSES, familywise=plan.familywise),
        environment=surroundings,
        human=plan.human,
        files={
            "measured.json": measured.canonical(),
            **{f"tables/{table.file}": content for table, content in row_tables},
        },
        errors=tuple(schedule.errors),
    )


def _vocabulary(described: Described, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the names that may be published: labels, sensitive features and their groups, each once."""
    features = (feature.column for feature in described.plan.sensitive)
    groups = (
        measure.dimensions["group"]
        for found in evidence
        for measure in found.measures
        if measure.metric == "group_share"
    )
    return tuple(dict.fromkeys((*described.model.classes, *features, *groups)))


def present(audit: Audit, output: Path) -> tuple[list[Path], list[AuditError]]:
    """Write both editions of an audit; return their pages, and each kind of problem once."""
    written: list[Path] = []
    errors: dict[str, AuditError] = {}
    editions: tuple[Edition, ...] = ("restricted", "shareable")
    for which in editions:
        shown = edition(audit.bundle, audit.verdicts, which, audit.human.privacy.min_cell)
        seen = replace(audit, bundle=shown[0], verdicts=shown[1])
        if which == "shareable":
            seen = replace(seen, files={})
        paths, problems = deliver(seen, output, which)
        written += paths
        errors |= {problem.code: problem for problem in problems}
    return written, list(errors.values())


def deliver(audit: Audit, output: Path, which: Edition) -> tuple[list[Path], list[AuditError]]:
    """Write one edition, with the audit as its readers may see it."""
    records = (audit.bundle, audit.verdicts, audit.environment, audit.human)
    files, errors = pages(compose(records, which, ANALYSES))
    for name, record in zip(("bundle", "verdicts", "environment", "human"), records, strict=True):
        files[f"{name}.json"] = record.canonical()
    final = folder.deliver(output, which, {**files, **audit.files})
    return [final / name for name in ("packet.pdf", "packet.html") if name in files], errors


def render(output: Path) -> Outcome:
    """Make the pages again from the records of a finished run; nothing is measured.

    Verdicts are read, never computed again. Raises `UsageError` when the folder holds no dossier.
    """
    source = next(
        (output / name for name in folder.EDITIONS if (output / name / "bundle.json").is_file()), None
    )
    if source is None:
        raise UsageError("E223", where=str(output))
    kept = [source / "measured.json", *sorted(source.glob("tables/*.parquet"))]
    audit = Audit(
        bundle=_read(source / "bundle.json", schema_of(source / "bundle.json")),
        verdicts=_read(source / "verdicts.json", Verdicts),
        environment=_read(source / "environment.json", Environment),
        human=_read(source / "human.json", Human),
        files={str(path.relative_to(source)): path.read_bytes() for path in kept if path.is_file()},
    )
    if source.name == "shareable":
        written, errors = deliver(audit, output, "shareable")
    else:
        written, errors = present(audit, output)
    return Outcome(exit_code([error.exit_code for error in errors]), audit, tuple(written), tuple(errors))


def _read(path: Path, kind: type[R]) -> R:
    """Return a record from its file. Raises `UsageError` that names the file and the place in it."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError("E224", where=str(path), kind=type(error).__name__) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            "E224", where=f"{path}: {place}" if place else str(path), kind=first["type"]
        ) from None


def check(request: Request, engine: Engine, consent: Consent, progress: Progress) -> Trial:
    """Open the model and the tables, score a few rows, and say what a run would do; writes nothing."""
    file_digests(request.files)
    with TemporaryDirectory(prefix="explainaudit-") as scratch:
        schedule = Schedule(request, consent, Path(scratch), engine, progress, ANALYSES)
        return schedule.attempt()


def failed(verdicts: Verdicts, bundle: Bundle, fail_on: tuple[str, ...]) -> bool:
    """Return whether a criterion is not met, or something happened that was asked to fail the run.

    ``fail_on`` holds flag codes, flag levels (``caution`` includes ``serious``), ``inconclusive``
    and ``not-assessed``.
    """
    statuses = {verdict.status for verdict in verdicts.verdicts}
    raised = {flag.code for flag in verdicts.flags}
    for flag in verdicts.flags:
        raised |= set(LEVELS[LEVELS.index(flag.level) :])
    if "inconclusive" in statuses:
        raised.add("inconclusive")
    if "not_assessed" in statuses or any(found.not_assessed for found in bundle.evidence):
        raised.add("not-assessed")
    return "does_not_meet" in statuses or not raised.isdisjoint(fail_on)
