"""Every value that code can produce has its words: lists are taken from the types, never typed again."""

from itertools import product
from typing import get_args

import numpy as np
import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.analyses.performance.binary import RATES
from explainaudit.composing.dossier import GLOSSARY
from explainaudit.loading.headers import check_names
from explainaudit.loading.roles import roles
from explainaudit.planning import TABLES
from explainaudit.records.dossier import Edition
from explainaudit.records.evidence import Reason
from explainaudit.records.plan import ColumnType, DataSource, Measuring, SensitiveFeature, Task
from explainaudit.records.statements import STATEMENT_KEYS
from explainaudit.records.verdict import Level, Status
from explainaudit.stats.direction import Way
from explainaudit.stats.intervals import katz, koopman, newcombe, wilson
from explainaudit.stats.weighting import mean_interval
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.claims import claims_in
from handmade import RULES

TEXTS = catalogue("en")
ROLES = (
    "input",
    "input_and_sensitive",
    "target",
    "sensitive",
    "row_id",
    "weight",
    "cluster",
    "other",
)
RULES_OF_CLASSES = ("median_class", "least_certain", "surest_error", "surest")
RULES_OF_NUMBERS = ("lowest", "median", "highest", "too_high", "too_low")
SYMBOLS = (
    "not_applicable",
    "not_estimable",
    "zero_denominator",
    "insufficient",
    "reference",
    "missing_group",
)
METRICS = [(analysis.name, spec.metric) for analysis in ANALYSES for spec in analysis.measures]
SAID = ("meets", "does_not_meet", "inconclusive")
EXPECTED = {
    "question": [analysis.name for analysis in ANALYSES],
    "measure": [f"{analysis}.{metric}" for analysis, metric in METRICS],
    "meaning": [
        *(f"calibration_{metric}" for metric in ("in_the_large", "oe_ratio", "slope", "intercept", "ece")),
        *RATES,
        *("auc", "gini", "ks", "pr_auc", "brier", "log_loss", "expected_cost"),
        *("mae", "rmse", "bias", "median_error", "r2", "macro_recall", "macro_precision", "macro_f1"),
    ],
    "formula": [f"{analysis}.{metric}" for analysis, metric in METRICS],
    "way": get_args(Way),
    "status": get_args(Status),
    "level": get_args(Level),
    "not_assessed": get_args(Reason),
    "verdict.interval": (
        *(f"{kind}{said}" for kind in ("", "either_") for said in (*SAID, "few", "none", "seen")),
        *("reference", "points", "one_sided"),
    ),
    "verdict.impact": (
        *(f"{kind}{said}" for kind in ("", "one_") for said in SAID),
        *(
            "none",
            "flip",
            "flip_scoring",
            "needed",
            "unlikely",
            "small",
            "small_group",
            "one_small",
            "one_reference",
        ),
    ),
    "type": get_args(ColumnType),
    "role": ROLES,
    "rule": (*RULES, *RULES_OF_CLASSES, *RULES_OF_NUMBERS),
    "table_name": TABLES,
    "statement": STATEMENT_KEYS,
    "symbol": (*SYMBOLS, "suppressed", "interval"),
    "unit": ("log_odds", "probability", "target"),
    "explained": ("log_odds", "probability", "target"),
    "algorithm": ("enumeration", "permutation", "lime_tabular"),
    "glossary": [f"{term}.{part}" for term, part in product(GLOSSARY, ("term", "text"))],
    "isolation": ("process", "none"),
    "limitation.assumed": ("task.event", "decision.threshold"),
    "document": [*(f"edition_{name}" for name in get_args(Edition)), *get_args(Edition)],
    "result": (
        *(
            "at_least",
            "at_most",
            "at_most_either_way",
            "no_criterion",
            "of_group",
            "of_sensitive",
            "of_group_class",
        ),
        *(
            "of_group_band",
            "of_class",
            "with_class",
            "with_band",
            "with_stratified_by",
            "with_figure",
            "with_value",
        ),
    ),
    "card.title": ("shap", "lime"),
}


@pytest.mark.parametrize("family", EXPECTED)
def test_a_family_of_words_is_complete(family):
    assert [name for name in EXPECTED[family] if f"{family}.{name}" not in TEXTS] == []


@pytest.mark.parametrize(
    "family",
    [
        "status",
        "level",
        "not_assessed",
        "type",
        "role",
        "rule",
        "statement",
        "verdict.impact",
        "verdict.interval",
    ],
)
def test_a_family_of_words_has_no_member_that_code_cannot_produce(family):
    known = {key.removeprefix(f"{family}.") for key in TEXTS if key.startswith(f"{family}.")}
    assert known == set(EXPECTED[family])


def test_roles_are_those_that_columns_get():
    plan = Measuring(
        task=Task(target="y"),
        data=DataSource(sample="s", row_id="id", weight="w", cluster="c"),
        sensitive=(SensitiveFeature(column="s"), SensitiveFeature(column="both")),
    )
    types = dict.fromkeys(("in", "both", "y", "s", "id", "w", "c", "rest"), "text")
    found = roles(types, ("in", "both"), plan)
    assert {each.role for each in found} | {"input_and_sensitive"} == set(ROLES)
    assert [each.name for each in found if each.sensitive and each.role == "input"] == ["both"]


def test_methods_of_intervals_have_their_names():
    made = [
        wilson(1, 2),
        newcombe(1, 2, 1, 2),
        koopman(1, 2, 1, 2),
        katz(1, 2, 1, 2),
        mean_interval(np.arange(3.0))[1],
    ]
    assert [each.method for each in made if f"method.{each.method}" not in TEXTS] == []


def test_notes_of_similar_names_have_their_words():
    (note,) = check_names(["Age", "age "], "sample")
    assert note.key in TEXTS


def test_no_text_claims_what_may_not_be_claimed():
    fixed = {"document.limitation_fixed"}
    assert {key: claims_in(text) for key, text in TEXTS.items() if key not in fixed and claims_in(text)} == {}


def test_no_text_is_blank_or_ends_in_space():
    joined = {"list.comma", "list.last"}
    assert [key for key, text in TEXTS.items() if text != text.strip() and key not in joined] == []
    assert [key for key, text in TEXTS.items() if not text.strip()] == []
