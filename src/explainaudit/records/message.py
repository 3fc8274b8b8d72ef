"""What is said before it is worded: a key of the catalogue and its parameters, never a sentence.

A computed number is always a `Ref` to a measure, so that whatever withholds the measure withholds
it in every sentence, table cell and caption as well. Text from the user is always a `Name`.
"""

from __future__ import annotations

from typing import Literal

from explainaudit.records.record import Record

Part = Literal["value", "interval", "low", "high", "n"]


class Name(Record):
    """Text that came from the user: a column, a category, a cell value, a statement."""

    text: str


class Ref(Record):
    """One part of one measure, by the measure's id."""

    measure: str
    part: Part = "value"


class Series(Record):
    """Several parameters to be joined as a list in the reader's language."""

    items: tuple[Param, ...]


class Message(Record):
    """A key of the wording catalogue with the parameters its text names."""

    key: str
    params: dict[str, Param] = {}


Param = Name | Ref | Series | Message

Series.model_rebuild()
Message.model_rebuild()
