"""A plan that stands, and ways to break it."""

from pathlib import Path

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.planning import Request, read_plan

PLAN = """\
version: 1
model: {path: model.skops}
data: {sample: sample.csv}
task: {target: y, event: bad}
decision: {favourable: no event}
"""


@pytest.fixture
def plan(tmp_path: Path):
    """Return a function that reads ``PLAN`` with lines added, or another text or bytes altogether."""

    def read(added: str = "", *, whole: str | bytes | None = None) -> Request:
        content = PLAN + added if whole is None else whole
        path = tmp_path / "audit.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_plan(path, ANALYSES)

    return read
