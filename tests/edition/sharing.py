"""What a shareable edition shows of rows: the measures that are left of several analyses."""

import pandas as pd

from explainaudit.analyses.calibration import CALIBRATION
from explainaudit.analyses.data import DATA
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.performance import PERFORMANCE
from explainaudit.edition import edition
from explainaudit.records.bundle import Bundle
from explainaudit.records.measure import Measure
from explainaudit.records.plan import Decision
from explainaudit.records.responses import ColumnFacts
from explainaudit.records.verdict import Verdicts
from grouped import EVENT, OTHER, asked, binary, multiclass
from handmade import bundle_of, people

ANALYSES = (FAIRNESS, CALIBRATION, PERFORMANCE, DATA)
CLASSES = ("a", "b", "c")


def whole(scored: pd.DataFrame, **given) -> Bundle:
    """Return what is measured of some rows, all their features taken together among it."""
    features = [name.removeprefix("group:") for name in scored if name.startswith("group:")]
    rows = pd.DataFrame({"y": scored["label"], **{name: scored[f"group:{name}"] for name in features}})
    columns = tuple(
        ColumnFacts(name=name, type="text", role="target" if name == "y" else "sensitive") for name in rows
    )
    crossed = (tuple(features),) if len(features) > 1 else ()
    facts = {"intersections": crossed, "rows": rows, "columns": columns}
    responses = asked(scored, **{**facts, **given})
    bundle = bundle_of(people())
    names = ("sensitive", "task", "decision", "intersections")
    plan = bundle.provenance.plan.model_copy(update={name: getattr(responses, name) for name in names})
    return Bundle(
        provenance=bundle.provenance.model_copy(update={"plan": plan}),
        evidence=tuple(each.measure(responses, each.settings()) for each in ANALYSES),
    )


def shared(bundle: Bundle) -> list[Measure]:
    """Return the measures of the shareable edition."""
    return list(edition(bundle, Verdicts(), "shareable", 11)[0].measures().values())


def counted(*lines, classes=None, **given) -> tuple[pd.DataFrame, Bundle]:
    """Return n rows of each line, (group of each feature …, outcome, predicted, n), and their bundle."""
    rows = [line[:-1] for line in lines for _ in range(line[-1])]
    *groups, label, predicted = (list(column) for column in zip(*rows, strict=True))
    features = dict(zip(("g", "h"), groups, strict=False))
    if classes is None:
        scored = binary(label, [each == EVENT for each in predicted], **features)
        return scored, whole(scored, **given)
    scores = dict.fromkeys(classes, [1 / len(classes)] * len(rows))
    scored = multiclass(label, predicted, favourable=[classes[0]], scores=scores, **features)
    decision = Decision(favourable=classes[:1])
    return scored, whole(scored, kind="multiclass", classes=classes, decision=decision, **given)


def four(*groups, tp: int, fn: int, fp: int, tn: int) -> list[tuple]:
    """Return lines of one group, by outcome and prediction."""
    cells = ((EVENT, EVENT, tp), (EVENT, OTHER, fn), (OTHER, EVENT, fp), (OTHER, OTHER, tn))
    return [(*groups, *cell) for cell in cells]
