"""Model files: what is loaded, what is refused, and that refusing runs nothing."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import pickle
import zipfile
import zlib
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from explainaudit.errors import ModelFailed, ModelRefused, UsageError
from explainaudit.loading.model import load_model
from explainaudit.records.stage import Consent
from explainaudit.wording.writer import explain_error


class Malicious:
    """Makes a folder when it is unpickled."""

    def __init__(self, trace):
        self.trace = str(trace)

    def __reduce__(self):
        return (os.mkdir, (self.trace,))


def consent(content, **more):
    return Consent(allow_pickle=True, model_sha256=hashlib.sha256(content).hexdigest(), **more)


def joblib_bytes(model, compress=0):
    held = io.BytesIO()
    joblib.dump(model, held, compress=compress)
    return held.getvalue()


@pytest.fixture
def write(tmp_path):
    def writing(content):
        path = tmp_path / "model.bin"  # the name says nothing
        path.write_bytes(content)
        return path

    return writing


def refused(path, given=None, kind=ModelRefused):
    with pytest.raises(kind) as found:
        load_model(path, given or Consent())
    explain_error(found.value)
    return found.value


def test_skops_is_loaded_and_described(write, pipeline, people):
    content = skops.io.dumps(pipeline)
    predictor = load_model(write(content), Consent())
    identity = predictor.identity
    assert identity.digest == hashlib.sha256(content).hexdigest()
    assert identity.format == "skops"
    assert identity.estimator == "Pipeline"
    assert identity.steps == ("ColumnTransformer", "GradientBoostingClassifier")
    assert identity.inputs == ("a", "c", "count", "city")
    assert identity.classes == ("0", "1")
    assert identity.saved_with.startswith("scikit-learn 1.")
    plain = people.astype({"count": float, "city": object})
    expected = pipeline.predict_proba(plain[list(identity.inputs)])[:, [1]]
    assert np.array_equal(predictor.outputs(people, output="probability"), expected)


PACKED = {
    "pickle": lambda trace: pickle.dumps(Malicious(trace)),
    "protocol 0": lambda trace: pickle.dumps(Malicious(trace), protocol=0),
    "object array": lambda trace: joblib_bytes(np.array([Malicious(trace)], dtype=object)),
    "joblib zlib": lambda trace: joblib_bytes(Malicious(trace), compress=("zlib", 3)),
    "zlib": lambda trace: zlib.compress(pickle.dumps(Malicious(trace))),
    "gzip": lambda trace: gzip.compress(pickle.dumps(Malicious(trace))),
    "bz2": lambda trace: bz2.compress(pickle.dumps(Malicious(trace))),
    "xz": lambda trace: lzma.compress(pickle.dumps(Malicious(trace))),
    "lzma": lambda trace: lzma.compress(pickle.dumps(Malicious(trace)), format=lzma.FORMAT_ALONE),
}


@pytest.mark.parametrize("packing", PACKED)
def test_code_is_refused_without_consent_and_leaves_no_trace(write, tmp_path, packing):
    content = PACKED[packing](tmp_path / "trace")
    path, digest = write(content), hashlib.sha256(content).hexdigest()
    error = refused(path)
    assert (error.code, error.exit_code) == ("E501", 5)
    assert digest in "".join(explain_error(error))
    assert refused(path, Consent(model_sha256=digest)).code == "E501"  # a pin alone is no consent
    unpinned = refused(path, Consent(allow_pickle=True))
    assert unpinned.code == "E502"
    assert unpinned.params["digest"] == digest
    wrong = refused(path, Consent(allow_pickle=True, model_sha256="0" * 64))
    assert wrong.code == "E503"
    assert wrong.params == {"digest": digest, "pin": "0" * 64}
    assert not (tmp_path / "trace").exists()


def test_the_malicious_file_would_have_run(write, tmp_path):
    content = PACKED["pickle"](tmp_path / "trace")
    found = refused(write(content), consent(content), ModelFailed)
    assert found.code == "E604"
    assert (tmp_path / "trace").exists()


@pytest.mark.parametrize("compress", [0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3)])
def test_joblib_with_consent(write, logistic, numbers, compress):
    content = joblib_bytes(logistic, compress)
    predictor = load_model(write(content), consent(content))
    assert predictor.identity.format in {
        "pickle",
        "joblib (zlib)",
        "joblib (gzip)",
        "joblib (bz2)",
        "joblib (xz)",
    }
    assert np.array_equal(
        predictor.outputs(numbers, output="probability", event="bad")[:, 0],
        logistic.predict_proba(numbers)[:, 0],
    )


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_with_consent(write, logistic, protocol):
    content = pickle.dumps(logistic, protocol=protocol)
    assert load_model(write(content), consent(content)).identity.format == "pickle"


def test_a_pin_is_checked_for_data_formats_too(write, logistic):
    content = skops.io.dumps(logistic)
    assert refused(write(content), Consent(model_sha256="0" * 64)).code == "E503"
    pin = hashlib.sha256(content).hexdigest().upper()
    assert load_model(write(content), Consent(model_sha256=pin)).identity.format == "skops"


def test_unknown_types_are_named_and_can_be_trusted(write, numbers, binary):
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(p=3, algorithm="kd_tree").fit(numbers, binary)
    path = write(skops.io.dumps(model))
    error = refused(path)
    assert error.code == "E505"
    assert error.params["types"] == "sklearn.metrics._dist_metrics.MinkowskiDistance64"
    assert "--trust-type" in explain_error(error)[1]
    trusting = Consent(trust_types=(str(error.params["types"]),))
    assert load_model(path, trusting).identity.estimator == "KNeighborsClassifier"


def test_a_function_in_a_skops_file_is_refused(tmp_path):
    schema = {
        "__class__": "function",
        "__module__": "builtins",
        "__loader__": "FunctionNode",
        "content": "posix.system",
        "protocol": 2,
        "_skops_version": "0.16.0",
    }
    path = tmp_path / "evil.skops"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    with pytest.raises((ModelRefused, ModelFailed)) as found:
        load_model(path, Consent())
    assert found.value.code in {"E505", "E602"}


def test_every_truncation_of_a_skops_file_fails_by_name(write, logistic):
    content = skops.io.dumps(logistic)
    for cut in (1, 3, 4, 30, len(content) // 2, len(content) - 1):
        found = refused(write(content[:cut]), kind=(ModelFailed, ModelRefused))
        assert found.code in {"E602", "E504"}


def test_every_truncation_of_a_pickle_fails_by_name(write, logistic):
    for whole in (pickle.dumps(logistic), joblib_bytes(logistic, ("zlib", 3))):
        for cut in (2, 5, len(whole) // 2, len(whole) - 40):
            content = whole[:cut]
            assert refused(write(content), consent(content), ModelFailed).code == "E602"


def test_any_flipped_byte_of_a_skops_file_is_read_or_fails_by_name(write, logistic):
    content = skops.io.dumps(logistic)
    for at in range(0, len(content), max(1, len(content) // 120)):
        torn = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        try:
            load_model(write(torn), Consent())
        except (ModelFailed, ModelRefused) as found:
            explain_error(found)


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", ModelFailed, "E601"),
        (b"{}", ModelRefused, "E504"),
        (b"x", ModelRefused, "E504"),
        (b"\x89HDF\r\n", ModelRefused, "E504"),
    ],
)
def test_empty_and_unknown_files(write, content, kind, code):
    assert refused(write(content), kind=kind).code == code


def test_a_zip_that_is_not_skops_is_unknown(tmp_path):
    path = tmp_path / "model.skops"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", b"x")
    assert refused(path).code == "E504"


def test_paths(tmp_path):
    for path, code in [(tmp_path / "none.skops", "E251"), (tmp_path, "E252"), (Path(os.devnull), "E258")]:
        assert refused(path, kind=UsageError).code == code


class EndsEarly:
    def __reduce__(self):
        return (_raise, (self.kind,))


def _raise(kind):
    raise kind("SECRET")


@pytest.mark.parametrize("kind", [EOFError, SystemExit, RecursionError, MemoryError, OSError, UnicodeError])
def test_no_exception_passes_through(write, kind):
    bomb = EndsEarly()
    bomb.kind = kind
    content = pickle.dumps(bomb)
    found = refused(write(content), consent(content), ModelFailed)
    assert (found.code, found.params["problem"]) == ("E602", kind.__name__)
    assert "SECRET" not in "".join(explain_error(found))


def test_a_missing_module_is_named(write):
    content = b"\x80\x02cno_such_library.models\nModel\n."
    found = refused(write(content), consent(content), ModelFailed)
    assert (found.code, found.params["module"]) == ("E603", "no_such_library")


@pytest.mark.parametrize("thing", [StandardScaler(), LogisticRegression(), {"a": 1}, LogisticRegression])
def test_what_is_no_fitted_model_is_refused(write, thing):
    content = pickle.dumps(thing)
    assert refused(write(content), consent(content), ModelFailed).code == "E604"


def test_version_skew_is_noted_or_refused(write, logistic, monkeypatch):
    import sklearn.base

    monkeypatch.setattr(sklearn.base, "__version__", "1.5.9")
    content = skops.io.dumps(logistic)
    monkeypatch.undo()
    assert load_model(write(content), Consent()).identity.saved_with == "scikit-learn 1.5.9"
    error = refused(write(content), Consent(strict_versions=True))
    assert (error.code, error.params["saved"]) == ("E506", "scikit-learn 1.5.9")
