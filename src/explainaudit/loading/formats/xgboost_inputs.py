"""What an XGBoost file says of its inputs: their names, their kinds, the levels of the categorical ones."""

import itertools
from typing import Any

from explainaudit.errors import ModelRefused
from explainaudit.loading.formats.boosters import MOST_INPUTS, distinct

Block = dict[str, Any]


def trees_of(booster: Block) -> Block:
    """Return the booster that holds the trees: dart has one inside."""
    inner: Block = booster["gbtree"] if booster["name"] == "dart" else booster
    return inner


def inputs_of(learner: Block) -> tuple[tuple[str, ...], list[str]]:
    """Return names and kinds of the inputs; a file without names numbers them from ``f0``."""
    features = int(learner["learner_model_param"]["num_feature"])
    names = tuple(str(name) for name in learner.get("feature_names", ()))
    kinds = [str(kind) for kind in learner.get("feature_types", ())]
    if not 0 < features <= MOST_INPUTS or len(names) not in {0, features} or len(kinds) not in {0, features}:
        raise ValueError("names or kinds do not fit the number of inputs")
    if len(set(names)) < len(names):
        raise ValueError("two inputs of one name")
    return names or tuple(f"f{place}" for place in range(features)), kinds


def levels_of(
    booster: Block, names: tuple[str, ...], kinds: list[str], where: str
) -> dict[str, tuple[Any, ...]]:
    """Return the levels of the categorical inputs. Raises `ModelRefused` E508 where the file has none."""
    encoded = trees_of(booster)["model"].get("cats", {}).get("enc", [])
    found = {}
    for place, kind in enumerate(kinds):
        if kind == "c":
            known = _level_names(encoded[place]) if len(encoded) == len(kinds) else ()
            if not known:
                raise ModelRefused("E508", where=where, column=names[place])
            found[names[place]] = known
    return found


def _level_names(encoded: Block) -> tuple[Any, ...]:
    """Return levels in the order of their codes; none where the file does not hold them whole.

    Texts lie end to end. XGBoost counts their letters instead of their bytes, so that a letter beyond
    ASCII cuts the last ones off.
    """
    values = [int(value) for value in encoded["values"]]
    if "offsets" not in encoded:
        return distinct(tuple(values))
    offsets = [int(offset) for offset in encoded["offsets"]]
    if not offsets or offsets[0] != 0 or offsets[-1] != len(values) or sorted(offsets) != offsets:
        return ()
    if not all(0 <= value < 128 for value in values):
        return ()
    levels = tuple(bytes(values[low:high]).decode("ascii") for low, high in itertools.pairwise(offsets))
    return distinct(levels)
