"""What is said beside the tables: the answer, and which groups have too few explained rows."""

from collections.abc import Sequence

from explainaudit.analyses.parity.groups import SHOWN, Group
from explainaudit.records.evidence import Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series

NAMED = 5
# Correlations that are alike differ by rounding; from `PRINTED` on one is printed as 1.000.
ROUNDING, PRINTED = 1e-9, 0.9995


def answer(measures: Sequence[Measure]) -> Message:
    """Return the sentence about the groups whose order of the columns is furthest from that of the others."""
    known = [
        (each.value, each) for each in measures if each.metric == "rank_agreement" and each.value is not None
    ]
    if not known:
        return Message(key="answer.parity.none")
    lowest = min(value for value, _ in known)
    tied = [each for value, each in known if value - lowest <= ROUNDING]
    params: dict[str, Param] = {"value": tied[0].ref()}
    if lowest >= PRINTED:
        return Message(key=f"answer.parity.{'same' if lowest >= 1 - ROUNDING else 'nearly'}", params=params)
    params["groups"] = Series(items=tuple(_group(each) for each in tied[:NAMED]))
    key = "one" if len(tied) == 1 else "tied" if len(tied) <= NAMED else "tied_many"
    return Message(key=f"answer.parity.{key}", params=params)


def _group(found: Measure) -> Message:
    params: dict[str, Param] = {
        "group": Name(text=found.dimensions["group"]),
        "feature": Name(text=found.dimensions["sensitive"]),
        "n": found.ref("n"),
    }
    return Message(key="answer.parity.group", params=params)


def too_few(groups: Sequence[Group]) -> list[Limitation]:
    """Return the limitation that names the groups with too few explained rows, if there are any."""
    names = [Name(text=group.name) for group in groups if group.name is not None]
    if not names:
        return []
    quoted = (Message(key="label.quoted", params={"name": name}) for name in names[:SHOWN])
    params: dict[str, Param] = {
        "feature": Name(text=groups[0].feature),
        "groups": Series(items=tuple(quoted)),
    }
    message = Message(key=f"limitation.parity_few{'_many' if len(names) > SHOWN else ''}", params=params)
    rests = tuple(group.size("rows_explained").id for group in groups)
    return [Limitation(code="parity_few", message=message, touches=("parity",), measures=rests)]
