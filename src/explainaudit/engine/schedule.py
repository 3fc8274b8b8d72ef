"""Which stages a run needs, in which order; what is finished is not done again."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from explainaudit.analysis import Analysis, settings_of
from explainaudit.engine.watch import Engine
from explainaudit.errors import AnalysisFailed, AuditError
from explainaudit.planning import Request
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message
from explainaudit.records.stage import Consent, Described, Selection, StageCall, Trial
from explainaudit.records.table import RowTable

Progress = Callable[[str, int, int], None]

# Questions to the model beyond the score of every row, by the name of the need.
ASKED = ("attributions", "effects", "losses", "flips")


class Part(NamedTuple):
    """One part of a stage, and the rows it works on: its share of the progress."""

    stage: str
    part: str = ""
    rows: int = 1

    @property
    def name(self) -> str:
        """What other stages call it: ``stage`` or ``stage/part``."""
        return f"{self.stage}/{self.part}" if self.part else self.stage


@dataclass
class Schedule:
    """The stages of one run over one engine.

    ``progress(analysis, done, total)`` hears how many rows of the work for a question are done.
    """

    request: Request
    consent: Consent
    stages: Path
    engine: Engine
    progress: Progress
    analyses: Sequence[Analysis]
    errors: list[AuditError] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    _done: dict[str, str] = field(default_factory=dict)
    _rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    _unanswered: set[str] = field(default_factory=set)

    def describe(self) -> Described:
        """Open the model and the tables. Raises the stage's error."""
        self._must("data", [Part("describe")])
        return Described.model_validate_json((self.stages / "describe" / "described.json").read_bytes())

    def attempt(self) -> Trial:
        """Open everything and score a few rows. Raises the stage's error."""
        self.describe()
        self._must("performance", [Part("attempt")])
        return Trial.model_validate_json((self.stages / "attempt" / "trial.json").read_bytes())

    def score(self, described: Described) -> None:
        """Run the model once over all rows of the tables that are wanted. Raises the first error."""
        size = described.plan.partition_rows
        rows = {table.name: table.rows for table in described.tables}
        tables = [name for name in described.scored if name == "sample" or self._need("training")]
        parts = [
            Part("score", f"{name}-{number:06d}", min(size, rows[name] - start))
            for name in tables
            for number, start in enumerate(range(0, rows[name], size))
        ]
        self._must("performance", parts)

    def explain(self) -> None:
        """Choose rows and cases and ask the model about them, as far as analyses want it.

        A failure is kept for the analyses that wanted its answers.
        """
        kinds = [kind for kind in ASKED if self._need(kind)]
        if not kinds:
            return
        errors = self._run("importance", [Part("select")])
        if errors:
            self.errors += errors
            self._unanswered.update(kinds)
            return
        chosen = Selection.model_validate_json((self.stages / "select" / "selection.json").read_bytes())
        parts = {kind: self._asked(kind, chosen) for kind in kinds}
        self.errors += self._run("importance", [part for of_kind in parts.values() for part in of_kind])
        for kind, of_kind in parts.items():
            if not all(part.name in self._done for part in of_kind):
                self._unanswered.add(kind)  # no analysis sees rows of which some are missing
                for part in of_kind:
                    self._done.pop(part.name, None)

    def _asked(self, kind: str, chosen: Selection) -> list[Part]:
        if kind != "attributions":
            return [Part("explain", kind)]
        chunks = [
            Part("explain", f"rows{number:06d}", stop - start)
            for number, (start, stop) in enumerate(chosen.chunks)
        ]

        return [
            Part("explain", "cases", len(chosen.cases)),
            Part("explain", "check", len(chosen.cases)),
            *chunks,
        ]

    def _need(self, kind: str) -> bool:
        """Return whether some analysis that the plan requests has a need (a field of `Needs`)."""
        plan = self.request.plan.measuring
        wanted = (each for each in self.analyses if plan.analyses.get(each.name, {}) is not None)
        return any(getattr(each.needs(settings_of(each, plan)), kind) for each in wanted)

    def measure(self) -> tuple[Evidence, ...]:
        """Let every requested analysis measure; one that cannot leaves evidence that says why."""
        plan = self.request.plan.measuring
        found = []
        for analysis in self.analyses:
            if plan.analyses.get(analysis.name, {}) is None:
                found.append(_no_evidence(analysis.name, "not_requested"))
                continue
            needs = analysis.needs(settings_of(analysis, plan))
            if any(getattr(needs, kind) for kind in self._unanswered):
                self.errors.append(AnalysisFailed("E301", where=analysis.name))
                found.append(_no_evidence(analysis.name, "failed"))
                continue
            errors = self._run(analysis.name, [Part("measure", analysis.name)])
            if errors:
                self.errors += [*errors, AnalysisFailed("E301", where=analysis.name)]
                found.append(_no_evidence(analysis.name, "failed"))
                continue
            written = self.stages / f"measure-{analysis.name}" / "evidence.json"
            found.append(Evidence.model_validate_json(written.read_bytes()))
        return tuple(found)

    def evaluations(self, described: Described) -> int:
        """Return how many rows the model was asked about."""
        costs = [json.loads(path.read_bytes()) for path in self.stages.glob("explain-*/cost.json")]
        scored = {name.removeprefix("score/").partition("-")[0] for name in self._done if "score/" in name}
        rows = sum(table.rows for table in described.tables if table.name in scored)
        return rows + sum(int(cost["evaluations"]) for cost in costs)

    def row_tables(self) -> tuple[tuple[RowTable, bytes], ...]:
        """Return the tables with a row per audited row, as records and as Parquet."""
        found = []
        for listing in sorted(self.stages.glob("measure-*/row_tables.json")):
            for entry in json.loads(listing.read_bytes()):
                table = RowTable.model_validate(entry)
                found.append((table, (listing.parent / table.file).read_bytes()))
        return tuple(found)

    def _must(self, analysis: str, parts: Sequence[Part]) -> None:
        if errors := self._run(analysis, parts):
            raise errors[0]

    def _run(self, analysis: str, parts: Sequence[Part]) -> list[AuditError]:
        """Run the parts that are not finished; return their errors in the order of the parts."""
        started = time.monotonic()
        waiting = {part: self._call(part) for part in parts if not self._folder(part).is_dir()}
        rows = {call.out: part.rows for part, call in waiting.items()}
        total = sum(part.rows for part in parts)
        done = [total - sum(rows.values())]
        before, beside = self._rows.get(analysis, (0, 0))
        self.progress(analysis, before + done[0], beside + total)

        def finished(call: StageCall) -> None:
            done.append(rows[call.out])
            self.progress(analysis, before + sum(done), beside + total)

        errors = self.engine.run(list(waiting.values()), finished)
        self._rows[analysis] = (before + sum(done), beside + total)
        for out in errors:
            shutil.rmtree(f"{out}.part", ignore_errors=True)
        for part in parts:
            if (folder := self._folder(part)).is_dir():
                self._done[part.name] = str(folder)
        stage = parts[0].stage
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - started
        return [errors[call.out] for call in waiting.values() if call.out in errors]

    def _folder(self, part: Part) -> Path:
        return self.stages.absolute() / part.name.replace("/", "-")

    def _call(self, part: Part) -> StageCall:
        return StageCall(
            stage=part.stage,
            part=part.part,
            out=str(self._folder(part)),
            inputs=self._done,
            plan=self.request.plan.measuring,
            files={name: str(path) for name, path in self.request.files.items()},
            consent=self.consent,
            memory_mb=self.request.plan.limits.memory_mb,
        )


def run_key(request: Request, consent: Consent, digests: dict[str, str], version: str) -> str:
    """Return the name of a run: what it measures, on which bytes, with which version."""
    parts = [request.plan.measuring.fingerprint(), consent.model_dump(mode="json"), digests, version]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _no_evidence(analysis: str, reason: str) -> Evidence:
    answer = Message(key=f"not_assessed.{reason}")
    return Evidence.model_validate({"analysis": analysis, "answer": answer, "not_assessed": reason})
