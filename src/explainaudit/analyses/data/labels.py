"""Of whom the outcome is known: of those decided favourably as of the others?"""

import numpy as np

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.rates import rated


def labels_known(responses: Responses) -> tuple[Table, list[Measure]] | None:
    """Return the share of known outcomes on either side of the model's decision.

    ``None`` where all outcomes are known, or no decision is called favourable.
    """
    scored = responses.scored
    known = scored["label"].notna().to_numpy()
    if known.all() or scored["favourable"].isna().any():
        return None
    favourable = scored["favourable"].to_numpy(dtype=bool)
    design = Design.of(scored)
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for side, decided in (("favourable", favourable), ("unfavourable", ~favourable)):
        inside = np.flatnonzero(decided)
        about = {"decided": side}
        share = rated("data", "label_known", known[inside], design.among(inside), about)
        measures.append(share)
        rows.append((Message(key=f"decided.{side}"), share.ref("n"), share.ref(), share.ref("interval")))
    table = Table(
        name="labels_known",
        caption=Message(key="table.data.labels_known"),
        columns=(
            column("decided", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("n", "known_share", "interval")),
        ),
        rows=tuple(rows),
    )
    return table, measures
