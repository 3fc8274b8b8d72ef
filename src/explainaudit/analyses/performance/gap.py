"""How much better it is on the rows it learned from."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.losses import difference, row_losses, score_measure, unit_of
from explainaudit.records.evidence import Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, influence_interval, people
from explainaudit.stats.discrimination import placements

Floats = NDArray[np.float64]
Part = tuple[float, Floats]  # a value, and each row's influence on it


def known(scored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of known outcome that stand for somebody."""
    return people(scored[scored["label"].notna()].reset_index(drop=True))


def training_of(responses: Responses) -> pd.DataFrame | None:
    """Return the training rows of known outcome; ``None`` where none of them has weight."""
    if responses.training is None:
        return None
    labelled = known(responses.training)
    return labelled if len(labelled) else None


def no_training(responses: Responses) -> tuple[Limitation, ...]:
    """Return the limitation of an audit without the rows that the model learned from."""
    if training_of(responses) is not None:
        return ()
    message = Message(key="limitation.no_training")
    return (Limitation(code="no_training", message=message, touches=("performance", "soundness")),)


def gap_table(
    labelled: pd.DataFrame, training: pd.DataFrame, responses: Responses
) -> tuple[Table, list[Measure]]:
    """Return figures on the training table and on the sample, and their difference (sample − training)."""
    designs = Design.of(labelled), Design.of(training)
    here, there = _parts(labelled, responses, designs[0]), _parts(training, responses, designs[1])
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for name, (value, influence) in here.items():
        if name not in there:
            continue
        other, moved = there[name]
        ends = influence_interval(value, influence, designs[0]), influence_interval(other, moved, designs[1])
        apart = difference((value, None), (other, None), designs, (influence, moved))
        about, unit = {"of": name}, unit_of(name)
        before = score_measure("on_training", about, (other, ends[1]), designs[1], unit=unit)
        now = score_measure("on_sample", about, (value, ends[0]), designs[0], unit=unit)
        gap = score_measure("gap", about, apart, designs[0], unit=unit)
        measures += [before, now, gap]
        label = Message(key=f"measure.performance.{name}")
        rows.append(
            (label, before.ref("n"), before.ref(), now.ref("n"), now.ref(), gap.ref(), gap.ref("interval"))
        )
    headings = ("n_training", "training", "n_sample", "sample", "gap", "interval")
    table = Table(
        name="gap",
        caption=Message(key="table.performance.gap"),
        columns=(
            column("measure", "value"),
            *(column(name, "small_cell", numeric=True) for name in headings),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.gap"),),
    )
    return table, measures


def _parts(labelled: pd.DataFrame, responses: Responses, design: Design) -> dict[str, Part]:
    found: dict[str, Part] = {}
    if responses.task.type == "binary":
        actual = (labelled["label"] == responses.task.event).to_numpy()
        placed = placements(actual, labelled["score"].to_numpy(dtype=np.float64), design)
        if placed is not None:
            found["auc"] = placed
    for name, losses in row_losses(labelled, responses).items():
        mean = float(design.mean(losses))
        found[name] = (mean, losses - mean)
    return found
