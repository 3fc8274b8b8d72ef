"""Which stages a run needs, in which order; what is finished is not done again."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from explainaudit.analysis import Analysis, settings_of
from explainaudit.engine.watch import Engine
from explainaudit.errors import AnalysisFailed, AuditError
from explainaudit.planning import Request
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message
from explainaudit.records.stage import Consent, Described, Selection, StageCall, Trial
from explainaudit.records.table import RowTable

Progress = Callable[[str, int, int], None]


@dataclass
class Schedule:
    """The stages of one run over one engine.

    ``progress(analysis, done, total)`` hears how far the work for a question has come.
    """

    request: Request
    consent: Consent
    stages: Path
    engine: Engine
    progress: Progress
    errors: list[AuditError] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    _done: dict[str, str] = field(default_factory=dict)
    _explained: bool = True

    def describe(self) -> Described:
        """Open the model and the tables. Raises the stage's error."""
        self._must("data", [("describe", "")])
        return Described.model_validate_json((self.stages / "describe" / "described.json").read_bytes())

    def attempt(self) -> Trial:
        """Open everything and score a few rows. Raises the stage's error."""
        self.describe()
        self._must("performance", [("attempt", "")])
        return Trial.model_validate_json((self.stages / "attempt" / "trial.json").read_bytes())

    def score(self, described: Described) -> None:
        """Run the model once over all rows. Raises the first partition's error."""
        size = described.plan.partition_rows
        parts = range(-(-described.rows // size))
        self._must("performance", [("score", f"{part:06d}") for part in parts])

    def explains(self, analyses: Sequence[Analysis], described: Described) -> bool:
        """Return whether some requested analysis wants attributions, and the task has them."""
        plan = self.request.plan.measuring
        wanted = (each for each in analyses if plan.analyses.get(each.name, {}) is not None)
        needed = any(each.needs(settings_of(each, plan)).attributions for each in wanted)
        return needed and described.plan.task.type == "binary"

    def explain(self) -> None:
        """Choose and explain rows and cases; a failure is kept for the analyses that wanted them."""
        errors = self._run("importance", [("select", "")])
        if not errors:
            chosen = Selection.model_validate_json((self.stages / "select" / "selection.json").read_bytes())
            chunks = [("explain", f"rows{number:06d}") for number in range(len(chosen.chunks))]
            errors = self._run("importance", [("explain", "cases"), *chunks])
        self.errors += errors
        self._explained = not errors

    def measure(self, analyses: Sequence[Analysis]) -> tuple[Evidence, ...]:
        """Let every requested analysis measure; one that cannot leaves evidence that says why."""
        plan = self.request.plan.measuring
        found = []
        for analysis in analyses:
            if plan.analyses.get(analysis.name, {}) is None:
                found.append(_no_evidence(analysis.name, "not_requested"))
                continue
            if analysis.needs(settings_of(analysis, plan)).attributions and not self._explained:
                self.errors.append(AnalysisFailed("E301", where=analysis.name))
                found.append(_no_evidence(analysis.name, "failed"))
                continue
            errors = self._run(analysis.name, [("measure", analysis.name)])
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
        return described.rows + sum(int(cost["evaluations"]) for cost in costs)

    def row_tables(self) -> tuple[tuple[RowTable, bytes], ...]:
        """Return the tables with a row per audited row, as records and as Parquet."""
        found = []
        for listing in sorted(self.stages.glob("measure-*/row_tables.json")):
            for entry in json.loads(listing.read_bytes()):
                table = RowTable.model_validate(entry)
                found.append((table, (listing.parent / table.file).read_bytes()))
        return tuple(found)

    def _must(self, analysis: str, parts: Sequence[tuple[str, str]]) -> None:
        if errors := self._run(analysis, parts):
            raise errors[0]

    def _run(self, analysis: str, parts: Sequence[tuple[str, str]]) -> list[AuditError]:
        """Run the parts that are not finished; return their errors in the order of the parts."""
        started = time.monotonic()
        folders = {_name(stage, part): self.stages / _folder(stage, part) for stage, part in parts}
        waiting = [
            self._call(stage, part) for stage, part in parts if not folders[_name(stage, part)].is_dir()
        ]
        finished, total = len(parts) - len(waiting), len(parts)
        self.progress(analysis, finished, total)
        within: dict[str, float] = {}

        def watch(call: StageCall, done: int, total: int) -> None:
            within[call.out] = done / total
            self.progress(analysis, finished + int(sum(within.values())), len(parts))

        errors = self.engine.run(waiting, watch)
        for call in waiting:
            if call.out in errors:
                shutil.rmtree(call.out, ignore_errors=True)
            else:
                Path(call.out).replace(self.stages / _folder(call.stage, call.part))
        self._done |= {name: str(path) for name, path in folders.items() if path.is_dir()}
        self.progress(analysis, total, total)
        spent = time.monotonic() - started
        self.seconds[parts[0][0]] = self.seconds.get(parts[0][0], 0.0) + spent
        return [errors[call.out] for call in waiting if call.out in errors]

    def _call(self, stage: str, part: str) -> StageCall:
        out = self.stages / f"{_folder(stage, part)}.part"
        out.mkdir(mode=0o700)
        return StageCall(
            stage=stage,
            part=part,
            out=str(out.absolute()),
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


def _name(stage: str, part: str) -> str:
    return f"{stage}/{part}" if part else stage


def _folder(stage: str, part: str) -> str:
    return f"{stage}-{part}" if part else stage


def _no_evidence(analysis: str, reason: str) -> Evidence:
    answer = Message(key=f"not_assessed.{reason}")
    return Evidence.model_validate({"analysis": analysis, "answer": answer, "not_assessed": reason})
