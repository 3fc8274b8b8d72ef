"""How values lie in each group: a strip from the 5 % to the 95 % point, one row each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainaudit.charts.canvas import GREY, INK, PLUS, Rows, drawable, few_ticks, share_axis, style, svg
from explainaudit.charts.intervals import labelled_lines, remarks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Quantiles = tuple[float, float, float, float, float]


def strips(  # noqa: PLR0913 - a chart is its data and its words
    labels: Sequence[str],
    quantiles: Sequence[Quantiles | None],
    *,
    x_label: str,
    marks: Sequence[tuple[float, str]] = (),
    value_labels: Sequence[str] | None = None,
    muted: Sequence[bool] | None = None,
    as_share: bool = False,
) -> str:
    """Return a quantile strip for each row, in the order given.

    Parameters
    ----------
    labels : sequence of str, length n
        Worded row labels, first on top.
    quantiles : sequence of tuple of float or None, length n
        The 5 %, 25 %, 50 %, 75 % and 95 % points: a thin line between the outer ones, a thick one
        between the inner ones, a dot at the median. A row without them is listed without a mark.
    x_label : str
        What the axis measures, with its unit.
    marks : sequence of (float, str)
        Vertical lines and their labels, such as the threshold.
    value_labels : sequence of str, length n, optional
        Worded values at the right edge.
    muted : sequence of bool, length n, optional
        Rows drawn hollow and grey: those that rest on few records.
    as_share : bool
        Whether the axis is a share, with ticks in per cent.

    Returns
    -------
    str
        SVG text.
    """
    with style():
        rows = Rows(labels, remarks(quantiles, value_labels))
        (axes,) = rows.axes(top=6.0 if marks else 2.0, bottom=11.0)
        for row, points in enumerate(quantiles):
            if points is not None:
                _strip(axes, rows.positions[row], points, muted=muted is not None and muted[row])
        axes.update_datalim([(at, 0.0) for at, _ in marks])
        axes.autoscale_view(scaley=False)
        few_ticks(axes)
        if as_share:
            share_axis(axes)
        labelled_lines(axes, [(at, text, "--", GREY) for at, text in marks])
        axes.set_xlabel(drawable(x_label))
        return svg(rows.figure)


def _strip(axes: "Axes", y: float, points: Quantiles, *, muted: bool) -> None:
    low, lower, middle, upper, high = points
    colour = GREY if muted else PLUS
    # Below the vertical marks: a threshold is to be seen where it crosses a strip.
    axes.plot([low, high], [y, y], color=colour, linewidth=1.2, solid_capstyle="butt", zorder=0.8)
    axes.plot([low, high], [y, y], "|", color=colour, markersize=4, markeredgewidth=1.0)
    axes.fill_between(
        [lower, upper], y - 1.1, y + 1.1, facecolor="white" if muted else colour, edgecolor=colour,
        linewidth=1.0, zorder=0.9,
    )  # fmt: skip
    axes.plot([middle], [y], "o", color=INK, markersize=4.2, markerfacecolor="white", zorder=3)
