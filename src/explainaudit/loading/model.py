"""A model file to a predictor: told by content, pinned, and loaded from the very bytes that were hashed."""

import hashlib
import warnings
from pathlib import Path
from typing import Any

from explainaudit.errors import AuditError, ModelFailed, ModelRefused
from explainaudit.loading.files import read_bytes
from explainaudit.loading.formats import Format, identify
from explainaudit.loading.formats.lightgbm_native import load_lightgbm
from explainaudit.loading.formats.pickled import load_pickled
from explainaudit.loading.formats.skops import load_skops
from explainaudit.loading.formats.xgboost_native import load_xgboost
from explainaudit.loading.predictor import Predictor, predictor_of
from explainaudit.records.stage import Consent

# Files that hold data alone; every other format runs as code when it is loaded.
DATA_FORMATS = {"skops", "LightGBM", "XGBoost"}


def load_model(path: Path, consent: Consent) -> Predictor:
    """Return the model in a file.

    Data formats are loaded as they are: skops with a reviewed list of types, LightGBM and XGBoost files
    once their trees are checked. Code formats (pickle, joblib) are
    loaded only with ``allow_pickle`` and a pin. A pin is checked for every format.

    Raises
    ------
    UsageError
        The file cannot be read (E251 to E253).
    ModelRefused
        Consent is missing or does not match: E501 to E506.
    ModelFailed
        The file is damaged, or holds no fitted model: E601 to E606.
    """
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    found = _consented(data, digest, consent, path.name)
    estimator, saved_with = _loaded(data, found, consent, path.name)
    try:
        return predictor_of(
            estimator, digest=digest, file_format=found, saved_with=saved_with, where=path.name
        )
    except AuditError:
        raise
    except Exception as problem:
        raise ModelFailed("E602", where=path.name, format=found, problem=type(problem).__name__) from problem


def _consented(data: bytes, digest: str, consent: Consent, where: str) -> Format:
    """Return the format, once everything that needs consent has it."""
    pin = None if consent.model_sha256 is None else consent.model_sha256.strip().lower()
    if pin is not None and pin != digest:
        raise ModelRefused("E503", where=where, digest=digest, pin=pin)
    if not data:
        raise ModelFailed("E601", where=where)
    found = identify(data)
    if found == "unknown":
        raise ModelRefused("E504", where=where)
    if found not in DATA_FORMATS:
        if not consent.allow_pickle:
            raise ModelRefused("E501", where=where, format=found, digest=digest)
        if pin is None:
            raise ModelRefused("E502", where=where, format=found, digest=digest)
    return found


def _loaded(data: bytes, found: Format, consent: Consent, where: str) -> tuple[Any, str | None]:
    """Return the object and the library version it was saved with."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if found == "skops":
                estimator = load_skops(data, consent.trust_types, where)
            elif found == "LightGBM":
                estimator = load_lightgbm(data, where)
            elif found == "XGBoost":
                estimator = load_xgboost(data, where)
            else:
                estimator = load_pickled(data)
        except AuditError:
            raise
        except ModuleNotFoundError as problem:
            raise ModelFailed("E603", where=where, module=problem.name or "?") from problem
        except (Exception, SystemExit) as problem:  # a damaged file raises whatever it likes
            raise ModelFailed("E602", where=where, format=found, problem=type(problem).__name__) from problem
    return estimator, _saved_with(estimator, caught, consent, where)


def _saved_with(
    estimator: Any, caught: list[warnings.WarningMessage], consent: Consent, where: str
) -> str | None:
    """Return the version of scikit-learn that saved the model: it warns only when that is another one."""
    import sklearn
    from sklearn.exceptions import InconsistentVersionWarning

    running = f"scikit-learn {sklearn.__version__}"
    for warning in caught:
        if isinstance(warning.message, InconsistentVersionWarning):
            saved = f"scikit-learn {warning.message.original_sklearn_version}"
            if consent.strict_versions:
                raise ModelRefused("E506", where=where, saved=saved, running=running)
            return saved
    return running if type(estimator).__module__.startswith("sklearn.") else None
