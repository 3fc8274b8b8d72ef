"""The published JSON Schemas are those of the records, and the sample plan keeps to its own.

After a change of a record: ``EXPLAINAUDIT_WRITE_SCHEMAS=1 pytest tests/planning/test_schemas.py``.
"""

import json
import os
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from explainaudit.analyses import ANALYSES
from explainaudit.planning import plan_schema
from explainaudit.records.bundle import Bundle

ROOT = Path(__file__).parents[2]
SCHEMAS = {"plan": plan_schema(ANALYSES), "bundle": Bundle.model_json_schema()}


@pytest.mark.parametrize("name", SCHEMAS)
def test_published_schemas_are_up_to_date(name):
    path = ROOT / "docs" / "reference" / f"{name}.schema.json"
    text = json.dumps(SCHEMAS[name], indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("EXPLAINAUDIT_WRITE_SCHEMAS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def conforms(value, schema, place="plan"):
    """Check a value against the part of JSON Schema that these schemas use."""
    if "$ref" in schema:
        return conforms(value, SCHEMAS["plan"]["$defs"][schema["$ref"].removeprefix("#/$defs/")], place)
    if "anyOf" in schema:
        found = [conforms(value, option, place) for option in schema["anyOf"]]
        return [] if [] in found else found[0]
    if "const" in schema:
        return [] if value == schema["const"] else [place]
    if "enum" in schema and value not in schema["enum"]:
        return [place]
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    kinds["number"] = (int, float)
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [place]
    wrong = [f"{place}.{name}" for name in schema.get("required", ()) if name not in value]
    if isinstance(value, dict):
        for name, part in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            wrong += [f"{place}.{name}"] if inner is False else conforms(part, inner or {}, f"{place}.{name}")
    if isinstance(value, list):
        wrong += [
            bad for i, part in enumerate(value) for bad in conforms(part, schema["items"], f"{place}.{i}")
        ]
    return wrong


def plan_as_json(text: str):
    """Read YAML as JSON has it: dates are texts."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


def test_the_sample_plan_conforms():
    text = (ROOT / "sample_models" / "credit" / "audit.yaml").read_text(encoding="utf-8")
    assert conforms(plan_as_json(text), SCHEMAS["plan"]) == []


BASE = "version: 1\nmodel: {path: m}\ndata: {sample: s}\ntask: {target: y, event: 1}\n"


@pytest.mark.parametrize(
    "added",
    [
        "sensitive: [sex, {column: age, edges: [18]}]\n",
        "strata: [job, {column: age, edges: [18]}]\n",
        "sensitive: [a, b, c]\nintersections: [[a, b], [a, b, c]]\n",
        "analyses: {fairness: false}\n",
    ],
)
def test_short_forms_conform_as_they_are_read(plan, added):
    text = BASE + "decision: {favourable: event}\n" + added
    assert plan(whole=text)
    assert conforms(plan_as_json(text), SCHEMAS["plan"]) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BASE + "sead: 1\n", "plan.sead"),
        (BASE + "analyses: {data: {missing_shar: 1}}\n", "plan.analyses.data.missing_shar"),
        (BASE + "analyses: {fairnes: {}}\n", "plan.analyses.fairnes"),
        (BASE + "sensitive: [1]\n", "plan.sensitive.0"),
        ("version: 1\n", "plan.model"),
    ],
)
def test_what_a_plan_may_not_hold_does_not_conform(text, place):
    assert place in conforms(plan_as_json(text), SCHEMAS["plan"])


def test_every_analysis_has_a_block_for_its_settings():
    blocks = SCHEMAS["plan"]["$defs"]["Analyses"]
    assert list(blocks["properties"]) == [analysis.name for analysis in ANALYSES]
    for analysis in ANALYSES:
        block, off = blocks["properties"][analysis.name]["anyOf"]
        fields = SCHEMAS["plan"]["$defs"][block["$ref"].removeprefix("#/$defs/")]["properties"]
        assert list(fields) == list(analysis.settings.model_fields)
        assert off["const"] is False
