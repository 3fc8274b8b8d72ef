"""Every code and key in the source has its words, and no error text is left without a code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from explainaudit.records.plan import Words
from explainaudit.wording.catalogue import catalogue

TEXTS = catalogue("en")


def constants(trees: dict[Path, ast.Module]) -> Iterator[str]:
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def messages(trees: dict[Path, ast.Module]) -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    """Yield place, key and parameters of every message that is made in the source."""
    for file, tree in trees.items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="Message") | ast.Attribute(attr="Message")):
                    given = {keyword.arg: keyword.value for keyword in node.keywords}
                    key = given["key"] if "key" in given else node.args[0]
                    yield f"{file}:{node.lineno}", key, given.get("params")


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_error_codes_and_their_texts(trees: dict[Path, ast.Module]) -> None:
    raised = {text for text in constants(trees) if re.fullmatch(r"E\d{3}", text)} - {"E130", "E143"}
    worded = {key.split(".")[1] for key in TEXTS if key.startswith("error.")} - {"E130", "E143"}
    assert raised == worded


def test_an_error_text_is_two_sentences() -> None:
    parts: dict[str, set[str]] = {}
    for key in TEXTS:
        if key.startswith("error."):
            _, code, part = key.split(".")
            parts.setdefault(code, set()).add(part)
    assert {code: found for code, found in parts.items() if found != {"what", "mend"}} == {}


def test_message_keys_are_in_the_catalogue(trees: dict[Path, ast.Module]) -> None:
    missing = []
    for place, key, _ in messages(trees):
        match key:
            case ast.Constant(value=str(text)) if text not in TEXTS:
                missing.append((place, text))
            case ast.JoinedStr(values=parts):
                shape = "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.]+"
                    for part in parts
                )
                if not any(re.fullmatch(shape, known) for known in TEXTS):
                    missing.append((place, shape))
    assert missing == []


def test_messages_bring_what_their_text_names(trees: dict[Path, ast.Module]) -> None:
    """Checked where key and parameter names stand in the source; the rest fails when it is rendered."""
    lacking = []
    for place, key, params in messages(trees):
        match key, params:
            case ast.Constant(value=str(text)), None | ast.Dict():
                names = params.keys if params is not None else []
                if text in TEXTS and all(isinstance(name, ast.Constant) for name in names):
                    given = {name.value for name in names}
                    if lack := fields(TEXTS[text]) - given - set(Words.model_fields):
                        lacking.append((place, text, lack))
    assert lacking == []
