"""The question to the model that explainers are given: its outputs, columns, background and inside."""

from dataclasses import replace
from pathlib import Path

from explainaudit.explainers.ask import Ask
from explainaudit.loading.auditee import explained_outputs, explained_unit
from explainaudit.loading.predictor import Output
from explainaudit.records.stage import Described, Selection, StageCall
from explainaudit.stages.room import Room, source_in


def ask_of(call: StageCall, room: Room, described: Described, background: tuple[int, ...]) -> Ask:
    """Return the question on the plan's scale, with what is known of the model's inside."""
    ask = _ask(call, room, described, background, explained_unit(described.plan))
    return replace(ask, inside=room.inside(call, described.plan, ask.background))


def ask_on(call: StageCall, room: Room, described: Described, chosen: Selection, scale: Output) -> Ask:
    """Return the question on another scale; a regression has one alone."""
    unit = "target" if described.plan.task.type == "regression" else scale
    return _ask(call, room, described, chosen.background, unit)


def _ask(call: StageCall, room: Room, described: Described, background: tuple[int, ...], unit: Output) -> Ask:
    plan, auditee = described.plan, room.enter(call)
    source, _ = source_in(Path(call.inputs["describe"]), described)
    inputs = tuple(column for column in described.columns if column.role == "input")
    source = source[[column.name for column in inputs]]
    return Ask(
        predict=lambda frame: auditee.outputs(frame, plan, scale=unit),
        columns=inputs,
        background=source.iloc[list(background)].reset_index(drop=True),
        source=source,
        outputs=explained_outputs(plan, described.model),
        unit=unit,
        seed=plan.seed,
        values=plan.explain.values,
    )
