"""Every code that loading raises has its two sentences, and every sentence is raised."""

import re
import tomllib
from pathlib import Path

import explainaudit
from explainaudit.wording.catalogue import catalogue

PACKAGE = Path(explainaudit.__file__).parent
MINE = re.compile(r'"(E2[5]\d|E4[0-4]\d|E5[0-2]\d|E6[0-2]\d)"')
NOTES = re.compile(r'(?:_note\(\s*"|loading\.note\.)(\w+)"')


def sources():
    files = [*(PACKAGE / "loading").rglob("*.py"), PACKAGE / "stats" / "keyed.py"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def texts():
    return tomllib.loads((PACKAGE / "wording/en/errors_loading.toml").read_text(encoding="utf-8"))


def test_codes_and_sentences_are_the_same_set():
    assert set(MINE.findall(sources())) == set(texts()["error"])


def test_notes_and_sentences_are_the_same_set():
    assert set(NOTES.findall(sources())) == set(texts()["loading"]["note"])


def test_every_code_says_what_and_how_to_mend_it():
    known = catalogue("en")
    for code in texts()["error"]:
        assert known[f"error.{code}.what"]
        assert known[f"error.{code}.mend"]
