"""Seeded corruptions of native files end in a code or an answer, never in a dead process."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from native_models import THREE, TRAINED, YES, as_json, lightgbm_of, xgboost_of

from explainaudit.errors import AuditError, ModelFailed
from explainaudit.loading.formats.lightgbm_native import load_lightgbm
from explainaudit.loading.formats.tree_shape import DEEPEST, check_tree
from explainaudit.loading.formats.ubjson import read_ubjson
from explainaudit.loading.formats.xgboost_native import load_xgboost


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 10_000,
        b"[#L\x7f" + b"\xff" * 7,
        b"[#L" + b"\xff" * 8,
        b"[$Z#L" + b"\0" * 7 + b"\x05",
        b"S\x69\x7fabc",
        b"Sd\0\0\0\0",
        b"{i\x01aTi\x01aT}",
        b"x",
    ],
)
def test_ubjson_that_is_not_whole_is_refused(data):
    with pytest.raises(ValueError, match=r"\w") as caught:
        read_ubjson(data)
    assert type(caught.value) in {ValueError, UnicodeDecodeError}


def test_a_tree_is_one_tree_of_some_depth():
    assert check_tree([[1, 2], [], [3, 4], [], []], 5, "m") == (3, 2)
    chain = [[place + 1] for place in range(DEEPEST)] + [[]]
    assert check_tree(chain, len(chain), "m") == (1, DEEPEST)
    with pytest.raises(ModelFailed, match="E616"):
        check_tree([*chain[:-1], [DEEPEST + 1], []], DEEPEST + 2, "m")


def attempt(data: bytes, load) -> str:
    """Load a file and let it answer; return what came of it."""
    try:
        native = load(data, "m")
        rows = TRAINED[["amount", "count"]].head(3)
        rows = rows.assign(kind="x", code=3) if len(native.feature_names_in_) > 2 else rows
        rows = rows.set_axis(native.feature_names_in_, axis="columns")
        (native.predict if not native.classes_ else native.predict_proba)(rows)
    except AuditError as refused:
        return refused.code
    except Exception as problem:  # what the predictor turns into E610
        return "E610" if type(problem).__name__ in {"XGBoostError", "LightGBMError"} else repr(problem)
    return "answered"


def corruptions(seed: int, count: int):
    """Yield seeded corruptions: cut off, single bytes changed, single numbers changed."""
    draw = random.Random(seed)
    texts = (lightgbm_of("binary", YES, TRAINED), lightgbm_of("multiclass", THREE, num_class=3))
    binary = xgboost_of("binary:logistic", YES)
    trees = (
        binary,
        xgboost_of("binary:logistic", YES, TRAINED, rounds=8),
        xgboost_of("binary:logistic", YES, booster="dart", rate_drop=0.5),
        xgboost_of("multi:softprob", THREE, num_class=3),
    )
    # Without the sizes of trees, which would give every change of length away.
    lines = [re.sub(r"\ntree_sizes=.*", "", each.model_to_string()) for each in texts]
    files = [(each.encode(), load_lightgbm) for each in lines]
    files += [(json.dumps(as_json(each)).encode(), load_xgboost) for each in trees]
    files.append((bytes(binary.save_raw("ubj")), load_xgboost))
    odd = [b"-1", b"0", b"7", b"99", b"2147483647", b"4294967296", b"1e400", b"nan", b"", b"9" * 30]
    for _ in range(count):
        data, load = draw.choice(files)
        kind = draw.random()
        if kind < 0.15:
            yield data[: draw.randrange(len(data))], load
        elif kind < 0.5:
            changed = bytearray(data)
            for _ in range(draw.choice([1, 2, 8])):
                changed[draw.randrange(len(data))] = draw.choice(
                    [draw.randrange(256), *b"0123456789-.,[]{}= \n"]
                )
            yield bytes(changed), load
        else:
            number = draw.choice(list(re.finditer(rb"-?\d+(\.\d+)?([eE]-?\d+)?", data)))
            yield data[: number.start()] + draw.choice(odd) + data[number.end() :], load


def test_seeded_corruptions_end_in_a_code_or_an_answer_in_a_process_that_lives():
    """In a process of its own: a crash of a library is a return code there."""
    code = "import test_native_corruptions as t; print({t.attempt(*each) for each in t.corruptions(7, 500)})"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = set(re.findall(r"'([^']*)'", run.stdout.splitlines()[-1]))
    assert found <= {"answered", "E432", "E507", "E508", "E606", "E610", "E616"}
    assert {"answered", "E616"} <= found
