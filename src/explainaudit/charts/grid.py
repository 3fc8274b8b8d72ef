"""Where the cells of a two-way table stand, so that every label and every text has its room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explainaudit.charts.canvas import LABEL_SIZE, WIDTH_MM, drawable, width_mm, wrapped

LINE = 3.45  # height of a line of label text, in millimetres
EDGE = 2.0
GAP = 3.0  # between labels and cells
BOLD = 1.16  # how much wider the bold face is
SMALLEST, STEP = 5.0, 0.25  # of the texts inside cells, in points
WIDEST_CELL, LOWEST_CELL = 34.0, 8.0
LENGTHS = (14.0, 20.0, 28.0, 38.0, 50.0, 66.0, 88.0)  # tried for column labels that stand upright
MOST_LINES = 4

Lines = list[str]


@dataclass(frozen=True)
class Grid:
    """A two-way table in millimetres from the upper left corner of the sheet; call `of` inside `style`.

    Attributes
    ----------
    rows, columns : list of list of str
        The labels in lines.
    texts : list of list of list of str
        What stands in each cell, in lines.
    labels : (list of str, list of str)
        What the rows and the columns are, in lines.
    left, top : float
        Where the first cell begins.
    width : float
        Width of a cell.
    heights : list of float
        Height of each row.
    size : float
        Of the texts inside cells, in points.
    upright : bool
        Whether the labels of the columns are turned.
    """

    rows: list[Lines]
    columns: list[Lines]
    texts: list[list[Lines]]
    labels: tuple[Lines, Lines]
    left: float
    top: float
    width: float
    heights: list[float]
    size: float
    upright: bool

    @classmethod
    def of(
        cls,
        rows: Sequence[str],
        columns: Sequence[str],
        texts: Sequence[Sequence[str]],
        labels: tuple[str, str],
    ) -> "Grid":
        """Return the grid that has room for labels and texts."""
        number = max(1, len(columns))
        limit = 56.0 if number <= 6 else 38.0
        beside = [wrapped(row, limit) for row in rows]
        row_label = wrapped(labels[0], limit / BOLD)
        left = max(_widest(beside), BOLD * _widest([row_label])) + EDGE + GAP
        width = min(WIDEST_CELL, (WIDTH_MM - left - EDGE) / number)
        column_label = wrapped(labels[1], (WIDTH_MM - left - EDGE) / BOLD)
        above, upright = _headings(columns, width)
        headed = _widest(above) if upright else LINE * max(map(len, above), default=1)
        # The label of the rows ends where the labels of the columns do, and may be the taller of the two.
        headed = max(LINE * len(column_label) + 2 + headed, LINE * len(row_label))
        size, inside = _fitted(texts, width - 1.6)
        line = LINE * size / LABEL_SIZE
        heights = [
            max(LOWEST_CELL, LINE * len(label) + 2, line * max(map(len, cells), default=1) + 2.4)
            for label, cells in zip(beside, inside, strict=True)
        ]
        both = (row_label, column_label)
        return cls(beside, above, inside, both, left, EDGE + headed + 1.5, width, heights, size, upright)

    @property
    def bottom(self) -> float:
        """Where the lowest cells end."""
        return self.top + sum(self.heights)

    def box(self, row: int, place: int) -> tuple[float, float, float, float]:
        """Return left and upper end, width and height of a cell."""
        y = self.top + sum(self.heights[:row])
        return self.left + place * self.width, y, self.width, self.heights[row]


def _headings(columns: Sequence[str], width: float) -> tuple[list[Lines], bool]:
    """Return the lines of the column labels, and whether they stand upright, where they must."""
    level = [wrapped(column, width - 1.5) for column in columns]
    words = [word for column in columns for word in drawable(column).split()]
    whole = all(width_mm(word) <= width - 1.5 for word in words)
    if whole and all(len(lines) <= MOST_LINES for lines in level):
        return level, False
    most = max(1, min(MOST_LINES, int((width - 0.5) / LINE)))
    longest = max(width_mm(drawable(column)) for column in columns)
    upright: list[Lines] = []
    for length in [each for each in LENGTHS if each * most >= longest] or LENGTHS[-1:]:
        upright = [wrapped(column, length) for column in columns]
        if all(len(lines) <= most for lines in upright):
            break
    # Longer ones than all that are cut: the table under the figure has them in full.
    return [_cut(lines, most) for lines in upright], True


def _cut(lines: Lines, most: int) -> Lines:
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def _fitted(texts: Sequence[Sequence[str]], width: float) -> tuple[float, list[list[Lines]]]:
    """Return the size in points at which cell texts fit into a width, and their lines."""
    given = [[text.split("\n") for text in cells] for cells in texts]
    lines = [[[drawable(line) for line in text] for text in cells] for cells in given]
    widest = max(map(_widest, lines), default=0.0)
    size = LABEL_SIZE
    while size > SMALLEST and widest * size / LABEL_SIZE > width:
        size -= STEP
    if widest * size / LABEL_SIZE <= width:
        return size, lines
    room = width * LABEL_SIZE / size
    return size, [
        [[part for line in text for part in wrapped(line, room)] for text in cells] for cells in given
    ]


def _widest(labels: Iterable[Lines]) -> float:
    return max((width_mm(line) for lines in labels for line in lines), default=0.0)
