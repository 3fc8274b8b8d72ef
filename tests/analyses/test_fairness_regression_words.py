"""What is said of the groups of a regression: shares above the median are no decisions."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.message import Message
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from grouped import asked, regression


class Heard(Writer):
    """A writer that keeps every sentence it has written."""

    def __init__(self, found: Evidence) -> None:
        super().__init__({each.id: each for each in found.measures})
        self.said: set[str] = set()

    def text(self, message: Message) -> str:
        written = super().text(message)
        self.said.add(written)
        return written


def messages(record: Any) -> Iterator[Message]:
    """Yield every message that a record or what it holds has."""
    if isinstance(record, Message):
        yield record
    if isinstance(record, BaseModel):
        record = tuple(getattr(record, name) for name in type(record).model_fields)
    if isinstance(record, dict):
        record = tuple(record.values())
    for each in record if isinstance(record, tuple) else ():
        yield from messages(each)


@pytest.mark.parametrize("groups", [3, 30])
def test_nothing_speaks_of_decisions_or_selection(groups):
    """A number is predicted: figures rest on the share above the median, which is no decision."""
    rng = np.random.default_rng(8)
    sex = np.array([f"g{i:02d}" for i in range(groups)]).repeat(80)
    sex = np.where(rng.uniform(size=len(sex)) < 0.1, None, sex)
    score = rng.normal(size=len(sex)) + 3 * (sex == "g01")
    label = score + rng.normal(size=len(sex)) + (sex == "g02")
    age = rng.choice(["old", "young"], size=len(sex), p=[0.1, 0.9])
    scored = regression(label, score, sex=sex, age=age)
    found = FAIRNESS.measure(
        asked(scored, "regression", intersections=(("sex", "age"),)), FAIRNESS.settings()
    )
    heard = Heard(found)
    judged = FAIRNESS.judge(found, FAIRNESS.settings())
    drawn = FAIRNESS.draw(found, Verdicts(flags=judged), heard)
    made = {each.metric for each in found.measures}
    defined = [f"fairness.{spec.metric}" for spec in FAIRNESS.measures if spec.metric in made]
    keys = (f"{kind}.{name}" for kind in ("measure", "formula") for name in defined)
    for each in messages((found, judged, drawn, *(Message(key=key) for key in keys))):
        heard.text(each)
    # The selection of a sample is another matter.
    heard.said.discard(heard.text(Message(key="note.sampling_only")))
    assert len(heard.said) > 100
    assert {each.code for each in judged} == {"FAIR01", "FAIR02", "FAIR03", "FAIR05"}
    wrong = re.compile(r"favour|select|decision|decided|better|worse", re.IGNORECASE)
    assert [each for each in heard.said if wrong.search(each)] == []


def test_strata_without_decisions_are_said_not_to_be_assessed():
    scored = regression(np.arange(80.0), np.arange(80.0), sex=["a", "b"] * 40)
    strata = (GroupColumn(column="branch"),)
    found = FAIRNESS.measure(asked(scored, "regression", strata=strata), FAIRNESS.settings())
    assert "no_disparity" in {each.code for each in found.limitations}
    without = FAIRNESS.measure(asked(scored, "regression"), FAIRNESS.settings())
    assert "no_disparity" not in {each.code for each in without.limitations}
