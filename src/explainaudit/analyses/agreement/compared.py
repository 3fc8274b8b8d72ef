"""Rows explained by both methods: how well LIME fits and holds still, and how far the two agree."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.agreement.quality import quality
from explainaudit.records.attribution import Attribution
from explainaudit.records.measure import Interval, Measure, Unit
from explainaudit.records.responses import Responses
from explainaudit.stats.agreement import same_first, sign_agreement, spearman, top_overlap
from explainaudit.stats.design import Design, share_of
from explainaudit.stats.quantiles import quantile
from explainaudit.stats.sampling import widened

TOP = 4
OVER_COMPARED = (
    "lime_fidelity", "lime_stability", "lime_settled", "lime_outside", "agreement_top", "agreement_first",
    "agreement_sign", "agreement_rank",
)  # fmt: skip
_SHARES = {"agreement_first", "lime_settled"}
_SIGNED = {"lime_fidelity", "agreement_rank"}
Floats = NDArray[np.float64]


def _top(a: Floats, b: Floats) -> float | None:
    return top_overlap(a, b, TOP) if len(a) > TOP else None


_AGREEING: dict[str, Callable[[Floats, Floats], float | None]] = {
    "agreement_top": _top,
    "agreement_first": lambda a, b: float(same_first(a, b)),
    "agreement_sign": lambda a, b: sign_agreement(a, b, TOP),
    "agreement_rank": lambda a, b: spearman(np.abs(a), np.abs(b)),
}


def compared_quality(responses: Responses) -> list[Measure]:
    """Return the quality of LIME and its agreement with SHAP; a row speaks of the output predicted for it.

    Shares and medians are weighted by how each row was chosen. An interval of agreement counts the rows
    and the ten blocks of LIME's pool, whose error is common to all rows; what is about the pool itself has
    none.
    """
    design = Design.chosen(responses.scored, responses.compared[0].keys, responses.compared[0].inclusion)
    found = []
    for metric, (values, blocks) in _values(responses).items():
        known = ~np.isnan(values) & design.counts
        held, n = design.among(known), int(known.sum())
        unit: Unit = "score" if metric in _SIGNED else "share"
        if not n:
            found.append(quality(metric, None, 0, unit))
            continue
        value, interval = _over_rows(metric, values[known], held)
        if interval is None or np.isnan(blocks[known]).all(axis=0).any():
            found.append(quality(metric, value, n, unit))
            continue
        limits = (-1.0 if metric in _SIGNED else 0.0, 1.0)
        each = np.array([_over_block(metric, column, design) for column in blocks.T])
        found.append(quality(metric, value, n, unit, widened(interval, value, each, limits=limits)))
    return found


def _over_rows(metric: str, values: Floats, design: Design) -> tuple[float, Interval | None]:
    """Return a share or a median over rows, and its interval."""
    if metric not in _SHARES:
        return quantile(values, 0.5, design)
    share = share_of(values > 0, design)
    if share is None:
        raise ValueError("no row has a weight")
    return share.value, share.interval


def _over_block(metric: str, values: Floats, design: Design) -> float:
    known = ~np.isnan(values) & design.counts
    return _over_rows(metric, values[known], design.among(known))[0]


def _values(responses: Responses) -> dict[str, tuple[Floats, Floats]]:
    """Return by metric what is known of each compared row, shape (n,), and by block of the pool, (n, 10)."""
    n = len(responses.compared[0].keys)
    blocks = responses.compared[0].blocks
    width = 1 if blocks is None else blocks.shape[2]
    found = {metric: (np.full(n, np.nan), np.full((n, width), np.nan)) for metric in OVER_COMPARED}
    for row, (shap, lime, place) in enumerate(_pairs(responses)):
        for metric, numbers in (
            ("lime_fidelity", lime.fidelity),
            ("lime_stability", lime.stability),
            ("lime_outside", lime.off_manifold),
        ):
            if numbers is not None:
                found[metric][0][row] = numbers[row]
        a, b = shap.values[place], lime.contribution[row]
        if not np.isfinite(b).all():
            continue
        if lime.settled is not None:
            found["lime_settled"][0][row] = lime.settled[row]
        if not (a.any() and b.any()):
            continue
        # A column of which the pool tells too little stays where it is.
        each = (
            []
            if lime.blocks is None
            else np.where(np.isnan(lime.blocks[row]), b[:, None], lime.blocks[row]).T
        )
        for metric, agreement in _AGREEING.items():
            found[metric][0][row] = _number(agreement(a, b))
            for block, contribution in enumerate(each):
                found[metric][1][row, block] = _number(agreement(a, contribution))
    return found


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _pairs(responses: Responses) -> Iterator[tuple[Attribution, Attribution, int]]:
    """Return SHAP and LIME of each compared row for its output, and its place among those SHAP explains."""
    shap = {each.output: each for each in responses.attributions}
    lime = {each.output: each for each in responses.compared}
    places = {key: place for place, key in enumerate(responses.attributions[0].keys)}
    only = next(iter(shap)) if len(shap) == 1 else None
    predicted = dict(zip(responses.scored["key"], responses.scored["predicted"], strict=True))
    for key in responses.compared[0].keys:
        output = only or str(predicted[key])
        yield shap[output], lime[output], places[key]
