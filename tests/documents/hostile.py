"""An audit whose every name, value, statement and word tries to be something other than text."""

import json

import numpy as np
import pandas as pd

ROWS = 240
LONG_WORD = "w" * 200
LONG_PHRASE = "a group with a name of two hundred characters " * 4 + "and a bit more"

SCRIPT = "<script>alert(1)</script>"
JINJA = "{{7*7}}"
HANDLER = '" onmouseover="x'
DOLLAR = "$price_{"
ANCHOR = "m-000000000000"
SCRIPTS_OF_THE_WORLD = "収入 😀 الدخل"
IMAGE = "'><img src=http://x.invalid/a.png>"
TURNED = "tur\u202ened"
MARKS = "a\u0301\u0302\u0303\u0304\u0305 marks"
BELL = "bell\u0007"
FORMULA = "=cmd|'/c calc'!A0"
STYLE_END = "</style>"
RAW = "{% raw %}"
NUL = "nul\x00inside"

CATEGORIES = (STYLE_END, RAW, IMAGE, FORMULA, "nan", "None", "NO", NUL)
GROUPS = (IMAGE, "nan", "None", "NO", LONG_PHRASE, "@SUM(1)", "-1+1")
SMALL_GROUP = "\t<svg onload=x>"
BANDS = ("unbiased and certified", "{#", "\r+49")
NUMERIC = (SCRIPT, JINJA, DOLLAR, LONG_WORD)
TEXTUAL = (HANDLER, SCRIPTS_OF_THE_WORLD)

# Shown in the pages as they are; what is invisible appears by its code point.
VISIBLE = (SCRIPT, JINJA, HANDLER, DOLLAR, ANCHOR, IMAGE, FORMULA, STYLE_END, RAW, "nan", "None", "NO",
           "tur⟨U+202E⟩ned", "bell⟨U+0007⟩", "nul⟨U+0000⟩inside",
           f"{LONG_WORD[:30]}…{LONG_WORD[:29]}")  # fmt: skip


def sample():
    """Return the audited table: seven inputs, a target, two sensitive features, a row id, a free text."""
    rng = np.random.default_rng(20260101)
    columns = {name: rng.normal(size=ROWS) for name in NUMERIC}
    columns[ANCHOR] = rng.integers(0, 5, ROWS)
    columns[HANDLER] = rng.choice(CATEGORIES, ROWS)
    columns[SCRIPTS_OF_THE_WORLD] = rng.choice(["是", "否 😀"], ROWS)
    frame = pd.DataFrame(columns)
    frame.loc[::17, JINJA] = np.nan
    signal = 1.4 * frame[SCRIPT] + 0.8 * frame[DOLLAR] + (frame[HANDLER] == FORMULA)
    happened = signal + rng.logistic(size=ROWS) > 0
    frame[TURNED] = np.where(np.arange(ROWS) < 5, SMALL_GROUP, rng.choice(GROUPS, ROWS))
    frame[MARKS] = rng.choice(BANDS, ROWS)
    frame[BELL] = [f"=row|{number:04d}" for number in range(ROWS)]
    frame[IMAGE] = [f"<b>free text {number:04d}</b>" for number in range(ROWS)]
    frame[FORMULA] = np.where(happened, STYLE_END, "NO")
    return frame


def model(frame):
    """Return a small pipeline fitted on the sample's inputs."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder

    inputs = [*NUMERIC, ANCHOR, *TEXTUAL]
    encode = ColumnTransformer(
        [
            ("numbers", SimpleImputer(), [*NUMERIC, ANCHOR]),
            ("texts", OneHotEncoder(handle_unknown="ignore"), list(TEXTUAL)),
        ]
    )
    return Pipeline([("encode", encode), ("fit", LogisticRegression())]).fit(frame[inputs], frame[FORMULA])


def plan():
    """Return the plan's keys; a fifth of the statements is left out."""
    from explainaudit.records.statements import STATEMENT_KEYS

    payloads = (SCRIPT, JINJA, RAW, IMAGE, HANDLER, STYLE_END, TURNED, BELL, NUL, LONG_WORD, FORMULA)
    payloads += (MARKS, SCRIPTS_OF_THE_WORLD, "The model is certified, unbiased and 99.9 % right.")
    said = {
        key: {"text": payloads[place % len(payloads)] + f"\n\n{JINJA}", "author": HANDLER,
              "role": SCRIPT, "date": "2026-01-01", "evidence_ref": "javascript:alert(1)"}
        for place, key in enumerate(STATEMENT_KEYS) if place % 5
    }  # fmt: skip
    return {
        "version": 1,
        "model": {"path": "model.skops"},
        "data": {"sample": "sample.parquet", "row_id": BELL},
        "task": {"target": FORMULA, "event": STYLE_END},
        "decision": {"favourable": "no event"},
        "sensitive": [TURNED, MARKS],
        "criteria": [
            {"measure": "fairness.impact_ratio", "dimensions": {"sensitive": name}, "at_least": 0.8}
            for name in (TURNED, MARKS)
        ],
        "explain": {"background_rows": 10, "evaluations": 1000, "lime_samples": 200, "lime_most": 200},
        "words": {
            "person": TURNED,
            "persons": TURNED + SCRIPT,
            "favourable": JINJA,
            "unfavourable": BELL,
            "event": HANDLER,
        },
        "documents": {
            "title": f"{SCRIPT} {TURNED} {JINJA}",
            "organisation": IMAGE,
            "classification": STYLE_END,
        },
        "statements": said,
    }


def write(folder):
    """Write model, table and plan; return the plan's path. JSON is YAML 1.2."""
    import skops.io

    frame = sample()
    frame.to_parquet(folder / "sample.parquet", index=False)
    skops.io.dump(model(frame), folder / "model.skops")
    path = folder / "audit.yaml"
    path.write_text(json.dumps(plan(), ensure_ascii=False, indent=1), encoding="utf-8")
    return path
