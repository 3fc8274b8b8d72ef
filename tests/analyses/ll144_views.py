"""The Local Law 144 view of rows made by hand, its cells as plain values, and all that it says."""

import numpy as np

from explainaudit.analyses.fairness.ll144 import LocalLaw144, ll144
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Name
from explainaudit.wording.claims import claims_in
from explainaudit.wording.writer import Writer
from grouped import asked, binary

WHY = "The company's counsel advised that groups of so few people could be recognised by their colleagues."
CHOSEN = {"sex": "sex", "race_ethnicity": "race", "small_cells": "publish", "data": "historical"}


def chosen(**more) -> LocalLaw144:
    return LocalLaw144.model_validate(CHOSEN | more)


def view(scored, kind="binary", **more) -> Evidence:
    """Return what the view finds as evidence."""
    tables, measures, limitations, cards = ll144(asked(scored, kind), chosen(**more))
    assert len({each.id for each in measures}) == len(measures)
    return Evidence(
        analysis="fairness",
        answer=Message(key="answer.fairness.none"),
        tables=tuple(tables),
        measures=tuple(measures),
        limitations=tuple(limitations),
        cards=tuple(cards),
    )


def cells(found: Evidence, table: str) -> list[list]:
    """Return the values of a table: names, numbers, and the reason where there is no number."""
    by_id = {each.id: each for each in found.measures}
    rows = []
    for row in found.table(f"ll144:{table}").rows:
        seen = [cell if isinstance(cell, Name) else by_id[cell.measure] for cell in row]
        rows.append(
            [
                each.text if isinstance(each, Name) else each.reason if each.value is None else each.value
                for each in seen
            ]
        )
    return rows


def said(found: Evidence) -> str:
    writer = Writer({each.id: each for each in found.measures})
    texts = []
    for table in found.tables:
        texts += [writer.text(table.caption), *(writer.text(each) for each in table.notes)]
        texts += [writer.text(column.heading) for column in table.columns]
        texts += [writer.cell_text(cell) for row in table.rows for cell in row]
    for card in found.cards:
        texts += [writer.text(card.title), *(writer.text(line.label) for line in card.lines)]
        texts += [writer.cell_text(line.fact) for line in card.lines]
    texts += [writer.text(each.message) for each in found.limitations]
    assert all("{" not in text for text in texts)
    assert claims_in("\n".join(texts)) == []
    return "\n".join(texts)


def rows_of(*groups):
    """Return sex, race and whether selected, from (sex, race, selected, number) each."""
    sex, race, selected = [], [], []
    for one, other, k, n in groups:
        sex += [one] * n
        race += [other] * n
        selected += [True] * k + [False] * (n - k)
    return sex, race, selected


def people_selected(*groups, **more):
    sex, race, selected = rows_of(*groups)
    return binary([None] * len(sex), ~np.array(selected), sex=sex, race=race, **more)


BY_HAND = people_selected(
    ("Female", "Asian", 30, 50), ("Female", "White", 45, 100), ("Male", "Asian", 20, 50),
    ("Male", "White", 50, 100), ("Male", "Other", 3, 4), (None, "White", 5, 10), ("Female", None, 2, 6),
    (None, None, 1, 2),
)  # fmt: skip
