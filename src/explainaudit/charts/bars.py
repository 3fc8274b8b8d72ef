"""Bars from a zero line: contributions of one case by two methods, and shares."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainaudit.charts.canvas import (
    GREY,
    INK,
    MINUS,
    PLUS,
    Rows,
    drawable,
    few_ticks,
    share_axis,
    style,
    svg,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Number = float | None


def paired_bars(  # noqa: PLR0913 - a chart is its data and its words
    columns: Sequence[str],
    shap: Sequence[Number],
    lime: Sequence[Number],
    *,
    labels: tuple[str, str],
    lime_spread: Sequence[Number] | None = None,
    shap_spread: Sequence[Number] | None = None,
) -> str:
    """Return the contributions of one case by SHAP and LIME, side by side on one scale.

    Parameters
    ----------
    columns : sequence of str, length d
        Worded columns, first on top.
    shap, lime : sequence of float or None, length d
        Contributions in the same unit; a missing one leaves its place empty.
    labels : (str, str)
        Titles of the two panels, with the unit.
    lime_spread, shap_spread : sequence of float or None, length d, optional
        Half widths of the error bars.

    Returns
    -------
    str
        SVG text.
    """
    with style():
        rows = Rows(columns, panels=2, air=1.0)
        both = rows.axes(top=5.0, bottom=9.5)
        spreads = [list(spread or [None] * len(columns)) for spread in (shap_spread, lime_spread)]
        reach = max(
            (abs(value) + (wide or 0.0) for values, spread in zip((shap, lime), spreads, strict=True)
             for value, wide in zip(values, spread, strict=True) if value is not None), default=0.0,
        ) or 1.0  # fmt: skip
        for axes, values, spread, title in zip(both, (shap, lime), spreads, labels, strict=True):
            _signed(axes, rows, values, spread)
            axes.set_xlim(-1.12 * reach, 1.12 * reach)
            few_ticks(axes, 4)
            axes.set_title(drawable(title), fontsize=8.5, fontweight="bold", loc="left", pad=4)
        return svg(rows.figure)


def share_bars(
    labels: Sequence[str],
    shares: Sequence[Number],
    *,
    x_label: str,
    value_labels: Sequence[str] | None = None,
) -> str:
    """Return a bar for each share, from zero, in the order given.

    Parameters
    ----------
    labels : sequence of str, length n
        Worded row labels, first on top.
    shares : sequence of float or None, length n
        Shares in [0, 1]; a row without one is listed without a bar.
    x_label : str
        What is shared.
    value_labels : sequence of str, length n, optional
        Worded shares at the right edge.

    Returns
    -------
    str
        SVG text.
    """
    with style():
        rows = Rows(labels, value_labels)
        (axes,) = rows.axes(top=2.0, bottom=11.0)
        for y, share in zip(rows.positions, shares, strict=True):
            if share is not None:
                axes.barh(y, share, height=3.4, color=PLUS)
        axes.set_xlim(0, 1.05 * max((share for share in shares if share is not None), default=0.0) or 1.0)
        few_ticks(axes)
        share_axis(axes)
        axes.set_xlabel(drawable(x_label))
        return svg(rows.figure)


def _signed(axes: "Axes", rows: Rows, values: Sequence[Number], spread: Sequence[Number]) -> None:
    for y, value, wide in zip(rows.positions, values, spread, strict=True):
        if value is None:
            continue
        plus = value >= 0
        axes.barh(
            y, value, height=2.7, color=PLUS if plus else "white", edgecolor=PLUS if plus else MINUS,
            hatch=None if plus else "/////", linewidth=0.8,
        )  # fmt: skip
        if wide:
            axes.plot([value - wide, value + wide], [y, y], color=INK, linewidth=0.9)
            axes.plot([value - wide, value + wide], [y, y], "|", color=INK, markersize=4, markeredgewidth=0.9)
    axes.axvline(0, color=GREY, linewidth=0.9)
