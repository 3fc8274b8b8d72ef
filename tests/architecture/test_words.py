"""Rounding and wording have one room, and generated text makes no claim that numbers cannot carry."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.claims import CLAIMS, claims_in

ROUNDING_ROOMS = {"wording", "charts"}
ROUNDERS = {"round", "around", "round_", "quantize"}
NUMBER_SPEC = re.compile(r"[.,_]|[eEfFgGn%]$")
NUMBER_TEMPLATE = re.compile(r"\{\w*![^}]*:|\{\w*:[^}]*(?:[.,_]\d*|[eEfFgGn%])\}|%[-+ #0]*\d*\.\d+[eEfFgG]")
ROUNDING_IN_PAGES = re.compile(r"\|\s*(?:round|format|int|float)\b|%\.?\d*[fdeg]\b|\.format\(")

# Names forbidden claims in order to deny them (dossier text that is always printed).
MASKED = {"document.limitation_fixed"}


def roundings(tree: ast.Module) -> Iterator[int]:
    """Yield the line of everything that turns a number into fewer digits."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in ROUNDERS:
                yield node.lineno
            case ast.Call(func=ast.Name(id="format"), args=[_, ast.Constant(value=str(spec))]) if (
                NUMBER_SPEC.search(spec)
            ):
                yield node.lineno
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=parts)):
                spec = "".join(part.value if isinstance(part, ast.Constant) else "0" for part in parts)
                if NUMBER_SPEC.search(spec):
                    yield node.lineno
            case ast.Constant(value=str(text)) if NUMBER_TEMPLATE.search(text):
                yield node.lineno


@pytest.mark.parametrize(
    "line",
    [
        "round(x, 2)", "x.round(2)", "np.around(x)", "f'{x:.2f}'", "f'{x:.{digits}e}'", "f'{x:,}'",
        "f'{x:g}'", "f'{x:.1%}'", "'{:.2f}'.format(x)", "'{share:.1%}'", "'%.2f' % x", "format(x, '.3g')",
        "d.quantize(q)",
    ],
)  # fmt: skip
def test_rounding_is_seen(line: str) -> None:
    assert list(roundings(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ["f'{x}'", "f'{x:04X}'", "f'{name:>12}'", "'{n} of {total}'", "'100 %'", "surround(x)", "f'{x!r}'"],
)
def test_other_formats_are_left_alone(line: str) -> None:
    assert not list(roundings(ast.parse(line)))


def test_only_wording_and_charts_round(trees: dict[Path, ast.Module]) -> None:
    rounding = [
        f"{file}:{line}"
        for file, tree in trees.items()
        if file.parts[0] not in ROUNDING_ROOMS
        for line in roundings(tree)
    ]
    assert rounding == []


def test_pages_do_not_round(pages: dict[Path, str]) -> None:
    assert [str(page) for page, text in pages.items() if ROUNDING_IN_PAGES.search(text)] == []


def test_pages_trust_text_once_at_most(pages: dict[Path, str]) -> None:
    assert pages
    assert sum(len(re.findall(r"\|\s*safe\b", text)) for text in pages.values()) <= 1
    assert not [str(page) for page, text in pages.items() if "autoescape false" in text]


@pytest.mark.parametrize(
    "text",
    [
        "The model is compliant.", "in compliance with the Act", "a certified model",
        "a guarantee of quality", "This proves it.", "an unbiased model", "bias-free", "There is no bias.",
        "The model is fair.", "unfair treatment", "a non-discriminatory score", "It is safe to use.",
        "passes the four-fifths rule", "passed 80", "because of age", "Age causes refusals.",
        "The cause is age.", "due to age", "Age drives it.", "Age is responsible for it.",
        "This ensures quality.", "a trustworthy model", "an independent audit", "independently validated",
        "the most important factor", "Age accounts for 12.5\u202f% of it.",
        "Age accounts for {share} of it.", "BECAUSE\u00a0OF age", "due\nto age",
    ],
)  # fmt: skip
def test_claims_are_seen(text: str) -> None:
    assert claims_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "approved", "The loan was approved; the score improved.", "provided", "Not provided",
        "a fairness slice", "fairly few rows", "It is fairly small.", "because the column is empty",
        "driver licence", "a duet", "certain rows", "measured in sureness", "the person responsible",
        "passes on 80 rows", "biased sample", "accounts for 12 rows", "independent columns", "safe",
        "an important factor", "complaint",
    ],
)  # fmt: skip
def test_other_words_are_left_alone(text: str) -> None:
    assert claims_in(text) == []


def test_every_claim_has_its_example() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    examples = source[source.index("def test_pages_trust_text") : source.index("def test_claims_are_seen")]
    assert [claim.pattern for claim in CLAIMS if not claim.search(examples)] == []


def test_the_catalogue_makes_no_claim() -> None:
    claiming = {key: claims_in(text) for key, text in catalogue("en").items() if claims_in(text)}
    assert set(claiming) == MASKED, claiming
