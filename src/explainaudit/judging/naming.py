"""What the figure of a criterion is called: its measure, and all that it is about."""

import json

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series

# Of what a figure is about besides its group, these have words of their own.
IN_WORDS = ("class", "band", "stratified_by", "figure")


def label_of(measure: Measure) -> Message:
    """Return what a figure is called: with its feature and its group, then the rest."""
    analysis, about = measure.analysis, measure.dimensions
    label = Message(key=f"measure.{analysis}.{measure.metric}")
    params: dict[str, Param] = {"measure": label}
    params |= {name: Name(text=text) for name, text in about.items()}
    part: str | None
    if "group" in about:
        part = next((name for name in ("class", "band") if name in about), None)
        key = "result.of_group" if part is None else f"result.of_group_{part}"
    else:
        part = next((name for name in ("column", "class", "sensitive") if name in about), None)
        key = f"result.of_{part}"
    if part is not None or "group" in about:
        label = Message(key=key, params=params)
    said = {part, "group", "sensitive"} if "group" in about else {part}
    for more in (*IN_WORDS, *(name for name in about if name not in IN_WORDS)):
        if more in about and more not in said:
            of = _said(analysis, more, about[more])
            if more in IN_WORDS:
                label = Message(key=f"result.with_{more}", params={"measure": label, more: of})
            else:
                label = Message(key="result.with_value", params={"measure": label, "value": of})
    return label


def _said(analysis: str, dimension: str, text: str) -> Param:
    if dimension == "figure":
        return Message(key=f"measure.{analysis}.{text}")
    if dimension == "of":  # a measure of performance
        return Message(key=f"measure.performance.{text}")
    if dimension == "criterion":
        return Message(key=f"slice.criterion.{text}")
    if dimension == "slice":
        return Series(items=tuple(Name(text=" ".join(map(str, level))) for level in json.loads(text)))
    return Name(text=text)
