"""What found slices are not, and which criteria could not be searched by, with the reason of each."""

from collections.abc import Sequence

from explainaudit.analyses.slices.yardsticks import CRITERIA, Yardstick
from explainaudit.records.evidence import Limitation
from explainaudit.records.message import Message, Param, Series
from explainaudit.records.responses import Responses


def limitations(responses: Responses, against: Sequence[Yardstick]) -> tuple[Limitation, ...]:
    """Return that found slices are leads, and one limitation for each reason not to search by a criterion."""
    searched = {each.criterion for each in against}
    left: dict[str, list[Param]] = {}
    for name in CRITERIA:
        if name not in searched:
            left.setdefault(_why(name, responses), []).append(Message(key=f"slice.criterion.{name}"))
    found = [_limitation("found_by_search", Message(key="limitation.found_by_search"))]
    for why, criteria in left.items():
        params: dict[str, Param] = {"criteria": Series(items=tuple(criteria))}
        message = Message(key=f"limitation.slices_not_by.{why}", params=params)
        found.append(_limitation("slices_not_all", message))
    return tuple(found)


def _why(criterion: str, responses: Responses) -> str:
    kind = responses.task.type
    if criterion == "disparity":
        if kind == "regression":
            return "regression"
        return "no_favourable" if responses.decision.favourable is None else "no_groups"
    if criterion == "calibration" and kind == "multiclass":
        return "classes"
    return "no_probability" if responses.scored["label"].notna().any() else "no_outcomes"


def _limitation(code: str, message: Message) -> Limitation:
    return Limitation(code=code, message=message, touches=("slices",))
