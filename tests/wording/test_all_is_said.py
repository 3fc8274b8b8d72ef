"""Every message of a whole audit is worded, in both editions: no key and no parameter is missing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.edition import edition
from explainaudit.records.bundle import Environment
from explainaudit.records.dossier import Dossier, Edition
from explainaudit.records.message import Message, Ref
from explainaudit.records.plan import Human, Words
from explainaudit.wording.writer import Writer
from handmade import audited

ENVIRONMENT = Environment(
    date="2026-01-02",
    versions={"python": "3", "shap": "0"},
    isolation="isolation.process",
    engine="here",
    platform="x",
    cpu="x",
    blas="x",
    files={"model.skops": "0" * 64},
)
WORDS = Words(person="applicant", persons="applicants", favourable="approved", event="default")


def everything(record: Any) -> Iterator[Message | Ref]:
    """Yield every message and every reference in a record, whatever holds it."""
    if isinstance(record, Message | Ref):
        yield record
    if isinstance(record, BaseModel):
        for name in type(record).model_fields:
            yield from everything(getattr(record, name))
    elif isinstance(record, dict):
        for value in record.values():
            yield from everything(value)
    elif isinstance(record, tuple):
        for value in record:
            yield from everything(value)


def dossier_of(which: Edition) -> Dossier:
    bundle, verdicts = edition(*audited(), which, 11)
    return compose((bundle, verdicts, ENVIRONMENT, Human(words=WORDS)), which, ANALYSES)


@pytest.mark.parametrize("which", ["restricted", "shareable"])
def test_every_message_has_its_words(which):
    dossier = dossier_of(which)
    numbers = [number for verdict in dossier.verdicts.verdicts for number in verdict.numbers]
    measures = dossier.bundle.measures() | {each.id: each for each in (*numbers, *dossier.numbers)}
    writer = Writer(measures, WORDS)
    said = {each.key: writer.text(each) for each in everything(dossier) if isinstance(each, Message)}
    assert len(said) > 150
    assert [key for key, text in said.items() if re.search(r"\{\w*\}", text) or not text] == []
    shown = [each for each in everything(dossier) if isinstance(each, Ref)]
    assert len(shown) > 200
    assert all(writer.cell_text(each) for each in shown)


def test_words_of_the_field_are_used():
    dossier = dossier_of("restricted")
    writer = Writer(dossier.bundle.measures(), WORDS)
    fairness = dossier.bundle.of("fairness")
    assert "were approved" in writer.text(fairness.answer)
    assert "default" in writer.text(dossier.bundle.of("performance").answer)
    assert "Shortfall, applicants" in [
        writer.text(column.heading) for column in fairness.table("reproduction:sex").columns
    ]


def test_a_number_is_never_typed_into_a_message():
    """Digits in what is said come from measures: with every measure withheld, there are none."""
    bundle, _ = audited()
    hidden = {
        name: each.model_copy(update={"value": None, "reason": "suppressed", "interval": None, "n": None})
        for name, each in bundle.measures().items()
    }
    writer = Writer(hidden, WORDS)
    for found in bundle.evidence:
        for message in [found.answer, *(each.message for each in found.limitations)]:
            assert not re.search(r"\d", re.sub("95 %", "", writer.text(message)))
