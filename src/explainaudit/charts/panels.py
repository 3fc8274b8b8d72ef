"""Small plots side by side: curves, bands, points with intervals, and where the rows lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from explainaudit.charts.canvas import FAINT, GREY, INK, MINUS, PLUS, WIDTH_MM, style, svg, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Sequence[float | None]
LINES = (PLUS, MINUS, "#009E73", "#CC79A7", GREY)  # Okabe and Ito (2008), told apart with every colour vision
DASHES = ("-", "--", "-.", ":", (0, (1, 1)))


@dataclass(frozen=True)
class Panel:
    """One small plot.

    Attributes
    ----------
    x_label, y_label, title : str
        Words of the axes and above the plot.
    lines : sequence of (str, x, y)
        Curves with their labels (empty: without one).
    bands : sequence of (x, low, high)
        Shaded between two curves, in the colour of the line of the same number.
    points : sequence of (x, y, low, high)
        Points with their intervals.
    faint : sequence of (x, y)
        Thin grey lines behind everything.
    rug : sequence of float
        Where rows lie on the x axis.
    marks : sequence of (float, str)
        Vertical lines with their labels.
    ticks : sequence of str, optional
        Names of the places 0, 1, … of the x axis.
    diagonal : bool
        A line of equality.
    shares : (bool, bool)
        Whether the x and the y axis are shares, shown from 0 to 1 in per cent.
    """

    x_label: str
    y_label: str
    title: str = ""
    lines: Sequence[tuple[str, Numbers, Numbers]] = ()
    bands: Sequence[tuple[Numbers, Numbers, Numbers]] = ()
    points: Sequence[tuple[float, float, float | None, float | None]] = ()
    faint: Sequence[tuple[Numbers, Numbers]] = ()
    rug: Numbers = ()
    marks: Sequence[tuple[float, str]] = ()
    ticks: Sequence[str] | None = None
    diagonal: bool = False
    shares: tuple[bool, bool] = (False, False)


def panels(plots: Sequence[Panel], *, across: int = 2, height_mm: float = 58.0) -> str:
    """Return small plots, ``across`` of them side by side, as SVG text."""
    from matplotlib.figure import Figure

    with style():
        down = ceil(len(plots) / across)
        sheet = Figure(figsize=(WIDTH_MM / 25.4, down * height_mm / 25.4), layout="constrained")
        for place, plot in enumerate(plots, start=1):
            _draw(sheet.add_subplot(down, across, place), plot, WIDTH_MM / across)
        return svg(sheet)


def _draw(axes: "Axes", plot: Panel, room_mm: float) -> None:
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=2.5, width=0.6)
    for x, y in plot.faint:
        axes.plot(_array(x), _array(y), color=GREY, linewidth=0.4, alpha=0.45)
    if plot.diagonal:
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.7, linestyle=":")
    for number, (x, low, high) in enumerate(plot.bands):
        axes.fill_between(
            _array(x), _array(low), _array(high), color=LINES[number % 5], alpha=0.18, linewidth=0
        )
    for number, (label, x, y) in enumerate(plot.lines):
        axes.plot(
            _array(x), _array(y), color=LINES[number % 5], linestyle=DASHES[number % 5], linewidth=1.2,
            label=_words(label, 60, 2) or None,
        )  # fmt: skip
    for at, y_at, bottom, top in plot.points:
        if bottom is not None and top is not None:
            axes.plot([at, at], [bottom, top], color=PLUS, linewidth=1.0)
        axes.plot([at], [y_at], "o", color=PLUS, markersize=3.2)
    _frame(axes, plot, room_mm)


def _frame(axes: "Axes", plot: Panel, room_mm: float) -> None:
    """Set limits, ticks and words, which keep to the room of one plot."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axis, is_share in ((axes.xaxis, plot.shares[0]), (axes.yaxis, plot.shares[1])):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        if is_share:
            axis.set_major_formatter(
                FuncFormatter(lambda value, _: f"{100 * value:.3g}\u202f%".replace("-", "−"))
            )
    if plot.shares[0]:
        axes.set_xlim(-0.02, 1.02)
    if plot.shares[1]:
        axes.set_ylim(-0.02, 1.02)
    if plot.ticks is not None:
        names = [_words(name, 150 / (2.4 * max(1, len(plot.ticks))) + 6, 4) for name in plot.ticks]
        axes.set_xticks(range(len(names)), names, fontsize=6.5)
        axes.set_xlim(-0.6, len(names) - 0.4)
    if len(plot.rug):
        axes.plot(
            _array(plot.rug), np.zeros(len(plot.rug)), "|", color=INK, markersize=5, markeredgewidth=0.5,
            clip_on=False,
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    for number, (at, label) in enumerate(plot.marks):
        axes.axvline(
            at, color=INK, linewidth=0.7, linestyle=("--", ":")[number % 2], label=_words(label, 60, 2)
        )
    if any(label for label, _, _ in plot.lines) or plot.marks:
        axes.legend(frameon=False, fontsize=6.5, loc="best", handlelength=1.8, borderaxespad=0.2)
    axes.set_xlabel(_words(plot.x_label, min(68, room_mm - 16), 3))
    axes.set_ylabel(_words(plot.y_label, 48, 3))
    if plot.title:
        axes.set_title(
            _words(plot.title, min(64, room_mm - 20), 2), fontsize=8.5, fontweight="bold", loc="left"
        )


def _words(text: str, limit_mm: float, most: int) -> str:
    """Return a text in lines; what does not fit in ``most`` of them is cut, the table has it in full."""
    lines = wrapped(text, limit_mm)
    return "\n".join(lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"])


def _array(numbers: Numbers) -> np.ndarray:
    return np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)
