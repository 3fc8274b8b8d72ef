"""How answers of the model stand in files between stages: arrays in NumPy's or Parquet's own form."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from explainaudit.records.attribution import Attribution, Interactions
from explainaudit.records.effect import Effect, PermutedLosses
from explainaudit.records.flip import Flip
from explainaudit.records.message import Message
from explainaudit.records.record import canonical_json
from explainaudit.records.responses import Responses
from explainaudit.records.table import Column, Mark, RowTable


def write_attributions(attributions: Sequence[Attribution], folder: Path, name: str) -> None:
    """Write attributions, one for each output, as ``<name>-<number>.npz`` and ``.json``."""
    for number, attribution in enumerate(attributions):
        _write(attribution, folder / f"{name}-{number:03d}")


def read_attributions(folder: Path, name: str) -> tuple[Attribution, ...]:
    """Return what `write_attributions` wrote."""
    return tuple(Attribution(**_read(path)) for path in sorted(folder.glob(f"{name}-*.json")))


def write_effects(effects: Sequence[Effect], folder: Path) -> None:
    """Write effects, one for each input."""
    for number, effect in enumerate(effects):
        _write(effect, folder / f"effect-{number:05d}")


def read_effects(folder: Path) -> tuple[Effect, ...]:
    """Return what `write_effects` wrote."""
    return tuple(Effect(**_read(path)) for path in sorted(folder.glob("effect-*.json")))


def write_losses(losses: PermutedLosses, folder: Path) -> None:
    """Write the losses with inputs replaced."""
    _write(losses, folder / "losses")


def read_losses(folder: Path) -> PermutedLosses:
    """Return what `write_losses` wrote."""
    return PermutedLosses(**_read(folder / "losses.json"))


def write_flips(flips: Sequence[Flip], folder: Path) -> None:
    """Write flips, one for each sensitive feature that is an input."""
    for number, flip in enumerate(flips):
        _write(flip, folder / f"flip-{number:03d}")


def read_flips(folder: Path) -> tuple[Flip, ...]:
    """Return what `write_flips` wrote."""
    return tuple(Flip(**_read(path)) for path in sorted(folder.glob("flip-*.json")))


def write_interactions(interactions: Interactions, folder: Path) -> None:
    """Write exact interaction values."""
    _write(interactions, folder / "interactions")


def read_interactions(folder: Path) -> Interactions | None:
    """Return what `write_interactions` wrote, if it wrote anything."""
    file = folder / "interactions.json"
    return Interactions(**_read(file)) if file.is_file() else None


def _write(record: Any, path: Path) -> None:
    """Write a dataclass: its arrays to ``.npz``, everything else to ``.json``."""
    given = asdict(record)
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    np.savez(path.with_suffix(".npz"), allow_pickle=False, **arrays)
    rest = {name: value for name, value in given.items() if name not in arrays}
    path.with_suffix(".json").write_text(json.dumps(rest, ensure_ascii=False), encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    rest = json.loads(path.read_text(encoding="utf-8"))
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
        return {name: _frozen(value) for name, value in rest.items()} | dict(arrays)


def _frozen(value: Any) -> Any:
    """Return JSON's lists as the tuples they were."""
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def write_row_tables(responses: Responses, folder: Path) -> None:
    """Write the SHAP values of the rows explained and the LIME coefficients of the cases as Parquet.

    A line per row and output, a column per raw column, named as in the file and prefixed with what it
    holds, and ``row_tables.json`` that lists the tables.
    """
    listed = []
    for attributions in (responses.attributions, responses.case_lime):
        if not attributions:
            continue
        frame = pd.concat([_lines(each) for each in attributions], ignore_index=True)
        method = attributions[0].method
        file = folder / f"{method}.parquet"
        frame.to_parquet(file, index=False)
        marks: dict[object, Mark] = {"row key": "identifies"}
        table = RowTable(
            name=method,
            columns=tuple(
                Column(name=str(name), heading=Message(key="column.raw"), mark=marks.get(name, "value"))
                for name in frame
            ),
            rows=len(frame),
            file=file.name,
            digest=hashlib.sha256(file.read_bytes()).hexdigest(),
        )
        listed.append(table.model_dump(mode="json"))
    (folder / "row_tables.json").write_bytes(canonical_json(listed))


def _lines(attribution: Attribution) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "row key": attribution.keys,
        "output": attribution.output,
        "base": attribution.base,
        "prediction": attribution.prediction,
        "inclusion probability": attribution.inclusion,
    }
    columns |= {
        f"{attribution.method}: {name}": attribution.values[:, j]
        for j, name in enumerate(attribution.columns)
    }
    return pd.DataFrame(columns)
