"""The sheet a chart is drawn on: one size, one face, margins measured so that no label is cut."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from explainaudit.charts.fonts import covered
from explainaudit.wording.names import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_MM = 170.0
PLUS, MINUS = "#0072B2", "#D55E00"
INK, GREY, FAINT = "#1a1a1a", "#6b6b6b", "#d9d9d9"
LABEL_SIZE = 8.0
LABEL_LIMIT_MM, REMARK_LIMIT_MM = 62.0, 46.0
_POINTS_PER_MM = 72 / 25.4

_SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": LABEL_SIZE,
    "svg.fonttype": "path",
    "svg.hashsalt": "explainaudit",
    "text.parse_math": False,
    "text.usetex": False,
    "axes.unicode_minus": True,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "path.simplify": False,
    "hatch.linewidth": 0.6,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw with the document's settings, whatever the user's matplotlib is set to."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def drawable(text: str) -> str:
    """Return text with everything the face cannot draw made visible as ``⟨U+4E2D⟩``."""
    return shown(text, covered=covered())


def width_mm(text: str) -> float:
    """Return the width of one line of label text, in millimetres; call inside `style`."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    face = FontProperties(family="DejaVu Sans", size=LABEL_SIZE)
    size, *_ = text_to_path.get_text_width_height_descent(text, face, False)
    return float(size) / _POINTS_PER_MM


def wrapped(text: str, limit_mm: float = LABEL_LIMIT_MM) -> list[str]:
    """Break a label into lines no wider than the limit: at spaces, and inside a word if it must be."""
    lines = [""]
    for word in drawable(text).split():
        start = f"{lines[-1]} {word}" if lines[-1] else word
        if width_mm(start) <= limit_mm:
            lines[-1] = start
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if width_mm(lines[-1] + character) > limit_mm:
                lines.append("")
            lines[-1] += character
    return lines


class Rows:
    """Labelled rows, one below the other, with room for every label on the left and the right.

    Parameters
    ----------
    labels : sequence of str
        Row labels, first row on top.
    remarks : sequence of str, optional
        A short text per row at the right edge, usually the value and its interval.
    panels : int
        Number of plots side by side that share the rows.
    air : float
        Millimetres between the labels of two rows.
    """

    def __init__(
        self,
        labels: Sequence[str],
        remarks: Sequence[str] | None = None,
        *,
        panels: int = 1,
        air: float = 2.6,
    ) -> None:
        from matplotlib.figure import Figure

        lines = [wrapped(label) for label in labels]
        beside = [wrapped(remark, REMARK_LIMIT_MM) for remark in remarks or [""] * len(lines)]
        self.left = max((width_mm(line) for label in lines for line in label), default=0.0) + 4
        self.right = max((width_mm(line) for remark in beside for line in remark), default=0.0) + 4
        self.texts = ["\n".join(label) for label in lines]
        self.remarks = ["\n".join(remark) for remark in beside]
        heights = [
            air + 3.2 * max(len(label), len(remark)) for label, remark in zip(lines, beside, strict=True)
        ]
        self.body = max(sum(heights), 8.0)
        self.positions = [sum(heights[:i]) + heights[i] / 2 for i in range(len(heights))]
        self.panels = panels
        self.figure: Figure = Figure()

    def axes(self, *, top: float, bottom: float) -> list["Axes"]:
        """Return the plots, with ``top`` and ``bottom`` millimetres around them for titles and axes."""
        height = self.body + top + bottom
        self.figure.set_size_inches(WIDTH_MM / 25.4, height / 25.4)
        gap = 8.0 if self.panels > 1 else 0.0
        each = (WIDTH_MM - self.left - self.right - gap * (self.panels - 1)) / self.panels
        made = []
        for panel in range(self.panels):
            x = self.left + panel * (each + gap)
            box = (x / WIDTH_MM, bottom / height, each / WIDTH_MM, self.body / height)
            made.append(
                self._plot(self.figure.add_axes(box), first=panel == 0, last=panel == self.panels - 1)
            )
        return made

    def _plot(self, axes: "Axes", *, first: bool, last: bool) -> "Axes":
        axes.set_ylim(self.body, 0)
        axes.set_yticks(self.positions, self.texts if first else [""] * len(self.texts))
        axes.tick_params(axis="y", length=0, pad=5)
        axes.tick_params(axis="x", length=2.5, width=0.6)
        axes.grid(axis="x", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        if last:
            for position, remark in zip(self.positions, self.remarks, strict=True):
                axes.annotate(
                    remark, (1, position), (5, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", va="center", ha="left", annotation_clip=False,
                )  # fmt: skip
        return axes


def svg(figure: "Figure") -> str:
    """Return a figure as SVG text: the same bytes for the same drawing, with no date in it."""
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def share_axis(axes: "Axes") -> None:
    """Write the ticks of the value axis in per cent."""
    from matplotlib.ticker import FuncFormatter

    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{100 * value:.3g}\u202f%".replace("-", "−"))
    )


def few_ticks(axes: "Axes", number: int = 6) -> None:
    """Ask for a handful of round ticks on the value axis."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(number, steps=[1, 2, 2.5, 5, 10]))
