"""What `init --for` adds: words, the statements a reviewer asks for, dated instruments."""

import pytest
from ruamel.yaml import YAML
from sketches import CREDIT, START, read, sketch

from explainaudit.analyses import ANALYSES
from explainaudit.planning import request_of
from explainaudit.proposing import FIELDS, Start, propose
from explainaudit.proposing.fields import asked_in, instruments_of
from explainaudit.records.plan import Words
from explainaudit.records.statements import STATEMENT_KEYS


@pytest.mark.parametrize("field", FIELDS)
def test_fields_have_words_statements_and_instruments(field):
    assert set(asked_in(field)) <= set(STATEMENT_KEYS)
    assert len(asked_in(field)) == len(set(asked_in(field))) > 10
    told = " ".join(instruments_of(field))
    assert "2 December 2027" in told
    assert "in force" not in told
    draft = propose(sketch(*CREDIT), Start(paths=START.paths, schema=START.schema, field=field))
    assert set(read(draft)["words"]) == set(Words.model_fields)
    assert "statements" not in read(draft)


def test_empty_statements_can_be_filled_in(tmp_path):
    start = Start(paths=START.paths, schema=START.schema, field="hiring")
    draft = propose(sketch(*CREDIT), start)
    head, _, block = draft.text.partition("# statements:\n")
    block = block.partition("\n\n")[0]
    for key, value in (("text", "A"), ("author", "B"), ("date", "2026-01-02")):
        block = f"{block}\n".replace(f"{key}:\n", f"{key}: {value}\n").rstrip()
    opened = "\n".join(each.removeprefix("# ") for each in block.splitlines())
    plan = YAML(typ="safe", pure=True).load(head.replace("CONFIRM", "event") + "statements:\n" + opened)
    request = request_of(plan, folder=tmp_path, analyses=ANALYSES, where="x")
    assert tuple(request.plan.human.statements) == asked_in("hiring")
