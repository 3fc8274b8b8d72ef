"""Every refusal of a plan: its code, its place, and the nearest key; and texts that are no plan at all."""

import os
import re

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.errors import UsageError
from explainaudit.planning import read_plan
from explainaudit.wording.writer import explain_error

SENSITIVE = "sensitive: [sex]\n"


def refused(plan, *args, **kwargs) -> UsageError:
    with pytest.raises(UsageError) as caught:
        plan(*args, **kwargs)
    what, mend = explain_error(caught.value)
    assert what
    assert mend
    assert not re.search(r"\{[a-z]+\}", what + mend)
    return caught.value


@pytest.mark.parametrize(
    ("added", "code", "where", "nearest"),
    [
        ("sead: 1\n", "E205", "audit.yaml: sead", "seed"),
        ("explain: {row: 5}\n", "E205", "audit.yaml: explain.row", "rows"),
        ("limits: {stage_second: 5}\n", "E205", "audit.yaml: limits.stage_second", "stage_seconds"),
        ("analyses: {fairnes: {}}\n", "E205", "audit.yaml: analyses.fairnes", "fairness"),
        (
            "analyses: {data: {missing_shar: 1}}\n",
            "E205",
            "audit.yaml: analyses.data: missing_shar",
            "missing_share",
        ),
        ("sensitive: [{column: a, edge: [1]}]\n", "E205", "audit.yaml: sensitive.0.edge", "edges"),
        (
            "criteria: [{mesure: data.rows, at_least: 1}]\n",
            "E205",
            "audit.yaml: criteria.0.mesure",
            "measure",
        ),
        (
            "statements: {system.purpos: {text: x, author: y, date: 2026-01-01}}\n",
            "E205",
            "audit.yaml: statements.system.purpos",
            "system.purpose",
        ),
        (
            SENSITIVE + "criteria: [{measure: fairness.tpr, at_least: 1, dimensions: {sensitive: sx}}]\n",
            "E205",
            "audit.yaml: criteria, entry 1: sx",
            "sex",
        ),
        (
            "criteria: [{measure: performance.aucc, at_least: 1}]\n",
            "E209",
            "audit.yaml: criteria, entry 1",
            "performance.auc",
        ),
    ],
)
def test_a_misspelt_name_is_named_with_the_nearest(plan, added, code, where, nearest):
    error = refused(plan, added)
    assert (error.code, error.where, error.params["nearest"]) == (code, where, nearest)


@pytest.mark.parametrize(
    ("added", "code", "where"),
    [
        ("seed: many\n", "E204", "audit.yaml: seed"),
        ("seed: .nan\n", "E204", "audit.yaml: seed"),
        ("partition_rows: 99\n", "E204", "audit.yaml: partition_rows"),
        ("explain: {lime_most: 1}\n", "E204", "audit.yaml: explain.lime_most"),
        ("explain: {output: logit}\n", "E204", "audit.yaml: explain.output"),
        ("sensitive: sex\n", "E204", "audit.yaml: sensitive"),
        ("sensitive: [{edges: [1]}]\n", "E212", "audit.yaml: sensitive.0.column"),
        ("documents: {accent: red}\n", "E204", "audit.yaml: documents.accent"),
        ("analyses: {data: true}\n", "E204", "audit.yaml: analyses.data"),
        ("analyses: {data: {missing_share: lots}}\n", "E204", "audit.yaml: analyses.data: missing_share"),
        ("criteria: [{at_least: 1}]\n", "E212", "audit.yaml: criteria.0.measure"),
        ("criteria: {entries: [{at_least: 1}]}\n", "E212", "audit.yaml: criteria.0.measure"),
        ("criteria: {familywise: maybe}\n", "E204", "audit.yaml: criteria.familywise"),
        ("criteria: 3\n", "E204", "audit.yaml: criteria"),
        ("criteria: [{measure: data.rows, at_least: .inf}]\n", "E204", "audit.yaml: criteria.0.at_least"),
        (
            "statements: {owner: {text: '', author: y, date: 2026-01-01}}\n",
            "E204",
            "audit.yaml: statements.owner.text",
        ),
        ("statements: {owner: {author: y, date: 2026-01-01}}\n", "E212", "audit.yaml: statements.owner.text"),
        ("1: x\n", "E204", "audit.yaml: 1"),
        (SENSITIVE + "sensitive: [age]\n", "E203", "audit.yaml:7"),
        ("words: {person: a, person: b}\n", "E203", "audit.yaml:6"),
        ("sensitive: [sex, {column: sex}]\n", "E207", "audit.yaml: sensitive"),
        ("sensitive: [{column: age, edges: [30, 18]}]\n", "E208", "audit.yaml: sensitive.age.edges"),
        ("sensitive: [{column: age, edges: [18, 18]}]\n", "E208", "audit.yaml: sensitive.age.edges"),
        ("sensitive: [{column: age, edges: []}]\n", "E208", "audit.yaml: sensitive.age.edges"),
        ("criteria: [{measure: performance.auc}]\n", "E210", "audit.yaml: criteria, entry 1"),
        (
            "criteria: [{measure: performance.auc, at_least: 0, at_most: 1}]\n",
            "E210",
            "audit.yaml: criteria, entry 1",
        ),
        (
            "criteria: [{measure: fairness.impact_ratio, at_most: 1.25}]\n",
            "E220",
            "audit.yaml: criteria, entry 1",
        ),
        *(
            (f"criteria: [{{measure: {said}}}]\n", code, "audit.yaml: criteria, entry 1")
            for said, code in (
                ("fairness.difference, at_least: -0.1", "E261"),
                ("fairness.difference, at_most: -0.1", "E261"),
                ("fairness.difference, at_most: 10", "E226"),
                ("fairness.shortfall, at_most: 10", "E262"),
                ("fairness.detectable, at_most: 0.1", "E262"),
                ("fairness.p_holm, at_least: 0.05", "E262"),
            )
        ),
        (
            "criteria: [{measure: performance.auc, at_least: 0, dimensions: {group: a}}]\n",
            "E211",
            "audit.yaml: criteria, entry 1",
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_place(plan, added, code, where):
    error = refused(plan, added)
    assert (error.code, error.where) == (code, where)


@pytest.mark.parametrize("key", ["version", "model", "data", "task"])
def test_a_missing_part_is_named(plan, key):
    lines = ["version: 1", "model: {path: m}", "data: {sample: s}", "task: {target: y}"]
    error = refused(plan, whole="\n".join(line for line in lines if not line.startswith(key)))
    assert (error.code, error.where) == ("E212", f"audit.yaml: {key}")


def test_a_misspelt_key_is_named_rather_than_the_one_it_leaves_missing(plan):
    text = "version: 1\nmodel: {path: m}\ndata: {sampel: s}\ntask: {target: y}\n"
    error = refused(plan, whole=text)
    assert (error.code, error.where, error.params) == (
        "E205",
        "audit.yaml: data.sampel",
        {"nearest": "sample"},
    )


def test_another_version_of_the_format_is_refused(plan):
    error = refused(plan, whole="version: 0\nmodel: {path: m}\ndata: {sample: s}\ntask: {target: y}\n")
    assert (error.code, error.where) == ("E204", "audit.yaml: version")


def test_sensitive_features_need_a_favourable_decision(plan):
    text = "version: 1\nmodel: {path: m}\ndata: {sample: s}\ntask: {target: y}\nsensitive: [sex]\n"
    assert refused(plan, whole=text).code == "E206"
    assert plan(whole=text + "decision: {favourable: event}\n").plan.measuring.sensitive
    assert plan(whole=text.replace("target: y", "target: y, type: regression")).plan.measuring.sensitive


@pytest.mark.parametrize(
    ("whole", "where"),
    [
        ("", "audit.yaml"),
        ("# only a comment\n", "audit.yaml"),
        ("- a\n- b\n", "audit.yaml"),
        ("just text\n", "audit.yaml"),
        ("version: 1\nmodel:\n\tpath: m\n", "audit.yaml:3"),
        ("version: 1\nmodel: {path: m\n", "audit.yaml:3"),
        ("version: 1\n---\nversion: 1\n", "audit.yaml:2"),
        ("version: 1\nmodel: !!python/object/apply:os.getcwd []\n", "audit.yaml:2"),
        ("version: *nowhere\n", "audit.yaml:1"),
        (b"version: 1\x00\n", "audit.yaml"),
        ("criteria: [{measure: data.rows, at_least: 1, declared: 2026-02-30}]\n", "audit.yaml"),
        ("seed: " + "1" * 5000, "audit.yaml"),
        ("seed: !!int abc\n", "audit.yaml"),
        ("seed: !!bool maybe\n", "audit.yaml"),
        ("? {a: b}\n: c\n", "audit.yaml:1"),
    ],
)
def test_what_is_no_plan_in_yaml_is_refused_with_its_line(plan, whole, where):
    error = refused(plan, whole=whole)
    assert (error.code, error.where) == ("E202", where)


@pytest.mark.parametrize("whole", [bytes(range(256)), "version: 1".encode("utf-16"), b"\xff\xfe\x00"])
def test_a_binary_file_cannot_be_read(plan, whole):
    error = refused(plan, whole=whole)
    assert (error.code, error.params) == ("E201", {"kind": "UnicodeDecodeError"})


def test_a_path_that_is_not_there_or_is_a_folder(tmp_path):
    for path, kind in ((tmp_path / "none.yaml", "FileNotFoundError"), (tmp_path, "IsADirectoryError")):
        with pytest.raises(UsageError, match="E201") as caught:
            read_plan(path, ANALYSES)
        assert (caught.value.where, caught.value.params) == (os.fspath(path), {"kind": kind})


def aliases(opening: str, closing: str, inner: str) -> str:
    """Return eleven levels, each of which repeats the one before nine times: 9¹¹ leaves."""
    levels = [f"a0: &a0 {inner}"]
    levels += [f"a{i}: &a{i} {opening}{', '.join([f'*a{i - 1}'] * 9)}{closing}" for i in range(1, 12)]
    return "\n".join(levels) + "\n"


@pytest.mark.parametrize(
    ("whole", "code"),
    [
        ("a: " + "[" * 2000 + "]" * 2000, "E202"),
        ("a: " + "{a: " * 2000 + "1" + "}" * 2000, "E202"),
        ("".join(" " * depth + "a:\n" for depth in range(1000)), "E202"),
        (aliases("[", "]", "[x, y]"), "E205"),
        (aliases("{<<: [", "]}", "{x: y}"), "E202"),
        (
            "analyses: &a {data: *a}\nversion: 1\nmodel: {path: m}\ndata: {sample: s}\ntask: {target: y}\n",
            "E205",
        ),
        (
            "words: &w {person: *w}\nversion: 1\nmodel: {path: m}\ndata: {sample: s}\ntask: {target: y}\n",
            "E204",
        ),
    ],
    ids=["lists", "mappings", "blocks", "aliases", "merges", "itself", "itself in words"],
)
def test_depth_and_repetition_are_refused_before_they_unfold(plan, whole, code):
    assert refused(plan, whole=whole).code == code


@pytest.mark.parametrize(
    ("added", "code", "where"),
    [
        (
            SENSITIVE + "criteria: [{measure: fairness.impact_ratio, at_least: 80}]\n",
            "E226",
            "criteria, entry 1",
        ),
        ("criteria: [{measure: performance.accuracy, at_most: -0.1}]\n", "E226", "criteria, entry 1"),
        ("sensitive: [y]\n", "E227", "sensitive.y"),
    ],
)
def test_what_cannot_be_meant_is_refused(plan, added, code, where):
    found = refused(plan, added)
    assert (found.code, found.where) == (code, f"audit.yaml: {where}")


@pytest.mark.parametrize("threshold", ["30", "-1", "1.01"])
def test_a_threshold_is_a_probability(plan, threshold):
    text = "version: 1\nmodel: {path: m}\ndata: {sample: s}\ntask: {target: y}\n"
    found = refused(plan, whole=f"{text}decision: {{threshold: {threshold}}}\n")
    assert (found.code, found.where) == ("E204", "audit.yaml: decision.threshold")
