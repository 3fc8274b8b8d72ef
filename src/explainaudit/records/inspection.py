"""What a model file is and what loading it would make, as far as it tells without being loaded."""

from typing import Literal

from explainaudit.records.record import Record

# How a named part is judged, the gravest first.
Standing = Literal["dangerous", "untrusted", "unusual", "reviewed", "usual"]


class NamedPart(Record):
    """A type or function that a file names; ``called`` if loading would call it."""

    name: str
    standing: Standing
    called: bool = False


class Inspection(Record):
    """What a model file is.

    ``runs_code`` tells formats that execute when they are loaded from those that hold data alone.
    ``read_to`` is the byte up to which the (unpacked) content could be followed, ``None`` for all of it.
    """

    name: str
    format: str
    size: int
    digest: str
    runs_code: bool = False
    protocol: int | None = None
    read_to: int | None = None
    saved_with: dict[str, str] = {}
    parts: tuple[NamedPart, ...] = ()
    objective: str | None = None
    counts: dict[str, int] = {}
    inputs: tuple[str, ...] = ()
