"""skops: a data format, loaded with our own list of types, its references checked before they are used."""

from collections.abc import Sequence
from typing import Any

from explainaudit.errors import ModelRefused
from explainaudit.loading.formats.inner_references import check_references
from explainaudit.loading.formats.trusted import TRUSTED_TYPES


def load_skops(data: bytes, trust_types: Sequence[str], where: str) -> Any:
    """Return the model that a skops file holds.

    Raises
    ------
    ModelRefused
        The file asks for types beyond skops' defaults, our list and ``trust_types`` (E505).
    ModelFailed
        A tree refers to a node or column that it does not have (E605).
    """
    import skops.io

    trusted = [*TRUSTED_TYPES, *trust_types]
    unknown = sorted(set(skops.io.get_untrusted_types(data=data)) - set(trusted))
    if unknown:
        raise ModelRefused("E505", where=where, types=", ".join(unknown))
    model = skops.io.loads(data, trusted=trusted)
    check_references(model, where)
    return model
