"""Which way each input pushes, against what was expected of it."""

from collections.abc import Mapping

import numpy as np

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.direction import direction, way

SHOWN = 20


Expected = Mapping[str, str | Mapping[str, str]]


def expected_of(expected: Expected, name: str, output: str | None) -> str | None:
    """Return the sign declared for an input, and with several classes for the score of one of them."""
    declared = expected.get(name)
    if declared is None or isinstance(declared, str):
        return declared if output is None else None
    return declared.get(output or "")


def sign_table(responses: Responses, expected: Expected) -> tuple[Table, list[Measure]]:
    """Return every input with its constraint, the declared sign and the direction observed.

    The direction is the correlation of ranks of recorded values and SHAP values over the rows explained.
    """
    measures = _directions(responses)
    outputs: list[str | None] = [each.output for each in responses.attributions] or [None]
    several = len(outputs) > 1
    rows: list[tuple[Cell, ...]] = []
    for output in outputs:
        for each in responses.columns:
            if each.role != "input":
                continue
            found = measures.get((each.name, output))
            declared = expected_of(expected, each.name, output if several else None)
            constraint = responses.model.makeup.constraints.get(each.name)
            name = (Name(text=str(output)),) if several else ()
            rows.append(
                (
                    *name,
                    Name(text=each.name),
                    Message(key=f"type.{each.type}"),
                    Message(key=f"sign.{constraint}") if constraint else None,
                    Message(key=f"sign.{declared}") if declared else None,
                    _observed(found),
                    _agreement(found, declared),
                )
            )
    shown = sorted(rows, key=lambda row: row[-1] is None)  # what was declared comes first
    table = Table(
        name="signs",
        caption=Message(key="table.soundness.signs"),
        columns=(
            *((column("class", "value"),) if several else ()),
            *(
                column(name, "value")
                for name in ("column", "type", "constraint", "expected", "observed_way", "agrees")
            ),
        ),
        rows=tuple(shown[:SHOWN]),
        notes=(Message(key="note.signs"), *((Message(key="note.more_rows"),) if len(rows) > SHOWN else ())),
    )
    return table, list(measures.values())


def _directions(responses: Responses) -> dict[tuple[str, str | None], Measure]:
    if responses.rows is None or not responses.attributions:
        return {}
    first = responses.attributions[0]
    design = Design.chosen(responses.scored, first.keys, first.inclusion)
    keys = responses.scored["key"].to_numpy(dtype=np.str_)
    rows = responses.rows.iloc[np.searchsorted(keys, first.keys)].reset_index(drop=True)
    numbers = {each.name for each in responses.columns if each.type in {"integer", "number"}}
    found: dict[tuple[str, str | None], Measure] = {}
    for each in responses.attributions:
        for place, name in enumerate(each.columns):
            if name not in numbers:
                continue
            value, interval = direction(rows[name], each.values[:, place], design) or (None, None)
            about = {"column": name, **({"class": each.output} if len(responses.attributions) > 1 else {})}
            found[name, each.output] = Measure(
                analysis="soundness",
                metric="direction",
                dimensions=about,
                value=value,
                reason=None if value is not None else "not_estimable",
                interval=interval,
                n=design.number(),
                unit="score",
                estimand="people_like_these",
                kind="attribution",
                smallest_cell=design.number(),
            )
    return found


def _observed(found: Measure | None) -> Cell:
    if found is None or found.value is None:
        return None
    return Message(key=f"way.{way(found.value, found.interval)}", params={"value": found.ref()})


def _agreement(found: Measure | None, declared: str | None) -> Cell:
    if declared is None:
        return None
    if found is None or found.value is None:
        return Message(key="agrees.not_assessed")
    seen = way(found.value, found.interval)
    return Message(key=f"agrees.{'not_clear' if seen == 'mixed' else 'yes' if seen == declared else 'no'}")
