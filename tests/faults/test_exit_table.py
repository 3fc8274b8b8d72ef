"""The exit table: every kind, every code, and what counts when several things happen."""

import ast
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit import console, errors
from explainaudit.errors import (
    KINDS,
    PRECEDENCE,
    AuditError,
    Bug,
    Cancelled,
    VerificationFailed,
    exit_code,
    kind_of,
)
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.writer import explain_error

SOURCE = Path(errors.__file__).parent
CODES = sorted({key.split(".")[1] for key in catalogue("en") if key.startswith("error.")})


def raised():
    """Every ``Kind("E123", ...)`` in the source, as (file and line, kind, code)."""
    kinds = {kind.__name__: kind for kind in KINDS}
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
                for code in ast.walk(node.args[0]):
                    if isinstance(code, ast.Constant) and str(code.value).startswith("E"):
                        yield f"{file.name}:{node.lineno}", kinds[node.func.id], code.value


def test_the_kinds_are_all_there_is():
    assert set(AuditError.__subclasses__()) == set(KINDS)
    assert {kind.exit_code for kind in KINDS} == {2, 3, 4, 5, 6, 7, 9, 70, 130}
    assert set(PRECEDENCE) == {kind.exit_code for kind in KINDS} | {1, 143}


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_one_kind_and_crosses_the_boundary(code):
    kind = kind_of(code)
    error = kind(code, "somewhere", rows=3)
    again = AuditError.from_json(error.to_json())
    assert type(again) is kind
    assert (again.code, again.where, again.params) == (code, "somewhere", {"rows": 3})
    assert kind is Cancelled or code[1:].startswith(str(kind.exit_code))


def test_every_raise_names_a_code_of_its_kind_that_has_words():
    found = list(raised())
    assert len(found) > 60
    assert [place for place, kind, code in found if kind_of(code) is not kind] == []
    assert {code for _, _, code in found} - set(CODES) == set()


@settings(derandomize=True)
@given(st.sets(st.sampled_from([0, *PRECEDENCE])))
def test_several_at_once(codes):
    if stopped := codes & {130, 143}:
        expected = min(stopped)
    elif worst := codes & {2, 4, 5, 6, 7, 9, 70}:
        expected = min(worst)
    else:
        expected = 1 if 1 in codes else 3 if 3 in codes else 0
    assert exit_code(codes) == expected


FIRST = {kind_of(code): code for code in reversed(CODES) if kind_of(code) is not Cancelled}


def test_only_verification_has_no_words_yet():
    assert set(KINDS) - set(FIRST) == {Cancelled, VerificationFailed}


@pytest.mark.parametrize(("kind", "code"), FIRST.items())
def test_a_command_that_raises_ends_with_the_code_of_its_kind(capsys, kind, code):
    params = dict.fromkeys(words_of(code), "x")

    def command():
        raise kind(code, "somewhere", **params)

    assert console.reported({"as_json": False}, command) == kind.exit_code
    out, err = capsys.readouterr()
    what, mend = explain_error(kind(code, "somewhere", **params))
    assert out == ""
    assert err == f"{code}: {what}\n  {mend}\n"


def words_of(code):
    text = catalogue("en")[f"error.{code}.what"] + catalogue("en")[f"error.{code}.mend"]
    return {name for _, name, _, _ in Formatter().parse(text) if name and name != "where"}


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (KeyboardInterrupt("SIGTERM"), 143)])
def test_a_stopped_command(capsys, stop, code):
    def command():
        raise stop

    assert console.reported({"as_json": False}, command) == code
    assert capsys.readouterr().err.startswith(f"E{code}: ")


def test_a_bug_is_told_without_its_values(capsys, monkeypatch):
    def command():
        raise ValueError("customer 4711")

    assert console.reported({"as_json": False}, command) == Bug.exit_code == 70
    out, err = capsys.readouterr()
    assert "4711" not in out + err
    assert err.startswith("E700: ")
    assert "ValueError" in err
    monkeypatch.setenv("EXPLAINAUDIT_DEBUG", "1")
    with pytest.raises(ValueError, match="4711"):
        console.reported({"as_json": False}, command)
