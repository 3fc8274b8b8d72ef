"""Points with intervals, one row each: rankings, rates and ratios."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainaudit.charts.canvas import (
    GREY,
    INK,
    PLUS,
    WIDTH_MM,
    Rows,
    drawable,
    few_ticks,
    share_axis,
    style,
    svg,
    width_mm,
)
from explainaudit.wording.catalogue import catalogue

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Number = float | None
_MISSING = catalogue("en")["symbol.not_estimable"]


def interval_dots(  # noqa: PLR0913 - a chart is its data and its words
    labels: Sequence[str],
    values: Sequence[Number],
    lows: Sequence[Number],
    highs: Sequence[Number],
    *,
    x_label: str,
    reference_lines: Sequence[tuple[float, str]] = (),
    value_labels: Sequence[str] | None = None,
    muted: Sequence[bool] | None = None,
    as_share: bool = False,
    from_zero: bool = True,
) -> str:
    """Return a dot with its interval for each row, in the order given.

    Parameters
    ----------
    labels : sequence of str, length n
        Worded row labels, first on top.
    values, lows, highs : sequence of float or None, length n
        Points and ends of the intervals; a row without a value is listed without a mark.
    x_label : str
        What the axis measures, with its unit.
    reference_lines : sequence of (float, str)
        Vertical lines and their labels.
    value_labels : sequence of str, length n, optional
        Worded values at the right edge.
    muted : sequence of bool, length n, optional
        Rows drawn hollow and grey: those that rest on few records.
    as_share : bool
        Whether the axis is a share, with ticks in per cent.
    from_zero : bool
        Whether the axis must show zero.

    Returns
    -------
    str
        SVG text.
    """
    with style():
        rows = Rows(labels, remarks(values, value_labels))
        (axes,) = rows.axes(top=6.0 if reference_lines else 2.0, bottom=11.0)
        for row, value in enumerate(values):
            if value is not None:
                faint = muted is not None and muted[row]
                _dot(axes, rows.positions[row], (value, lows[row], highs[row]), muted=faint)
        if from_zero:
            axes.update_datalim([(0.0, 0.0)])
        axes.update_datalim([(at, 0.0) for at, _ in reference_lines])
        axes.autoscale_view(scaley=False)
        few_ticks(axes)
        if as_share:
            share_axis(axes)
        labelled_lines(axes, [(at, text, "--", GREY) for at, text in reference_lines])
        axes.set_xlabel(drawable(x_label))
        return svg(rows.figure)


def forest(  # noqa: PLR0913 - a chart is its data and its words
    labels: Sequence[str],
    ratios: Sequence[Number],
    lows: Sequence[Number],
    highs: Sequence[Number],
    *,
    criterion: tuple[float, str] | None,
    one: str,
    x_label: str,
    muted: Sequence[bool],
    value_labels: Sequence[str] | None = None,
) -> str:
    """Return a forest plot of ratios on a logarithmic axis, with lines at one and at the criterion.

    Parameters
    ----------
    labels : sequence of str, length n
        Worded row labels, first on top.
    ratios, lows, highs : sequence of float or None, length n
        Ratios above zero and their intervals; a row without a ratio is listed without a mark. An
        end at or below zero runs to the edge of the plot.
    criterion : (float, str), optional
        The declared limit and its label.
    one : str
        Label of the line at one.
    x_label : str
        What the axis measures.
    muted : sequence of bool, length n
        Rows drawn hollow and grey: indicative ones, which rest on few records.
    value_labels : sequence of str, length n, optional
        Worded ratios at the right edge.

    Returns
    -------
    str
        SVG text.
    """
    with style():
        rows = Rows(labels, remarks(ratios, value_labels))
        (axes,) = rows.axes(top=6.0, bottom=11.0)
        shown = [
            end
            for end in (*ratios, *lows, *highs, 1.0, criterion[0] if criterion else None)
            if end and end > 0
        ]
        left, right = min(shown) / 1.08, max(shown) * 1.08
        _ratio_axis(axes, left, right)
        for row, ratio in enumerate(ratios):
            if ratio is not None:
                ends = max(lows[row] or left, left), highs[row]
                _dot(axes, rows.positions[row], (max(ratio, left), *ends), muted=muted[row])
        lines = [(1.0, one, "-", INK)]
        if criterion:
            lines.append((*criterion, "--", GREY))
        labelled_lines(axes, lines)
        axes.set_xlabel(drawable(x_label))
        return svg(rows.figure)


def remarks(values: Sequence[object], value_labels: Sequence[str] | None) -> list[str]:
    """Return the texts at the right edge: those given, else a mark where there is no value."""
    if value_labels is not None:
        return list(value_labels)
    return ["" if value is not None else _MISSING for value in values]


def _dot(axes: "Axes", y: float, point: tuple[float, Number, Number], *, muted: bool) -> None:
    value, low, high = point
    colour = GREY if muted else PLUS
    if low is not None and high is not None:
        axes.plot([low, high], [y, y], color=colour, linewidth=1.4, solid_capstyle="butt")
        axes.plot([low, high], [y, y], "|", color=colour, markersize=5, markeredgewidth=1.0)
    axes.plot([value], [y], "o", color=colour, markersize=5, markerfacecolor="white" if muted else colour)


def labelled_lines(axes: "Axes", lines: Sequence[tuple[float, str, str, str]]) -> None:
    """Draw labelled vertical lines; labels that would meet are set apart to left and right."""
    ordered = sorted(lines)
    for place, (at, text, dash, colour) in enumerate(ordered):
        axes.axvline(at, color=colour, linestyle=dash, linewidth=0.9, zorder=1)
        side = "center" if len(ordered) == 1 else ("right" if place < len(ordered) / 2 else "left")
        nudge = {"center": 0, "right": 2, "left": -2}[side]
        axes.annotate(
            drawable(text), (at, 1), (nudge, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha=_inside(axes, at, text, side), va="bottom",
            fontsize=7, color=colour, annotation_clip=False,
        )  # fmt: skip


def _inside(axes: "Axes", at: float, text: str, side: str) -> str:
    """Turn a line's label to the side on which it stays on the sheet."""
    dots = float(axes.transData.transform((at, 0.0))[0])
    x = 25.4 * dots / float(axes.figure.dpi)
    width = width_mm(drawable(text))
    if x - width < 1 and side != "left":
        return "left"
    if x + width > WIDTH_MM - 1 and side != "right":
        return "right"
    return side


def _ratio_axis(axes: "Axes", left: float, right: float) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axes.set_xscale("log")
    axes.set_xlim(left, right)
    round_ones = (
        0.01,
        0.02,
        0.05,
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
        0.6,
        0.8,
        1.0,
        1.25,
        1.5,
        2.0,
        3.0,
        5.0,
        10.0,
        20.0,
    )
    ticks = [tick for tick in round_ones if left <= tick <= right]
    if len(ticks) > 9:
        ticks = [
            tick for tick in ticks if tick in {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0}
        ]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
