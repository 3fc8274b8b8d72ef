"""The commands: from the words given on the command line to a run, its report on stdout, and a code."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from explainaudit import pipeline
from explainaudit.analyses import ANALYSES
from explainaudit.engine.local import Local
from explainaudit.errors import AuditError, Bug, Cancelled, UsageError
from explainaudit.pipeline import FAIL_ON
from explainaudit.planning import Request, read_plan, request_of, shorthand
from explainaudit.planning.changing import changed, keys_of
from explainaudit.progress import progress
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.plan import Statement
from explainaudit.records.stage import Consent
from explainaudit.report import check_report, doctor_report, run_report
from explainaudit.surroundings import samples_root, today
from explainaudit.wording.claims import claims_in
from explainaudit.wording.writer import Writer, explain_error

Given = Mapping[str, Any]


def run_command(given: Given) -> int:
    """Audit a model and write its dossier."""
    return reported(given, lambda: _run(_request(given), given, consent_of(given)))


def demo_command(given: Given) -> int:
    """Audit a sample model; the demo's own older dossier is replaced."""

    def demo() -> tuple[int, dict[str, Any], str]:
        known = sorted(path.parent.name for path in samples_root().glob("*/audit.yaml"))
        if given["sample"] is None:
            raise UsageError("E244", known=", ".join(known))
        if given["sample"] not in known:
            raise UsageError("E218", where=given["sample"], known=", ".join(known))
        plan = samples_root() / given["sample"] / "audit.yaml"
        return _run(read_plan(plan, ANALYSES), {**given, "overwrite": True, "fail_on": ()}, Consent())

    return reported(given, demo)


def check_command(given: Given) -> int:
    """Say whether a plan fits its files, and what a run would do."""

    def check() -> tuple[int, dict[str, Any], str]:
        request = _request(given)
        with _engine(given, request) as engine, progress(quiet=True) as heard:
            trial = pipeline.check(request, engine, consent_of(given), heard)
        return 0, json.loads(trial.canonical()), check_report(trial)

    return reported(given, check)


def render_command(given: Given) -> int:
    """Make the pages again."""

    def render() -> tuple[int, dict[str, Any], str]:
        outcome = pipeline.render(Path(given["folder"]))
        _warn_of_claims(outcome.audit.human.statements)
        return outcome.exit_code, *run_report(outcome, pages_only=True)

    return reported(given, render)


def doctor_command(given: Given) -> int:
    """Say what is installed, and how to get the rest."""
    return reported(given, doctor_report)


def _run(request: Request, given: Given, consent: Consent) -> tuple[int, dict[str, Any], str]:
    for what in given["fail_on"]:
        if what not in FAIL_ON and not Writer({}).has(f"flag.{what}"):
            raise UsageError("E225", where="--fail-on", what=what)
    options = pipeline.Options(
        date=given["date"].date() if given["date"] else today(),
        consent=consent,
        overwrite=given["overwrite"],
        fail_on=tuple(given["fail_on"]),
    )
    _warn_of_claims(request.plan.human.statements)
    with _engine(given, request) as engine, progress(quiet=given["quiet"]) as heard:
        outcome = pipeline.run(request, Path(given["output"]), engine, options, heard)
    for error in outcome.errors:
        _say(error)
    return outcome.exit_code, *run_report(outcome)


def _warn_of_claims(statements: Mapping[str, Statement]) -> None:
    """Tell the author of claims in statements that the numbers of a dossier cannot carry."""
    for key, statement in statements.items():
        for claim in claims_in(statement.text):
            params: dict[str, Param] = {"key": Name(text=key), "claim": Name(text=claim)}
            sys.stderr.write(Writer({}).text(Message(key="console.claim", params=params)) + "\n")


def _request(given: Given) -> Request:
    """Return the request of a plan, or of the shorthand options."""
    options = {name: given[name] for name in ("model", "data", "target", "favourable")}
    options["sensitive"] = given["sensitive"]
    if given["plan"] is not None:
        if used := [f"--{name}" for name, value in options.items() if value]:
            raise UsageError("E216", where=", ".join(used))
        return read_plan(Path(given["plan"]), ANALYSES, given["set"])
    if not (given["model"] and given["data"] and given["target"]):
        raise UsageError("E215")
    written, assumed = shorthand(**options)
    content = changed(written, given["set"])
    assumed = tuple(key for key in assumed if key not in keys_of(given["set"]))
    return request_of(content, folder=Path(), analyses=ANALYSES, where="options", assumed=assumed)


def consent_of(given: Given) -> Consent:
    """Return what the safety options allow."""
    return Consent(
        allow_pickle=given["allow_pickle"],
        model_sha256=given["model_sha256"],
        trust_types=tuple(given["trust_type"]),
        strict_versions=given["strict_versions"],
    )


@contextmanager
def _engine(given: Given, request: Request) -> Iterator[Local]:
    """Give local children, and end them whatever happens."""
    workers = given.get("workers") or min(os.cpu_count() or 1, 4)
    engine = Local(workers, request.plan.limits.stage_seconds)
    try:
        yield engine
    finally:
        engine.close()


def reported(given: Given, command: Callable[[], tuple[int, dict[str, Any], str]]) -> int:
    """Run a command, print its result on stdout and its error on stderr, and return the exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code, result, text = command()
    except AuditError as error:
        _say(error, as_json=given["as_json"])
        return error.exit_code
    except KeyboardInterrupt as stop:
        _say(Cancelled("E143" if stop.args else "E130"))
        return 143 if stop.args else 130
    except Exception as error:
        if "EXPLAINAUDIT_DEBUG" in os.environ:
            raise
        _say(Bug("E700", where=type(error).__name__))
        return Bug.exit_code
    _print(json.dumps(result, ensure_ascii=False, indent=1) if given["as_json"] else text)
    return code


def _terminate(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt("SIGTERM")


def _print(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError:
        # A closed or full stdout costs the summary, not the finished dossier.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def _say(error: AuditError, *, as_json: bool = False) -> None:
    """Print what is wrong, where, and how to mend it on stderr."""
    what, mend = explain_error(error)
    if as_json:
        described = {"code": error.code, "what": what, "where": error.where, "mend": mend}
        _print(json.dumps({"error": described}, ensure_ascii=False, indent=1))
        return
    writer = Writer({})
    params = {"code": Name(text=error.code)}
    lead = writer.text(Message.model_validate({"key": "console.error", "params": params}))
    sys.stderr.write(f"{lead} {what}\n  {mend}\n")
