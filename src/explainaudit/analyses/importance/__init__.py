"""What moves its output?"""

import numpy as np
import pandas as pd

from explainaudit.analyses.importance.card import shap_card
from explainaudit.analyses.importance.pictures import beeswarm_figure, ranking_figure
from explainaudit.analyses.importance.points import cloud
from explainaudit.analyses.importance.ranking import (
    class_table,
    directions,
    leading,
    ranking_measures,
    ranking_table,
)
from explainaudit.analyses.importance.replaced import cluster_table, loss_measures, loss_table
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design
from explainaudit.wording.writer import Writer


class ImportanceSettings(Settings):
    """Nothing to set; how rows are explained stands under ``explain``."""


def measure(responses: Responses, _settings: ImportanceSettings) -> Evidence:
    """Rank the columns by mean |SHAP|, with permutation importance beside it.

    Raises `NotApplicable` where nothing was explained, or rows of fewer than two people.
    """
    if not responses.attributions or responses.explained is None:
        raise NotApplicable("not_applicable")
    attributions = responses.attributions
    first = attributions[0]
    whole = Design.of(responses.scored)
    chosen = Design.chosen(responses.scored, first.keys, first.inclusion)
    if chosen.freedom < 1:
        raise NotApplicable("insufficient")
    ranking = ranking_measures(attributions, seed=responses.seed, design=None if whole.simple else chosen)
    rows = _explained_rows(responses)
    numbers = [each.name for each in responses.columns if each.type in {"integer", "number"}]
    leaning = directions(attributions, rows, numbers, chosen) if rows is not None else []
    replaced, tables = _replaced(responses, ranking)
    card, facts = shap_card(responses)
    plots = tuple(cloud(each, rows, responses, ranking) for each in attributions) if rows is not None else ()
    classes = tuple(each.output for each in attributions)
    return Evidence(
        analysis="importance",
        answer=leading(ranking),
        measures=(*ranking, *leaning, *replaced, *facts),
        tables=(
            ranking_table([*ranking, *leaning], first.unit),
            *((class_table(ranking, classes, first.unit),) if len(classes) > 1 else ()),
            *tables,
        ),
        cards=(card,),
        limitations=tuple(_limitations(responses, facts)),
        plots=plots,
    )


def _explained_rows(responses: Responses) -> pd.DataFrame | None:
    """Return the typed rows that were explained, in the order of the attributions."""
    if responses.rows is None:
        return None
    keys = responses.scored["key"].to_numpy(dtype=np.str_)
    return responses.rows.iloc[np.searchsorted(keys, responses.attributions[0].keys)].reset_index(drop=True)


def _replaced(responses: Responses, ranking: list[Measure]) -> tuple[list[Measure], list[Table]]:
    losses = responses.losses
    if losses is None or not len(losses.keys):
        return [], []
    design = Design.chosen(responses.scored, losses.keys)
    measures = loss_measures(losses, design, ranking)
    tables = [loss_table(losses, measures, ranking)]
    if any(len(columns) > 1 for columns in losses.sets):
        tables.append(cluster_table(losses, measures))
    return measures, tables


def _limitations(responses: Responses, facts: list[Measure]) -> list[Limitation]:
    explained = responses.explained
    by_name = {each.metric: each for each in facts}
    params: dict[str, Param] = {"n": by_name["explained"].ref(), "all": by_name["population"].ref()}
    paths = responses.explain.values == "path_dependent"
    key = "path_dependent_associations" if paths else "associations"
    found = [Limitation(code="associations", message=Message(key=f"limitation.{key}"))]
    if paths:
        found.append(Limitation(code="path_dependent", message=Message(key="limitation.path_dependent")))
    if explained is not None and explained.rows < explained.population:
        message = Message(key="limitation.explained_sample", params=params)
        found.append(Limitation(code="explained_sample", message=message))
    if explained is not None and explained.background == "sample":
        key = "path_dependent_background" if paths else "background_sample"
        message = Message(key=f"limitation.{key}")
        found.append(Limitation(code="background_sample", message=message))
    return [each.model_copy(update={"touches": ("importance",)}) for each in found]


def judge(_evidence: Evidence, _settings: ImportanceSettings) -> tuple[Flag, ...]:
    """Raise nothing: how far explanations can be trusted is a question of its own."""
    return ()


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw the ranking, and the SHAP values of single rows where the edition has them."""
    ranking = evidence.table("ranking")
    if ranking is None:
        return ()
    swarms = (beeswarm_figure(plot, ranking, writer) for plot in evidence.plots)
    return (ranking_figure(evidence, ranking, writer), *swarms)


IMPORTANCE = Analysis(
    name="importance",
    settings=ImportanceSettings,
    needs=lambda _settings: Needs(rows=True, attributions=True, losses=True),
    measures=(
        MeasureSpec(
            metric="mean_abs_shap",
            unit="score",
            kind="attribution",
            better="neither",
            dimensions=("column", "class"),
        ),
        MeasureSpec(
            metric="rank", unit="count", kind="attribution", better="neither", dimensions=("column",)
        ),
        MeasureSpec(
            metric="direction",
            unit="score",
            kind="attribution",
            better="neither",
            dimensions=("column", "class"),
        ),
        MeasureSpec(
            metric="permutation", unit="score", kind="attribution", better="neither", dimensions=("column",)
        ),
        MeasureSpec(
            metric="permutation_cluster",
            unit="score",
            kind="attribution",
            better="neither",
            dimensions=("cluster",),
        ),
        MeasureSpec(
            metric="permutation_agreement", unit="score", kind="quality", better="higher", judged=False
        ),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
