"""Responses: what the auditee answered, gathered from the stages' files for all analyses."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from explainaudit.analysis import Accumulator
from explainaudit.records.attribution import Attribution
from explainaudit.records.message import Message
from explainaudit.records.record import canonical_json
from explainaudit.records.responses import ExplainFacts, Responses
from explainaudit.records.stage import Described, Selection
from explainaudit.records.table import Column, Mark, RowTable

_OF_ROWS = ("prediction", "inclusion", "base", "fidelity", "stability")
_OF_CELLS = ("values", "spread", "bin_share")


def write_attribution(attribution: Attribution, folder: Path, name: str) -> None:
    """Write an attribution as ``<name>.parquet``, a row per explained row, and ``<name>.json``."""
    columns: dict[str, object] = {"key": attribution.keys}
    for field in _OF_ROWS:
        if (array := getattr(attribution, field)) is not None:
            columns[field] = array
    for field in _OF_CELLS:
        if (array := getattr(attribution, field)) is not None:
            columns |= {f"{field}:{j}": array[:, j] for j in range(len(attribution.columns))}
    pd.DataFrame(columns).to_parquet(folder / f"{name}.parquet", index=False)
    head = {name: getattr(attribution, name) for name in ("method", "algorithm", "output", "unit", "columns")}
    (folder / f"{name}.json").write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")


def read_attribution(folder: Path, name: str) -> Attribution:
    """Return an attribution that `write_attribution` wrote."""
    head = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    frame = pd.read_parquet(folder / f"{name}.parquet")
    arrays: dict[str, Any] = dict.fromkeys((*_OF_ROWS, *_OF_CELLS))
    for field in _OF_ROWS:
        if field in frame:
            arrays[field] = frame[field].to_numpy(dtype=np.float64)
    for field in _OF_CELLS:
        if f"{field}:0" in frame:
            cells = [f"{field}:{j}" for j in range(len(head["columns"]))]
            arrays[field] = frame[cells].to_numpy(dtype=np.float64)
    columns = tuple(head.pop("columns"))
    return Attribution(columns=columns, keys=frame["key"].to_numpy(dtype=np.str_), **head, **arrays)


def write_row_tables(responses: Responses, folder: Path) -> None:
    """Write the SHAP values of the rows explained and the LIME coefficients of the cases as Parquet.

    A column per raw column, named as in the file and prefixed with what it holds, and
    ``row_tables.json`` that lists the tables.
    """
    listed = []
    for attribution in (*responses.attributions, *responses.case_attributions[1:]):
        columns: dict[str, Any] = {
            "row key": attribution.keys,
            "base": attribution.base,
            "prediction": attribution.prediction,
            "inclusion probability": attribution.inclusion,
        }
        columns |= {
            f"{attribution.method}: {name}": attribution.values[:, j]
            for j, name in enumerate(attribution.columns)
        }
        file = folder / f"{attribution.method}.parquet"
        pd.DataFrame(columns).to_parquet(file, index=False)
        marks: dict[str, Mark] = {"row key": "identifies"}
        table = RowTable(
            name=attribution.method,
            columns=tuple(
                Column(name=name, heading=Message(key="column.raw"), mark=marks.get(name, "value"))
                for name in columns
            ),
            rows=len(attribution.keys),
            file=file.name,
            digest=hashlib.sha256(file.read_bytes()).hexdigest(),
        )
        listed.append(table.model_dump(mode="json"))
    (folder / "row_tables.json").write_bytes(canonical_json(listed))


def joined(parts: Sequence[Attribution]) -> Attribution:
    """Return one attribution for the rows of all parts, in the order of the parts."""
    first = parts[0]
    arrays: dict[str, Any] = {}
    for field in fields(Attribution):
        values = [getattr(part, field.name) for part in parts]
        is_array = isinstance(values[0], np.ndarray)
        arrays[field.name] = np.concatenate(values) if is_array else getattr(first, field.name)
    return Attribution(**arrays)


def merged(folders: Sequence[Path], accumulator: Accumulator) -> object:
    """Return an accumulator's state over all partitions, merged in partition order."""
    state = accumulator.zero()
    for folder in folders:
        states = json.loads((folder / "states.json").read_text(encoding="utf-8"))
        state = accumulator.merge(state, states[accumulator.name])
    return state


def read_scored(folders: Sequence[Path]) -> pd.DataFrame:
    """Return the scored rows of all partitions, in key order."""
    return pd.concat([pd.read_parquet(folder / "scored.parquet") for folder in folders], ignore_index=True)


def gather(inputs: dict[str, str], accumulators: Sequence[Accumulator]) -> Responses:
    """Return the responses held in the folders of finished stages.

    Parameters
    ----------
    inputs : dict of str to str
        Folder of each finished stage, by ``stage`` or ``stage/part``; parts sort in order.
    accumulators : sequence of Accumulator
        The statistics to merge.
    """
    folders = {name: Path(folder) for name, folder in sorted(inputs.items())}
    described = Described.model_validate_json((folders["describe"] / "described.json").read_bytes())
    scored = [folder for name, folder in folders.items() if name.startswith("score/")]
    explained = [folder for name, folder in folders.items() if name.startswith("explain/rows")]
    gathered = Responses(
        seed=described.plan.seed,
        task=described.plan.task,
        decision=described.plan.decision,
        explain=described.plan.explain,
        sensitive=described.plan.sensitive,
        model=described.model,
        tables=described.tables,
        columns=described.columns,
        notes=described.notes,
        scored=read_scored(scored),
        accumulated={accumulator.name: merged(scored, accumulator) for accumulator in accumulators},
    )
    if "explain/cases" not in folders:
        return gathered
    selection = Selection.model_validate_json((folders["select"] / "selection.json").read_bytes())
    cases = folders["explain/cases"]
    return Responses(
        **{field.name: getattr(gathered, field.name) for field in fields(Responses)}
        | {
            "attributions": (joined([read_attribution(folder, "shap") for folder in explained]),),
            "case_attributions": (read_attribution(cases, "shap"), read_attribution(cases, "lime")),
            "cases": selection.cases,
            "explained": _explained(folders, explained, selection, described),
        }
    )


def _explained(
    folders: dict[str, Path], explained: Sequence[Path], selection: Selection, described: Described
) -> ExplainFacts:
    costs = [
        json.loads((folder / "cost.json").read_bytes()) for folder in [*explained, folders["explain/cases"]]
    ]
    second = costs[-1]
    return ExplainFacts(
        background=described.source,
        background_rows=len(selection.background),
        background_digest=second["background_digest"],
        rows=len(selection.positions),
        population=described.rows,
        strata=selection.strata,
        evaluations=sum(cost["evaluations"] for cost in costs),
        players=sum(column.role == "input" for column in described.columns),
        second_algorithm=second["second_algorithm"],
        second_rows=second["second_rows"],
        second_gap=second["second_gap"],
    )
