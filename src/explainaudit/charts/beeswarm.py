"""Single rows as points: the attributions of each column, coloured by the recorded value."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from explainaudit.charts.canvas import GREY, INK, LABEL_SIZE, Rows, drawable, few_ticks, style, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Number = float | None
COLOURS = "cividis"  # even in lightness, and read alike with every colour vision
BINS = 60


def beeswarm(
    columns: Sequence[str],
    values: Sequence[Sequence[Number]],
    ranks: Sequence[Sequence[Number]],
    place: Sequence[Number],
    *,
    words: Sequence[str],
) -> str:
    """Return the attributions of single rows, a row of points for each column.

    Parameters
    ----------
    columns : sequence of str, length d
        Worded columns, first on top.
    values : sequence of length d of sequences of length n
        Attributions.
    ranks : sequence of length d of sequences of length n
        Rank of the recorded value from 0 to 1; ``None`` is drawn grey.
    place : sequence of float, length n
        Numbers from 0 to 1 that order points which would lie on each other.
    words : sequence of str
        Axis label, the two ends of the colours, and what grey stands for.

    Returns
    -------
    str
        SVG text.
    """
    with style():
        rows = Rows(columns, air=4.2)
        (axes,) = rows.axes(top=8.0, bottom=11.0)
        axes.axvline(0, color=INK, linewidth=0.6)
        for row, (of_column, colour) in enumerate(zip(values, ranks, strict=True)):
            x = np.array([np.nan if value is None else value for value in of_column], dtype=np.float64)
            shade = np.array([np.nan if rank is None else rank for rank in colour], dtype=np.float64)
            y = rows.positions[row] + _spread(x, np.asarray(place, dtype=np.float64))
            grey = np.isnan(shade)
            points = {"s": 5.0, "linewidths": 0.0, "alpha": 0.85}
            axes.scatter(x[grey], y[grey], color=GREY, **points)  # type: ignore[arg-type]
            axes.scatter(x[~grey], y[~grey], c=shade[~grey], cmap=COLOURS, vmin=0, vmax=1, **points)  # type: ignore[arg-type]
        few_ticks(axes)
        axes.set_xlabel(drawable(words[0]))
        _key(axes, words)
        return svg(rows.figure)


def _spread(x: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return how far each point is moved up or down: the further, the more points stand where it does."""
    low, high = np.nanmin(x, initial=0.0), np.nanmax(x, initial=0.0)
    width = (high - low) / BINS or 1.0
    bins = np.floor((np.nan_to_num(x) - low) / width).astype(np.intp)
    crowd = np.bincount(bins)[bins]
    return np.asarray((place - 0.5) * 2 * 2.4 * np.minimum(1.0, crowd / 12))


def _key(axes: "Axes", words: Sequence[str]) -> None:
    """Write what the colours mean, above the plot."""
    import matplotlib as mpl

    colours = mpl.colormaps[COLOURS]
    marks = ((colours(0.05), words[1]), (colours(0.95), words[2]), (GREY, words[3]))
    handles = [axes.scatter([], [], s=14, color=[colour]) for colour, _ in marks]
    axes.legend(
        handles, [drawable(text) for _, text in marks], loc="lower left", bbox_to_anchor=(0, 1), ncols=3,
        frameon=False, fontsize=LABEL_SIZE, borderpad=0, handletextpad=0.2, columnspacing=1.2,
    )  # fmt: skip
