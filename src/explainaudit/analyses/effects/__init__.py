"""How does its output change with an input?"""

from explainaudit.analyses.effects.moved import Moved, moved
from explainaudit.analyses.effects.pairs import pair_measures, pair_table
from explainaudit.analyses.effects.pictures import effects_figure
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design
from explainaudit.wording.writer import Writer

SHOWN, PLOTTED = 20, 20


class EffectsSettings(Settings):
    """Nothing to set: bins are the quantiles of the rows."""


def measure(responses: Responses, _settings: EffectsSettings) -> Evidence:
    """Say how far each input moves the output, and which pairs act together.

    Raises `NotApplicable` where the model was not asked.
    """
    if not responses.effects:
        raise NotApplicable("not_applicable")
    rows = responses.rows
    found = [
        moved(responses, effect, output, None if rows is None else rows[effect.column])
        for effect in responses.effects
        for output in range(len(effect.outputs))
    ]
    ordered = sorted(found, key=lambda each: -(each.measure.value or 0.0))
    unit = responses.effects[0].unit
    design = Design.of(responses.scored)
    pairs: list[Measure] = []
    if (held := responses.interactions) is not None:
        chosen = Design.chosen(responses.scored, held.keys, held.inclusion)
        if chosen.freedom >= 1:
            pairs = pair_measures(held, None if design.simple else chosen)
    return Evidence(
        analysis="effects",
        answer=_answer([each.measure for each in ordered]),
        measures=(*(each.measure for each in ordered), *pairs),
        tables=(_ranges(ordered, unit), *((pair_table(pairs, unit),) if pairs else ())),
        limitations=() if pairs or len(responses.effects) < 2 else (_no_pairs(responses.explain.values),),
        plots=tuple(plot for each in ordered[:PLOTTED] for plot in each.plots),
    )


def _answer(ordered: list[Measure]) -> Message:
    if not ordered or not ordered[0].value:
        return Message(key="answer.effects_none")
    first = ordered[0]
    params: dict[str, Param] = {
        "column": Name(text=first.dimensions["column"]),
        "range": first.ref(),
        "interval": first.ref("interval"),
        "n": first.ref("n"),
    }
    if "class" in first.dimensions:
        params["class"] = Name(text=first.dimensions["class"])
        return Message(key="answer.effects_class", params=params)
    return Message(key="answer.effects", params=params)


def _no_pairs(values: str) -> Limitation:
    key = "no_interactions" if values == "interventional" else "no_path_interactions"
    message = Message(key=f"limitation.{key}")
    return Limitation(code="no_interactions", message=message, touches=("effects",))


def _ranges(ordered: list[Moved], unit: str) -> Table:
    several = any("class" in each.measure.dimensions for each in ordered)
    rows: list[tuple[Cell, ...]] = []
    for each in ordered[:SHOWN]:
        measure = each.measure
        name = (Name(text=measure.dimensions["column"]),)
        of = (Name(text=measure.dimensions["class"]),) if several else ()
        kind = Message(key=f"effect.{measure.metric}")
        rows.append((*name, *of, kind, measure.ref("n"), measure.ref(), measure.ref("interval")))
    return Table(
        name="ranges",
        caption=Message(key="table.effects.ranges", params={"unit": Message(key=f"unit.{unit}")}),
        columns=(
            column("column", "value"),
            *((column("class", "value"),) if several else ()),
            column("effect_kind", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("n", "range", "interval")),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.effects"),),
    )


def judge(_evidence: Evidence, _settings: EffectsSettings) -> tuple[Flag, ...]:
    """Raise nothing: an effect is a description."""
    return ()


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw the effects of the leading inputs."""
    figure = effects_figure(evidence, writer)
    return () if figure is None else (figure,)


EFFECTS = Analysis(
    name="effects",
    settings=EffectsSettings,
    needs=lambda _settings: Needs(rows=True, attributions=True, effects=True),
    measures=(
        MeasureSpec(
            metric="ale_range",
            unit="score",
            kind="attribution",
            better="neither",
            dimensions=("column", "class"),
        ),
        MeasureSpec(
            metric="level_range",
            unit="score",
            kind="attribution",
            better="neither",
            dimensions=("column", "class"),
        ),
        MeasureSpec(
            metric="interaction",
            unit="score",
            kind="attribution",
            better="neither",
            dimensions=("column", "other"),
        ),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
