"""What the model answers when a sensitive input is set to the value of another group."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.records.flip import Flip
from explainaudit.records.plan import Decision
from explainaudit.stats.deciding import favoured, predicted_places
from explainaudit.stats.keyed import draws

Floats = NDArray[np.float64]

FLIP_ROWS = 2000
MOST_VALUES = 12


def flips(
    ask: Ask, rows: pd.DataFrame, keys: NDArray[np.str_], groups: Mapping[str, pd.Series], decision: Decision
) -> tuple[tuple[Flip, ...], int]:
    """Return the answers with each sensitive input set to a value of each group, and the evaluations taken.

    Every question is put in one batch of the same rows in the same order, the one as recorded too: a model
    that does not look at the input gives the same numbers to the last digit. A feature of which one group
    alone is known has no other value to put in, and no flip.

    Parameters
    ----------
    ask : Ask
        The question, on the scale of probabilities or of the target.
    rows : DataFrame of shape (n, …)
        Typed rows that stand for somebody.
    keys : ndarray of shape (n,)
        Row keys: of the rows whose group is known, those with the smallest keyed draws are asked about.
    groups : mapping of str to Series of shape (n,)
        Group of each row, missing allowed, by the name of a sensitive feature that is an input.
    decision : Decision
        How scores become decisions.
    """
    questions = Questions(ask)
    found = []
    for column, group in groups.items():
        codes, names = pd.factorize(group)
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        wanted = sorted(range(len(names)), key=lambda code: (-counts[code], str(names[code])))
        if len(wanted) < 2:
            continue
        known, put_in = np.flatnonzero(codes >= 0), wanted[:MOST_VALUES]
        order = np.argsort(draws(keys[known], seed=ask.seed, purpose="flips"), kind="stable")
        some = known[order[:FLIP_ROWS]]
        typed = rows[column].reset_index(drop=True)
        sources = [_typical(typed, np.flatnonzero(codes == code)) for code in put_in]
        whole = rows[ask.names].iloc[some].reset_index(drop=True)
        score, decided = _scores(ask, _answers(questions, whole, typed, sources), decision)
        kind = next(each.type for each in ask.columns if each.name == column)
        places = np.full(len(names), -1, dtype=np.intp)
        places[put_in] = np.arange(len(put_in))
        found.append(
            Flip(
                column=column,
                groups=tuple(str(names[code]) for code in put_in),
                values=tuple(map(float, typed[sources])) if kind in {"integer", "number"} else None,
                left_out=len(wanted) - len(put_in),
                unit=ask.unit,
                keys=keys[some],
                own=places[codes[some]],
                score=score[:, 0],
                moved=score[:, 1:],
                decided=None if decided is None else decided[:, 0],
                moved_decided=None if decided is None else decided[:, 1:],
            )
        )
    return tuple(found), questions.evaluations


def flip_evaluations(values: list[int], rows: int) -> int:
    """Return the most model evaluations that flips take on a table of so many rows.

    ``values`` has the number of groups of each sensitive feature that is an input.
    """
    return sum(min(rows, FLIP_ROWS) * (1 + min(number, MOST_VALUES)) for number in values if number > 1)


def _typical(column: pd.Series, members: NDArray[np.intp]) -> int:
    """Return the row whose value stands for a group: the lower median of its numbers, or its one value."""
    values = column.iloc[members]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return int(members[0])
    order = np.argsort(values.to_numpy(dtype=np.float64), kind="stable")
    return int(members[order[(len(order) - 1) // 2]])


def _answers(questions: Questions, whole: pd.DataFrame, typed: pd.Series, sources: list[int]) -> list[Floats]:
    """Return the answers (n, k) for rows as recorded, then with the value of each source row."""
    answers = [questions(whole)]
    for place in sources:
        value = typed.take(np.full(len(whole), place)).reset_index(drop=True)
        answers.append(questions(whole.assign(**{str(typed.name): value})))
    return answers


def _scores(ask: Ask, answers: list[Floats], decision: Decision) -> tuple[Floats, NDArray[np.intp] | None]:
    """Return scores and decisions of shape (n, 1 + v), from answers of shape (n, k) as recorded and moved."""
    if ask.unit == "target":
        return np.column_stack(answers), None
    places = [predicted_places(each, decision) for each in answers]
    good = [favoured(each, decision, ask.outputs) for each in answers]
    decided = [place if of is None else of.astype(np.intp) for place, of in zip(places, good, strict=True)]
    if len(ask.outputs) == 1:
        counted = np.ones((len(answers[0]), 1))
    elif isinstance(decision.favourable, tuple):
        named = np.isin(np.asarray(ask.outputs), np.asarray(decision.favourable))
        counted = np.broadcast_to(named.astype(np.float64), answers[0].shape)
    else:
        counted = np.eye(len(ask.outputs))[places[0]]
    return np.column_stack([(each * counted).sum(axis=1) for each in answers]), np.column_stack(decided)
