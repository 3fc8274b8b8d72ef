"""One stage alone: a question to a child before there is a plan."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from explainaudit.engine.local import Local
from explainaudit.records.plan import Measuring, Task
from explainaudit.records.stage import Consent, StageCall

SECONDS = 600
MEMORY_MB = 8192


def answer_of(stage: str, files: Mapping[str, Path], consent: Consent | None = None) -> bytes:
    """Run a stage in a child of its own, with its limits, and return the JSON that it wrote.

    Raises the error of the stage.
    """
    with TemporaryDirectory(prefix="explainaudit-") as folder:
        call = StageCall(
            stage=stage,
            out=str(Path(folder) / stage),
            plan=Measuring(task=Task(target="")),
            files={name: str(path.absolute()) for name, path in files.items()},
            consent=consent or Consent(),
            memory_mb=MEMORY_MB,
        )
        engine = Local(1, SECONDS)
        try:
            errors = engine.run([call], lambda _: None)
        finally:
            engine.close()
        if errors:
            raise errors[call.out]
        return (Path(call.out) / "answer.json").read_bytes()
