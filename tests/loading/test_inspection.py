"""What a model file is, told without loading it: nothing runs, hostile bytes give an answer or an error."""

import gzip
import io
import json
import os
import pickle
import sys
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.errors import AuditError, ModelFailed, UsageError
from explainaudit.loading.formats import unpacking
from explainaudit.loading.formats.pickle_walk import walk_pickle
from explainaudit.loading.formats.standings import standing_of
from explainaudit.loading.inspection import inspect_model
from explainaudit.loading.model import load_model
from explainaudit.records.stage import Consent


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def imported(data):
    """Return what the real unpickler asks for, in the order in which it does."""
    asked = []

    class Spy(pickle._Unpickler):
        def find_class(self, module, name):
            asked.append(f"{module}.{name}")
            return super().find_class(module, name)

    Spy(io.BytesIO(data)).load()
    return asked


@pytest.mark.parametrize("protocol", range(6))
def test_the_walk_finds_what_the_unpickler_imports(pipeline, protocol):
    data = pickle.dumps(pipeline, protocol=protocol)
    walk = walk_pickle(data)
    assert walk.read_to is None
    assert walk.protocol == (protocol if protocol > 1 else None)
    known = {name.replace("__builtin__", "builtins").replace("copy_reg", "copyreg") for name in walk.names}
    spied = {
        name.replace("__builtin__", "builtins").replace("copy_reg", "copyreg") for name in imported(data)
    }
    assert known == spied
    assert walk.names["sklearn.pipeline.Pipeline"] or protocol < 2


@pytest.mark.parametrize("compress", [0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3)])
def test_joblib_is_followed_across_its_arrays(tmp_path, pipeline, compress):
    model = {"model": pipeline, "texts": np.array(["a", None, 3.0], dtype=object), "last": Calls(os.getpid)}
    joblib.dump(model, path := tmp_path / "model.joblib", compress=compress)
    found = inspect_model(path)
    assert found.read_to is None
    assert found.runs_code
    names = {part.name: part for part in found.parts}
    assert names["sklearn.ensemble._gb.GradientBoostingClassifier"].standing == "usual"
    assert found.parts[0].name == f"{os.getpid.__module__}.getpid"
    assert (found.parts[0].standing, found.parts[0].called) == ("dangerous", True)


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_runs(tmp_path, protocol):
    mark = tmp_path / "ran"
    (path := tmp_path / "model.pkl").write_bytes(pickle.dumps(Calls(os.mkdir, str(mark)), protocol))
    found = inspect_model(path)
    assert [(part.name, part.called) for part in found.parts] == [(f"{os.mkdir.__module__}.mkdir", True)]
    assert not mark.exists()
    pickle.loads(path.read_bytes())
    assert mark.exists()


def test_nothing_is_imported(tmp_path):
    (tmp_path / "model.pkl").write_bytes(b"cantigravity\nfly\n(tR.")
    found = inspect_model(tmp_path / "model.pkl")
    assert [part.name for part in found.parts] == ["antigravity.fly"]
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93.", "os.system"),  # names from the memo
        (b"\x80\x04\x8c\x02os2\x8c\x06system\x93.", None),
        (b"(S'id'\nios\nsystem\n.", "os.system"),
        (b"(cos\nsystem\nS'id'\no.", "os.system"),
        (b"\x80\x04\x8c\x02osc__builtin__\neval\n\x93.", "?"),  # a name made while loading
        (b"\x82\x07.", "copyreg.extension.7"),
    ],
)
def test_names_in_all_disguises(data, name):
    assert (name in walk_pickle(data).names) is (name is not None)


def test_what_stands_before_damage_is_told(tmp_path):
    whole = pickle.dumps([Calls(os.mkdir, "x"), np.arange(50)])
    (path := tmp_path / "torn").write_bytes(whole[:-20])
    found = inspect_model(path)
    assert found.read_to is not None
    assert found.parts[0].standing == "dangerous"


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("posix.system", "dangerous"), ("subprocess.Popen", "dangerous"), ("builtins.eval", "dangerous"),
        ("__builtin__.getattr", "dangerous"), ("builtins.dict", "usual"), ("oscar.Model", "unusual"),
        ("numpy.dtype", "usual"), ("numpy.testing._private.utils.runstring", "dangerous"),
        ("sklearn.utils.os.system", "dangerous"), ("sklearn.pipeline.Pipeline", "usual"), ("?", "dangerous"),
        ("types.FunctionType", "dangerous"), ("mine.Model", "unusual"), ("operator.itemgetter", "unusual"),
    ],
)  # fmt: skip
def test_standings(name, standing):
    assert standing_of(name) == standing


def test_skops_types_by_list(tmp_path, pipeline):
    skops.io.dump(pipeline, path := tmp_path / "model.skops")
    found = inspect_model(path)
    assert (found.format, found.runs_code) == ("skops", False)
    assert set(found.saved_with) == {"skops", "scikit-learn"}
    standings = {part.name: part.standing for part in found.parts}
    assert standings["sklearn.tree._tree.Tree"] == "reviewed"
    assert standings["sklearn.pipeline.Pipeline"] == "usual"
    assert "untrusted" not in standings.values()
    skops.io.dump({"kept": Path("x")}, path)
    found = inspect_model(path)
    assert found.parts[0].standing == "untrusted"
    assert {part.name for part in found.parts if part.standing == "untrusted"} == set(
        skops.io.get_untrusted_types(file=path)
    )


@pytest.mark.parametrize("kind", ["json", "ubj"])
def test_xgboost_by_its_header(tmp_path, numbers, three, kind):
    xgboost = pytest.importorskip("xgboost")
    rows = xgboost.DMatrix(numbers, np.unique(three, return_inverse=True)[1])
    booster = xgboost.train({"objective": "multi:softprob", "num_class": 3, "nthread": 1}, rows, 2)
    booster.save_model(path := tmp_path / f"model.{kind}")
    found = inspect_model(path)
    assert (found.format, found.objective, found.inputs) == ("XGBoost", "multi:softprob", ("a", "b", "c"))
    assert found.counts == {"classes": 3, "trees": 6, "features": 3}
    assert found.saved_with == {"XGBoost": xgboost.__version__}


def test_lightgbm_by_its_header(tmp_path, numbers, binary):
    lightgbm = pytest.importorskip("lightgbm")
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(parameters, lightgbm.Dataset(numbers, binary), 3)
    booster.save_model(path := tmp_path / "model.txt")
    found = inspect_model(path)
    assert (found.format, found.objective, found.inputs) == ("LightGBM", "binary", ("a", "b", "c"))
    assert found.counts == {"classes": 2, "trees": 3, "features": 3}
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(ModelFailed, match="E602"):
        inspect_model(path)


def zipped(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E601"),
        (zipped(schema_json=b" " * (1 << 28)), "E618"),
        (zipped(schema_json='{"a":' * 50_000 + "1" + "}" * 50_000), "E602"),
        (zipped(schema_json="[1]"), "E602"),
        (zipped(schema_json=json.dumps({"__class__": 5, "__module__": None})), "E602"),
        (zipped(schema_json="{}")[:60], "E602"),
        (b'{"learner": 5}', "E602"),
        (b"{L\0\0\0\0\0\0\0\x07learner" + b"[" * 9999, "E602"),
        (b"tree\nversion=v4\n", "E602"),
    ],
    # The bytes of an archive hold the time, which workers that collect at different seconds would differ in.
    ids=["empty", "swells", "nested", "list", "odd", "torn", "no learner", "open arrays", "no trees"],
)
def test_hostile_bytes_are_refused_by_name(tmp_path, data, code):
    (path := tmp_path / "model").write_bytes(data)
    with pytest.raises(ModelFailed) as caught:
        inspect_model(path)
    assert caught.value.code == code
    if data[:2] in {b"", b"PK"}:  # damaged trees have a code of their own once they are loaded
        with pytest.raises(ModelFailed) as caught:
            load_model(path, Consent())
        assert caught.value.code == code


def test_a_bomb_is_read_up_to_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "LARGEST", 1 << 21)
    bomb = gzip.compress(pickle.dumps([Calls(os.mkdir, "x"), b"0" * (1 << 24)]))
    (path := tmp_path / "model.gz").write_bytes(bomb)
    found = inspect_model(path)
    assert found.size < 1 << 15
    assert found.read_to == 1 << 21
    assert found.parts[0].standing == "dangerous"


def test_garbage_is_unknown(tmp_path):
    (path := tmp_path / "model").write_bytes(b"\x00" * 999)
    found = inspect_model(path)
    assert (found.format, found.parts, found.runs_code) == ("unknown", (), False)
    with pytest.raises(UsageError):
        inspect_model(tmp_path)


STARTS = [b"", b"\x80\x04", b"\x80\x05\x95", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\x78\x9c", b"tree\n"]
STARTS += [b'{"learner":', b"{L\0\0\0\0\0\0\0\x07learner", b"\xfd7zXZ\x00", b"cos\n", b"(("]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=200))
def test_any_bytes_give_an_answer_or_a_named_error(tmp_path_factory, start, rest):
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(start + rest)
    try:
        assert inspect_model(path).size == len(start + rest)
    except AuditError as error:
        assert error.code in {"E601", "E602", "E618"}  # noqa: PT017 - either outcome is right
