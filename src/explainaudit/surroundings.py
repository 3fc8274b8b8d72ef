"""Where a run happens: versions, platform, digests of files. The only room that asks the machine."""

import datetime
import hashlib
import os
import platform
import resource
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from explainaudit._version import __version__
from explainaudit.errors import UsageError
from explainaudit.records.bundle import Environment

LIBRARIES = (
    "shap",
    "lime",
    "scikit-learn",
    "numpy",
    "pandas",
    "scipy",
    "matplotlib",
    "weasyprint",
    "skops",
)


def environment(date: datetime.date, engine: str, isolation: str, files: Mapping[str, str]) -> Environment:
    """Return the record of the surroundings; ``date`` and the rest enter from outside."""
    own = {"explainaudit": __version__, "python": platform.python_version()}
    return Environment(
        date=date.isoformat(),
        versions={**own, **versions()},
        isolation=isolation,
        engine=engine,
        platform=f"{platform.system()} {platform.machine()}",
        cpu=_processor(),
        blas=_blas(),
        files=dict(files),
    )


def today() -> datetime.date:
    """Return the date printed on a dossier when none is given: SOURCE_DATE_EPOCH's, else today in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.datetime.now(datetime.UTC).date()


def versions() -> dict[str, str]:
    """Return the versions of the libraries that numbers and pages depend on."""
    return {name: found for name in LIBRARIES if (found := _installed(name)) is not None}


def samples_root() -> Path:
    """Return the folder of the sample audits: inside the wheel, or the repository's own."""
    package = Path(__file__).parent
    folders = (package / "sample_models", package.parent.parent / "sample_models")
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def file_digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of each file, by its name in the plan.

    Raises `UsageError` for a file that is missing or cannot be read, and for a device, which may never end.
    """
    digests = {}
    for name, path in files.items():
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise UsageError("E258", where=str(path))
        try:
            with path.open("rb") as file:
                digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise UsageError("E217", where=str(path), name=name, kind=type(error).__name__) from None
    return digests


def peak_memory_mb() -> float:
    """Return the largest memory that this process has used, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024 * 1024)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if not information.is_file():
        return platform.processor()
    lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _blas() -> str:
    import numpy as np

    found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{found['name']} {found['version']}"
