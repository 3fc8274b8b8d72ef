"""Every code that loading raises has its two sentences, and every sentence is raised."""

import re
import tomllib
from pathlib import Path

import explainaudit
from explainaudit.wording.catalogue import catalogue

PACKAGE = Path(explainaudit.__file__).parent
CODES = re.compile(r'"(E[2-7]\d\d)"')
NOTES = re.compile(r'(?:_note\(\s*"|loading\.note\.)(\w+)"')


def sources():
    files = [*(PACKAGE / "loading").rglob("*.py"), PACKAGE / "stats" / "keyed.py"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def texts():
    files = [PACKAGE / f"wording/en/errors_{name}.toml" for name in ("loading", "roles", "inspection")]
    return [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]


def test_every_sentence_is_raised():
    told = set().union(*(each["error"] for each in texts()))
    assert told <= set(CODES.findall(sources()))


def test_every_code_says_what_and_how_to_mend_it():
    known = catalogue("en")
    for code in set(CODES.findall(sources())):
        assert known[f"error.{code}.what"]
        assert known[f"error.{code}.mend"]


def test_notes_and_sentences_are_the_same_set():
    assert set(NOTES.findall(sources())) == set(texts()[0]["loading"]["note"])
