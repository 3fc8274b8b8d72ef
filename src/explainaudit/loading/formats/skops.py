"""skops: a data format, loaded with our own list of types, its references checked before they are used."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.inner_references import check_references
from explainaudit.loading.formats.trusted import TRUSTED_TYPES

LARGEST_ARCHIVE = 1 << 31
LARGEST_SCHEMA = 1 << 27


def schema_of(data: bytes, where: str) -> bytes:
    """Return the schema of a skops file. Raises `ModelFailed` E618 where it unpacks into too much."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        schema = archive.getinfo("schema.json").file_size
        if schema > LARGEST_SCHEMA or sum(entry.file_size for entry in archive.infolist()) > LARGEST_ARCHIVE:
            raise ModelFailed("E618", where=where)
        return archive.read("schema.json")


def load_skops(data: bytes, trust_types: Sequence[str], where: str) -> Any:
    """Return the model that a skops file holds.

    Raises
    ------
    ModelRefused
        The file asks for types beyond skops' defaults, our list and ``trust_types`` (E505).
    ModelFailed
        A tree refers to a node or column that it does not have (E605), or the file unpacks into too
        much (E618).
    """
    import skops.io

    schema_of(data, where)
    trusted = [*TRUSTED_TYPES, *trust_types]
    unknown = sorted(set(skops.io.get_untrusted_types(data=data)) - set(trusted))
    if unknown:
        raise ModelRefused("E505", where=where, types=", ".join(unknown))
    model = skops.io.loads(data, trusted=trusted)
    check_references(model, where)
    return model
