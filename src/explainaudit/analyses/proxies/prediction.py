"""How well a small instrument predicts the group from the inputs taken together."""

import numpy as np
import pandas as pd

from explainaudit.analyses.proxies.halves import Groups, Halves
from explainaudit.instruments.linear import logistic
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.discrimination import weighted_auc
from explainaudit.stats.rates import count
from explainaudit.stats.tiers import outcomes_tier, smallest_cell


def other_inputs(responses: Responses, feature: str) -> list[str]:
    """Return the model's inputs but for the feature itself, in the order of their names."""
    return sorted(each.name for each in responses.columns if each.role == "input" and each.name != feature)


def predicted(
    responses: Responses, rows: pd.DataFrame, groups: Groups, halves: Halves
) -> tuple[Table, list[Measure]]:
    """Return the area under the ROC curve of each group against the others, over the rows evaluated.

    Parameters
    ----------
    rows : DataFrame
        Typed rows of the sample, beside the scored rows.
    groups : Groups
        Two groups at least.
    """
    evaluated = groups.among(halves.evaluated)
    design = Design.of(responses.scored).among(evaluated)
    scores = _scores(responses, rows, groups, halves)
    measures: list[Measure] = []
    lines: list[tuple[Cell, ...]] = []
    for code, name in enumerate(groups.names):
        inside = groups.codes[evaluated] == code
        about = {"sensitive": groups.feature, "group": name}
        own = count("proxies", "rows_of_group", int(inside.sum()), about)
        rest = count("proxies", "rows_of_others", int((~inside).sum()), about)
        score = scores[name].to_numpy() if scores is not None and name in scores else None
        found = _measure(about, inside, score, design)
        measures += [own, rest, found]
        lines.append((Name(text=name), own.ref(), rest.ref(), found.ref(), found.ref("interval")))
    return _table(responses, groups.feature, lines), measures


def _scores(responses: Responses, rows: pd.DataFrame, groups: Groups, halves: Halves) -> pd.DataFrame | None:
    """Return the instrument's probability of each group; ``None`` where it had nothing to learn from."""
    names = other_inputs(responses, groups.feature)
    types = {each.name: each.type for each in responses.columns}
    fitted, evaluated = groups.among(halves.fitted), groups.among(halves.evaluated)
    known = rows[names].iloc[fitted]
    label = np.array(groups.names, dtype=object)[groups.codes[fitted]]
    varies = any(known[name].nunique(dropna=False) > 1 for name in names)
    if not varies or len(set(label)) < 2 or not len(evaluated):
        return None
    return logistic(known, label, types).probabilities(rows[names].iloc[evaluated])


def _measure(about: dict[str, str], inside: np.ndarray, score: np.ndarray | None, design: Design) -> Measure:
    n, k = len(inside), int(inside.sum())
    sure = outcomes_tier(design.worth(inside), design.worth(~inside))
    found: tuple[float, Interval | None] | None = None
    why = "insufficient" if sure in {"insufficient", "not_estimable"} else "not_estimable"
    # An instrument that tells no two rows apart has an area, but no spread to judge it by.
    if why == "not_estimable" and score is not None and np.ptp(score) > 0:
        found = weighted_auc(inside, score, design)
    return Measure(
        analysis="proxies",
        metric="auc",
        dimensions=about,
        value=None if found is None else found[0],
        reason=why if found is None else None,
        interval=None if found is None else found[1],
        n=n,
        unit="score",
        tier=sure,
        estimand="people_like_these",
        kind="score",
        smallest_cell=smallest_cell(k, n - k),
    )


def _table(responses: Responses, feature: str, lines: list[tuple[Cell, ...]]) -> Table:
    name = {"feature": Name(text=feature)}
    is_input = any(each.name == feature and each.role == "input" for each in responses.columns)
    own = (Message.model_validate({"key": "note.proxies_own_input", "params": name}),) if is_input else ()
    headings = ("rows_of_group", "rows_of_others", "auc", "interval")
    return Table(
        name=f"prediction:{feature}",
        caption=Message.model_validate({"key": "table.proxies.prediction", "params": name}),
        columns=(column("group", "value"), *(column(each, "small_cell", numeric=True) for each in headings)),
        rows=tuple(lines),
        notes=(*own, Message(key="note.proxies_prediction"), Message(key="note.sampling_only")),
    )
