"""What the model is made of: steps, parameters, size."""

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import fact

SHOWN = 20


def kind_of(responses: Responses) -> str:
    """Return the class of the model; of a pipeline, that of its last step."""
    model = responses.model
    return model.steps[-1] if model.steps else model.estimator


def model_table(responses: Responses) -> tuple[Table, list[Measure]]:
    """Return what kind of model it is, and how large."""
    model = responses.model
    facts = [
        fact("soundness", "complexity", size, {"part": part})
        for part, size in model.makeup.complexity.items()
    ]
    facts.append(fact("soundness", "inputs", sum(each.role == "input" for each in responses.columns)))
    rows: list[tuple[Cell, ...]] = [
        (Message(key="item.estimator"), Name(text=kind_of(responses))),
        (Message(key="item.format"), Name(text=model.format)),
    ]
    if model.steps:
        rows.append((Message(key="item.steps"), Name(text=" → ".join(model.steps))))
    if model.saved_with is not None:
        rows.append((Message(key="item.saved_with"), Name(text=model.saved_with)))
    if responses.task.type == "binary":
        cut = Measure(
            analysis="soundness",
            metric="threshold",
            value=responses.decision.cut,
            unit="probability",
            kind="fact",
        )
        facts.append(cut)
        rows.append((Message(key="item.threshold"), cut.ref()))
    rows += [
        (Message(key=f"item.{each.dimensions.get('part', each.metric)}"), each.ref())
        for each in facts
        if each.metric != "threshold"
    ]
    table = Table(
        name="model",
        caption=Message(key="table.soundness.model"),
        columns=(column("item", "value"), column("fact", "value")),
        rows=tuple(rows),
    )
    return table, facts


def parameter_table(responses: Responses) -> Table:
    """Return the parameters of every step."""
    parameters = responses.model.makeup.parameters
    return Table(
        name="parameters",
        caption=Message(key="table.soundness.parameters"),
        columns=(column("step", "value"), column("parameter", "value"), column("setting", "value")),
        rows=tuple(
            (
                Name(text=each.step),
                Name(text=each.name),
                Message(key="setting.none") if each.value == "None" else Name(text=each.value),
            )
            for each in parameters[:SHOWN]
        ),
        notes=(Message(key="note.more_parameters"),) if len(parameters) > SHOWN else (),
    )
