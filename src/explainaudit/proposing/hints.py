"""What the names of columns hint at. A hint is never more than a reason to ask."""

import re
from collections.abc import Set

_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")

TARGET = frozenset(
    {
        "actual", "approved", "churn", "churned", "claim", "class", "decision", "default", "defaulted",
        "denied", "deny", "dependent", "event", "fraud", "hired", "income", "label", "outcome",
        "progression", "readmitted", "response", "result", "status", "survived", "target", "triage", "truth",
        "y", "ziel",
    }
)  # fmt: skip
ROW_ID = frozenset(
    {
        "case", "guid", "id", "identifier", "index", "key", "nr", "no", "num", "number", "record", "ref",
        "reference", "uid", "uuid",
    }
)  # fmt: skip
WEIGHT = frozenset({"fnlwgt", "weight", "weights", "wgt", "wt", "gewicht"})
CLUSTER = frozenset(
    {"branch", "cluster", "customer", "family", "household", "patient", "person", "provider", "school"}
)
CODE = frozenset(
    {
        "cat", "category", "class", "code", "district", "group", "kind", "occupation", "postcode", "region",
        "sector", "status", "type", "zip", "zone",
    }
)  # fmt: skip
AGE = frozenset({"age", "ages", "alter"})
_SENSITIVE = AGE | {
    "caste", "citizen", "citizenship", "colour", "disability", "disabled", "foreign", "foreigner", "gender",
    "geschlecht", "language", "lgbt", "marital", "marriage", "married", "nationality", "orientation",
    "pregnant", "race", "religion", "sex", "veteran",
}  # fmt: skip
_SENSITIVE_STARTS = ("disab", "ethni", "nationalit", "pregnan", "race", "racial", "relig")


def words_of(name: str) -> Set[str]:
    """Return the words of a column name, split at signs, digits and capitals, in lower case."""
    return {word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", name))}


def hints_at(name: str, words: Set[str]) -> bool:
    """Return whether a name holds one of the words."""
    return not words.isdisjoint(words_of(name))


def hints_at_group(name: str) -> bool:
    """Return whether a name hints at a property by which people are told apart."""
    return hints_at(name, _SENSITIVE) or any(word.startswith(_SENSITIVE_STARTS) for word in words_of(name))
