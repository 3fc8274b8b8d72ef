"""The reproducibility record: what another person needs to obtain the same numbers."""

from explainaudit.records.bundle import Bundle, Environment
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column


def reproducibility(bundle: Bundle, environment: Environment) -> tuple[Table, tuple[Measure, ...]]:
    """Return the table of the reproducibility chapter, and its own figures."""
    provenance = bundle.provenance
    evaluations = Measure(
        analysis="document",
        metric="evaluations",
        value=float(provenance.evaluations),
        unit="count",
        kind="fact",
    )
    rows: list[tuple[Cell, ...]] = [
        (Message(key="record.plan"), Name(text=provenance.plan.fingerprint())),
        (Message(key="record.seed"), Name(text=str(provenance.plan.seed))),
        (Message(key="record.evaluations"), evaluations.ref()),
    ]
    if provenance.model.digest is not None:
        rows.append((Message(key="record.model"), Name(text=provenance.model.digest)))
    for each in provenance.tables:
        label = Message(key="record.table", params={"table": Message(key=f"table_name.{each.name}")})
        rows.append((label, Name(text=each.digest)))
    rows.append((Message(key="record.isolation"), Message(key=environment.isolation)))
    rows += [
        (Message(key="record.version", params={"package": Name(text=package)}), Name(text=version))
        for package, version in sorted(environment.versions.items())
    ]
    table = Table(
        name="reproducibility",
        caption=Message(key="table.reproducibility"),
        columns=(column("item", "value"), column("recorded", "value")),
        rows=tuple(rows),
    )
    return table, (evaluations,)
