"""One file per model format; which format a file has is told by its content, never by its name."""

import io
import pickletools
import zipfile
from typing import Literal

Format = Literal[
    "skops",
    "LightGBM",
    "XGBoost",
    "pickle",
    "joblib (zlib)",
    "joblib (gzip)",
    "joblib (bz2)",
    "joblib (xz)",
    "unknown",
]

_SKOPS_SCHEMA = "schema.json"
_ZIP = b"PK\x03\x04"
_LIGHTGBM = b"tree\n"
_XGBOOST_UBJSON = b"{L\0\0\0\0\0\0\0\x07learner"
_COMPRESSED: tuple[tuple[bytes, Format], ...] = (
    (b"\x1f\x8b", "joblib (gzip)"),
    (b"BZh", "joblib (bz2)"),
    (b"\xfd7zXZ\x00", "joblib (xz)"),
    (b"\x5d\x00\x00", "joblib (xz)"),  # the older LZMA container
)
_ZLIB_SECOND = (0x01, 0x5E, 0x9C, 0xDA)


def identify(data: bytes) -> Format:
    """Return the format of a model file. Nothing in it is executed.

    A compressed file is what joblib makes, and so a code format, whatever is inside. joblib without
    compression is a pickle.
    """
    if data.startswith(_LIGHTGBM):
        return "LightGBM"
    if (data.startswith(b"{") and b'"learner"' in data[:200] + data[-200:]) or data.startswith(
        _XGBOOST_UBJSON
    ):
        return "XGBoost"
    if data.startswith(_ZIP):
        return "skops" if _is_skops(data) else "unknown"
    found = next((kind for mark, kind in _COMPRESSED if data.startswith(mark)), None)
    if found is not None:
        return found
    if len(data) > 1 and data[0] == 0x78 and data[1] in _ZLIB_SECOND:
        return "joblib (zlib)"
    return "pickle" if _is_pickle(data) else "unknown"


def _is_skops(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _SKOPS_SCHEMA in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return True  # torn: the reader of skops says how


def _is_pickle(data: bytes) -> bool:
    if len(data) > 1 and data[0] == 0x80 and 2 <= data[1] <= 5:
        return True
    try:  # protocols 0 and 1 have no mark: read the opcodes up to STOP
        return any(opcode.name == "STOP" for opcode, _, _ in pickletools.genops(data))
    except Exception:  # whatever the bytes are, they are no pickle
        return False
