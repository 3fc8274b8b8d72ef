"""Compressed model files, unpacked up to a limit."""

import bz2
import gzip
import io
import lzma
import zlib
from typing import BinaryIO, cast

LARGEST = 1 << 29


def unpacked(data: bytes, file_format: str) -> tuple[bytes, bool]:
    """Return the content of a joblib file, and whether that is all of it.

    Reads at most `LARGEST` bytes: a bomb of a few kilobytes unpacks into more than a machine holds. Content
    that breaks off is returned as far as it goes.
    """
    if file_format == "joblib (zlib)":
        return _by_steps(zlib.decompressobj(), data)
    if not file_format.startswith("joblib"):
        return data, True
    found = bytearray()
    try:
        with _opened(io.BytesIO(data), file_format) as stream:
            while len(found) <= LARGEST and (chunk := stream.read(1 << 20)):
                found += chunk
    except (EOFError, OSError, zlib.error, lzma.LZMAError):
        return bytes(found), False
    return bytes(found[:LARGEST]), len(found) <= LARGEST


def _opened(packed: io.BytesIO, file_format: str) -> BinaryIO:
    if file_format == "joblib (gzip)":
        return cast(BinaryIO, gzip.GzipFile(fileobj=packed))
    return cast(BinaryIO, bz2.BZ2File(packed) if file_format == "joblib (bz2)" else lzma.LZMAFile(packed))


def _by_steps(reader: "zlib._Decompress", data: bytes) -> tuple[bytes, bool]:
    try:
        content = reader.decompress(data, LARGEST)
    except zlib.error:
        return b"", False
    return content, reader.eof
