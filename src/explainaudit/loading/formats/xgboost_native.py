"""XGBoost's JSON and UBJSON files: data formats, checked and written anew before the library reads them.

The library's own reader trusts indices and counts, and may read doubtful bytes otherwise than a check
does. So it never sees the file: it is given what was checked, written by `write_ubjson`.
"""

import json
import math
import re
from typing import Any

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.boosters import NativeBooster, library, parameters
from explainaudit.loading.formats.tree_shape import Size, complexity
from explainaudit.loading.formats.ubjson import read_ubjson, write_ubjson
from explainaudit.loading.formats.xgboost_inputs import Block, inputs_of, levels_of, trees_of
from explainaudit.loading.formats.xgboost_splits import reading
from explainaudit.loading.formats.xgboost_trees import checked_tree
from explainaudit.records.bundle import Makeup
from explainaudit.records.message import Message

BINARY, SEVERAL = {"binary:logistic"}, {"multi:softprob", "multi:softmax"}
# Objectives whose prediction is the target itself, through the identity or a logarithmic link.
REGRESSIONS = {
    "reg:squarederror", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror",
    "reg:quantileerror", "reg:gamma", "reg:tweedie", "count:poisson",
}  # fmt: skip
_PLAIN = re.compile(r"[-+.\w\[\],:]{0,80}", re.ASCII)


def load_xgboost(data: bytes, where: str, rounds: int | None = None) -> NativeBooster:
    """Return the model that a JSON or UBJSON file holds, or that its first rounds of boosting are.

    Raises
    ------
    ModelFailed
        The file is damaged, or a tree leads out of itself (E616).
    ModelRefused
        Objective, booster or levels are not such that the model can be audited (E507, E508).
    UsageError
        XGBoost is not installed (E257).
    """
    try:
        content = read_ubjson(data) if data[1:2] == b"L" else json.loads(data, object_pairs_hook=_once)
        learner = content["learner"]
        if rounds is not None:
            _cut(learner["gradient_booster"], rounds)
        classes = _classes(learner, where)
        names, kinds = inputs_of(learner)
        levels = levels_of(learner["gradient_booster"], names, kinds, where)
        counts = [len(levels.get(name, ())) for name in names]
        outputs = _outputs(learner)
        model, sizes = _model(learner, outputs, counts, where)
        makeup, remarks = _makeup(learner, sizes), _remarks(learner)
        written = write_ubjson({"learner": model, "version": _version(content["version"])})
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ModelFailed("E616", where=where) from None
    predict = _answers(written, where)
    return NativeBooster(
        library="XGBoost",
        margins=lambda codes: predict(codes, output_margin=True),
        answer=lambda codes: predict(codes, output_margin=False),
        reading=lambda: reading(model, outputs, counts),
        feature_names_in_=names,
        levels=levels,
        classes_=classes,
        makeup=makeup,
        named=bool(len(learner.get("feature_names", ()))),
        title="XGBoost Booster",
        remarks=remarks,
    )


def _cut(booster: Block, rounds: int) -> None:
    """Leave the first rounds; the library's own slice of a booster loses the levels of its inputs."""
    model = trees_of(booster)["model"]
    starts = model["iteration_indptr"][: rounds + 1]
    end = int(starts[-1])
    model |= {
        "iteration_indptr": starts,
        "tree_info": model["tree_info"][:end],
        "trees": model["trees"][:end],
        "gbtree_model_param": model["gbtree_model_param"] | {"num_trees": str(end)},
    }
    if booster["name"] == "dart":
        booster["weight_drop"] = booster["weight_drop"][:end]


def _answers(written: bytes, where: str) -> Any:
    xgboost = library("xgboost", where)
    booster = xgboost.Booster({"nthread": 1, "verbosity": 0})
    try:
        booster.load_model(bytearray(written))
    except xgboost.core.XGBoostError as problem:
        raise ModelFailed("E616", where=where) from problem

    def predict(codes: Any, *, output_margin: bool) -> Any:
        return booster.predict(xgboost.DMatrix(codes, nthread=1), output_margin=output_margin)

    return predict


def _once(pairs: list[tuple[str, Any]]) -> Block:
    """Return an object of JSON, refusing a name that stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _outputs(learner: Block) -> int:
    """Return the number of raw scores for a row: one, or one for each of several classes."""
    if learner["objective"]["name"] not in SEVERAL:
        return 1
    return int(learner["learner_model_param"]["num_class"])


def _model(learner: Block, outputs: int, levels: list[int], where: str) -> tuple[Block, list[Size]]:
    """Return the learner as the library takes it, with nothing in it unchecked, and its trees' sizes."""
    given = learner["learner_model_param"]
    booster, sizes = _booster(learner["gradient_booster"], outputs, levels, where)
    return {
        "attributes": {},
        "feature_names": [],
        "feature_types": [],
        "gradient_booster": booster,
        "learner_model_param": {
            "base_score": _base_score(given["base_score"], outputs),
            "boost_from_average": "1" if str(given.get("boost_from_average", "1")) == "1" else "0",
            "num_class": str(outputs if outputs > 1 else 0),
            "num_feature": str(len(levels)),
            "num_target": "1",
        },
        "objective": _objective(learner["objective"], outputs),
    }, sizes


def _booster(given: Block, outputs: int, levels: list[int], where: str) -> tuple[Block, list[Size]]:
    model = trees_of(given)["model"]
    trees, counts = model["trees"], model["gbtree_model_param"]
    groups = [int(group) for group in model["tree_info"]]
    drops = [float(weight) for weight in given["weight_drop"]] if given["name"] == "dart" else []
    if (
        not len(trees) == len(groups) == int(counts["num_trees"]) >= outputs
        or not all(0 <= group < outputs for group in groups)
        or (given["name"] == "dart" and not len(drops) == len(trees))
        or not all(map(math.isfinite, drops))
    ):
        raise ValueError("counts do not agree")
    checked = [checked_tree(tree, number, levels, where) for number, tree in enumerate(trees)]
    booster: Block = {
        "name": "gbtree",
        "model": {
            "gbtree_model_param": {
                "num_parallel_tree": str(int(counts.get("num_parallel_tree", 1))),
                "num_trees": str(len(trees)),
            },
            "iteration_indptr": _iterations(model, len(trees)),
            "tree_info": groups,
            "trees": [tree for tree, _ in checked],
        },
    }
    if given["name"] == "dart":
        booster = {"name": "dart", "gbtree": booster, "weight_drop": drops}
    return booster, [size for _, size in checked]


def _objective(given: Block, outputs: int) -> Block:
    """Return the objective and its parameters, with the number of classes that was checked."""
    found: Block = {"name": given["name"]}
    for name, block in given.items():
        if name != "name":
            found[_plain(name)] = {_plain(key): _plain(value) for key, value in block.items()}
            if "num_class" in block:
                found[name]["num_class"] = str(outputs)
    return found


def _iterations(model: Block, trees: int) -> list[int]:
    """Return where each iteration starts; files from before XGBoost 2.0 leave that to be counted."""
    starts = [int(start) for start in model.get("iteration_indptr", ())]
    if starts and (starts[0] != 0 or starts[-1] != trees or sorted(starts) != starts):
        raise ValueError("iterations do not fit the trees")
    return starts


def _base_score(text: str, outputs: int) -> str:
    """Return the scores that boosting started from: one number, or in brackets one for each output."""
    numbers = text.strip("[]").split(",")
    if len(numbers) not in {1, outputs} or not all(math.isfinite(float(number)) for number in numbers):
        raise ValueError("not one number for each output")
    return _plain(text)


def _plain(value: Any) -> str:
    if not _PLAIN.fullmatch(str(value)):
        raise ValueError("no parameter")
    return str(value)


def _classes(learner: Block, where: str) -> tuple[str, ...]:
    objective, booster = str(learner["objective"]["name"]), str(learner["gradient_booster"]["name"])
    quantiles = str(learner["objective"].get("quantile_loss_param", {}).get("quantile_alpha", ""))
    if booster not in {"gbtree", "dart"}:
        raise ModelRefused("E507", where=where, objective=booster[:60])
    if int(learner["learner_model_param"].get("num_target", 1)) > 1 or "," in quantiles:
        raise ModelFailed("E606", where=where)
    if objective in BINARY:
        return ("0", "1")
    if objective in SEVERAL:
        number = int(learner["learner_model_param"]["num_class"])
        if not 2 <= number <= len(trees_of(learner["gradient_booster"])["model"]["trees"]):
            raise ValueError("no such number of classes")
        return tuple(str(place) for place in range(number))
    if objective in REGRESSIONS:
        return ()
    raise ModelRefused("E507", where=where, objective=objective[:60])


def _version(given: Any) -> list[int]:
    version = [int(part) for part in given]
    if len(version) != 3 or not all(0 <= part < 1000 for part in version):
        raise ValueError("no version")
    return version


def _remarks(learner: Block) -> tuple[Message, ...]:
    """Return a note where training went on beyond the best iteration: the library uses all trees."""
    best = learner.get("attributes", {}).get("best_iteration", "")
    starts = trees_of(learner["gradient_booster"])["model"].get("iteration_indptr", ())
    stopped = str(best).isdecimal() and int(best) + 1 < len(starts) - 1
    return (Message(key="loading.note.beyond_best"),) if stopped else ()


def _makeup(learner: Block, sizes: list[Size]) -> Makeup:
    given = {"objective": learner["objective"]["name"], "booster": learner["gradient_booster"]["name"]}
    for name, block in learner["objective"].items():
        given |= {} if name == "name" else block
    given["base_score"] = learner["learner_model_param"]["base_score"]
    return Makeup(parameters=parameters(given), complexity=complexity(sizes))
