"""explainaudit: from a model file and a sample of data to an audit dossier.

>>> import explainaudit
>>> audit = explainaudit.audit("audit.yaml")
>>> explainaudit.render(audit, "dossier/")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explainaudit._version import __version__

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from explainaudit.pipeline import Audit

__all__ = ["__version__", "audit", "render"]


def audit(  # noqa: PLR0913 - the shorthand for plan keys, as on the command line
    plan: str | Path | None = None,
    *,
    model: Any = None,
    data: pd.DataFrame | None = None,
    target: str | None = None,
    sensitive: Sequence[str] = (),
    favourable: str | None = None,
    background: pd.DataFrame | None = None,
    training: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
    row_id: str | None = None,
    date: datetime.date | None = None,
    **keys: Any,
) -> Audit:
    """Measure and judge a model, by a plan or in memory.

    With a plan, the model runs in child processes. With a model in memory it runs in this one, and
    the dossier says that it was not isolated.

    Parameters
    ----------
    plan : path, optional
        ``audit.yaml``. Give either this, or ``model``, ``data`` and ``target``.
    model : fitted estimator, optional
        A scikit-learn compatible classifier or regressor.
    data : DataFrame, optional
        The audited rows; ``background`` and ``training`` are named tables of their own.
    target : str, optional
        Column with the known outcome.
    sensitive : sequence of str
        Columns whose groups are compared.
    favourable : {"event", "no event"}, optional
        Which decision is good for the person.
    groups : DataFrame, optional
        Further columns about the rows of ``data``, such as sensitive ones, joined to them by ``row_id``.
    row_id : str, optional
        Column that names a row; the index of a table is never used.
    date : date, optional
        Printed on the dossier; today in UTC when left out.
    **keys
        Other keys of the plan, for example ``task={"target": "default", "event": "yes"}`` or
        ``criteria=[...]``.

    Returns
    -------
    Audit
        ``bundle``, ``verdicts`` and the rest of the records, for `render`.

    Raises
    ------
    explainaudit.errors.AuditError
        Where nothing can be shown. What fails later stands in ``Audit.errors``.
    """
    from explainaudit.door import audit_in_memory, audit_plan

    if plan is not None:
        return audit_plan(plan, date)
    tables = {"sample": data, "background": background, "training": training, "groups": groups}
    words = {"target": target, "sensitive": sensitive, "favourable": favourable, "row_id": row_id}
    return audit_in_memory(model, tables, {**words, **keys}, date)


def render(audited: Audit, output: str | Path) -> list[Path]:
    """Write both editions of an audit into a folder, and return their pages.

    Raises `explainaudit.errors.OutputFailed` when the folder cannot be written or there is no PDF
    library; in the latter case the HTML is written all the same.
    """
    from explainaudit.door import render_into

    return render_into(audited, output)
