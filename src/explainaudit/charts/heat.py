"""A table of shaded cells: one for each pair of groups, its value in words inside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainaudit.charts.canvas import GREY, INK, WIDTH_MM, style, svg, wrapped
from explainaudit.charts.grid import EDGE, GAP, LINE, Grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Number = float | None
Colour = tuple[float, float, float, float]
Box = tuple[float, float, float, float]
COLOURS = "Blues"
LIGHT = 0.179  # relative luminance at which black and white text are equally easy to read (WCAG 2, 1.4.3)
SHADES, SCALE_MM = 64, 60.0


def heat(  # noqa: PLR0913 - a chart is its data and its words
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Number]],
    *,
    texts: Sequence[Sequence[str]],
    faint: Sequence[Sequence[bool]],
    row_label: str,
    column_label: str,
    bar_label: str | None = None,
) -> str:
    """Return a table whose cells are the darker the higher their share.

    The scale runs from nearly white at zero to the highest value, so that a shade stands for the ratio to it.

    Parameters
    ----------
    rows, columns : sequence of str, lengths n and d
        Worded groups, first on top and first at the left.
    values : sequence of length n of sequences of float or None, length d
        Shares; a cell without one has no shade.
    texts : sequence of length n of sequences of str, length d
        What stands in each cell, in one or several lines.
    faint : sequence of length n of sequences of bool, length d
        Cells that are hatched instead of shaded: those too small to compare.
    row_label, column_label : str
        What the rows and the columns are.
    bar_label : str, optional
        What the shades mean; without it there is no scale below the table.

    Returns
    -------
    str
        SVG text.
    """
    with style():
        grid = Grid.of(rows, columns, texts, (row_label, column_label))
        words = [] if bar_label is None else wrapped(bar_label, WIDTH_MM - SCALE_MM - 14)
        figure, axes = _sheet(grid, max(10.0, LINE * len(words) + 3) if words else 0.0)
        _headings(axes, grid)
        shades = [[value for value, hatched in zip(*line, strict=True) if value is not None and not hatched]
                  for line in zip(values, faint, strict=True)]  # fmt: skip
        most = max((value for line in shades for value in line), default=0.0) or 1.0
        for row, line in enumerate(values):
            for place, value in enumerate(line):
                hatched = faint[row][place]
                shade = None if value is None or hatched else _shade(value / most)
                _cell(axes, grid.box(row, place), shade, hatched=hatched)
                _write(axes, grid, (row, place), shade)
        if words:
            _scale(axes, grid.bottom + GAP, most, words)
        return svg(figure)


def _sheet(grid: Grid, below: float) -> tuple["Figure", "Axes"]:
    """Return a sheet measured in millimetres, with some of them below the cells."""
    from matplotlib.figure import Figure

    height = grid.bottom + EDGE + below
    figure = Figure(figsize=(WIDTH_MM / 25.4, height / 25.4))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH_MM)
    axes.set_ylim(height, 0)
    return figure, axes


def _headings(axes: "Axes", grid: Grid) -> None:
    """Write the names of rows and columns, and what they are."""
    row_label, column_label = ("\n".join(label) for label in grid.labels)
    foot = grid.top - 1.5
    axes.text(grid.left, EDGE, column_label, fontweight="bold", ha="left", va="top")
    axes.text(grid.left - GAP, foot, row_label, fontweight="bold", ha="right", va="bottom")
    for place, lines in enumerate(grid.columns):
        x = grid.left + (place + 0.5) * grid.width
        text = axes.text(x, foot, "\n".join(lines), ha="center", va="bottom")
        if grid.upright:
            text.set(rotation=90, multialignment="left")
    for row, lines in enumerate(grid.rows):
        _, y, _, height = grid.box(row, 0)
        axes.text(grid.left - GAP, y + height / 2, "\n".join(lines), ha="right", va="center")


def _shade(part: float) -> Colour:
    """Return the colour for a part of the highest value: one hue, the darker the higher."""
    import matplotlib as mpl

    red, green, blue, alpha = mpl.colormaps[COLOURS](0.04 + 0.92 * min(1.0, max(0.0, part)))
    return red, green, blue, alpha


def _luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour (WCAG 2)."""
    linear = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in colour[:3])
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _cell(axes: "Axes", box: Box, shade: Colour | None, *, hatched: bool) -> None:
    from matplotlib.patches import Rectangle

    x, y, width, height = box
    patch = Rectangle((x + 0.3, y + 0.3), width - 0.6, height - 0.6, facecolor=shade or "white")
    patch.set(linewidth=0.5, edgecolor="#bdbdbd" if hatched else GREY, hatch="////" if hatched else None)
    axes.add_patch(patch)


def _write(axes: "Axes", grid: Grid, place: tuple[int, int], shade: Colour | None) -> None:
    """Write the text of a cell, dark or white, whichever is easier to read; on a hatch, on white."""
    x, y, width, height = grid.box(*place)
    row, column = place
    axes.text(
        x + width / 2, y + height / 2, "\n".join(grid.texts[row][column]), ha="center", va="center",
        fontsize=grid.size, color=INK if shade is None or _luminance(shade) > LIGHT else "white",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6} if shade is None else None,
    )  # fmt: skip


def _scale(axes: "Axes", top: float, most: float, words: Sequence[str]) -> None:
    """Draw the shades from zero to the highest value, with ticks in per cent."""
    from matplotlib.patches import Rectangle
    from matplotlib.ticker import MaxNLocator

    left, height = EDGE + 4, 3.0
    for step in range(SHADES):
        x = left + SCALE_MM * step / SHADES
        # Each reaches to the end, under those that follow: no seam shows between two.
        rest = left + SCALE_MM - x
        axes.add_patch(Rectangle((x, top), rest, height, facecolor=_shade((step + 0.5) / SHADES)))
    for tick in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, most):
        if -1e-12 <= tick <= most * (1 + 1e-9):
            x = left + SCALE_MM * tick / most
            axes.plot([x, x], [top + height, top + height + 0.8], color=GREY, linewidth=0.6)
            text = f"{100 * tick:.3g}\u202f%"
            axes.text(x, top + height + 1.2, text, ha="center", va="top", fontsize=7)
    axes.text(left + SCALE_MM + 6, top, "\n".join(words), ha="left", va="top")
