"""Responses of a model that is a function: scored rows, the rows themselves, flips of sensitive inputs."""

import hashlib

import numpy as np
import pandas as pd

from explainaudit.analyses.individual import INDIVIDUAL
from explainaudit.explainers.ask import Ask
from explainaudit.explainers.flips import flips
from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.plan import Decision
from explainaudit.records.responses import ColumnFacts
from explainaudit.stats.bands import band_names
from explainaudit.stats.deciding import favoured
from grouped import EVENT, OTHER, asked, binary, multiclass, regression

CLASSES = ("bad", "fine", "good")
KINDS = {"f": "integer", "i": "integer", "b": "boolean"}


def answered(frame, predict, inputs, sensitive, *, kind="binary", decision=None, **design):
    """Return responses; ``sensitive`` is a list of names, or of names with their edges."""
    frame = frame.assign(key=[hashlib.sha256(str(at).encode()).hexdigest() for at in frame.index])
    frame = frame.sort_values("key").reset_index(drop=True)
    design = {name: frame[column] for name, column in design.items()}
    features = [SensitiveFeature(column=name, edges=edges) for name, edges in dict(sensitive).items()]
    groups = {each.column: group_of(frame[each.column], each.edges) for each in features}
    decision = decision or (Decision(favourable="no event") if kind == "binary" else Decision())
    answers = np.asarray(predict(frame), dtype=float).reshape(len(frame), -1)
    label = [None] * len(frame)
    if kind == "regression":
        scored = regression(np.full(len(frame), np.nan), answers[:, 0], **groups, **design)
    elif kind == "multiclass":
        predicted = np.array(CLASSES)[answers.argmax(axis=1)]
        scores = dict(zip(CLASSES, answers.T, strict=True))
        scored = multiclass(
            label, predicted, favourable=decision.favourable, scores=scores, **groups, **design
        )
    else:
        scored = binary(label, answers[:, 0] >= decision.cut, score=answers[:, 0], **groups, **design)
        good = favoured(answers, decision, (EVENT,))
        if good is not None:
            scored["favourable"] = pd.array(good, dtype="boolean")
    scored["key"] = frame["key"]
    names = [*inputs, *(each.column for each in features if each.column not in inputs)]
    columns = tuple(
        ColumnFacts(
            name=name,
            type=KINDS.get(name[0], "text" if frame[name].dtype.kind not in "fi" else "number"),
            role="input" if name in inputs else "sensitive",
        )
        for name in names
    )
    somebody = (scored["weight"] > 0).to_numpy() if "weight" in scored else np.ones(len(frame), dtype=bool)
    ask = Ask(
        predict=lambda rows: np.asarray(predict(rows), dtype=float).reshape(len(rows), -1),
        columns=tuple(each for each in columns if each.role == "input"),
        background=frame.head(0),
        source=frame,
        outputs=CLASSES if kind == "multiclass" else (EVENT,),
        unit="target" if kind == "regression" else "probability",
        seed=7,
    )
    flipped, _ = flips(
        ask,
        frame[somebody].reset_index(drop=True),
        frame["key"].to_numpy(dtype=np.str_)[somebody],
        {name: scored.loc[somebody, f"group:{name}"] for name in groups if name in inputs},
        decision,
    )
    classes = CLASSES if kind == "multiclass" else (OTHER, EVENT)
    return asked(
        scored,
        kind,
        decision=decision,
        classes=classes,
        columns=columns,
        rows=frame[names],
        flips=flipped,
        sensitive=tuple(features),
    )


def group_of(column, edges):
    if edges is None:
        return column
    names = np.array(band_names(edges, whole=column.dtype.kind == "i"), dtype=object)
    return names[np.searchsorted(edges, column, side="right")]


def measured(responses, **settings):
    """Return the evidence and the codes of its flags."""
    given = INDIVIDUAL.settings(**settings)
    evidence = INDIVIDUAL.measure(responses, given)
    return evidence, [flag.code for flag in INDIVIDUAL.judge(evidence, given)]
