"""The document's fonts: files that ship inside matplotlib's wheel, and what they can draw."""

from functools import cache
from pathlib import Path

TEXT_FACE = "Audit Text"
LABEL_FACE = "Audit Sans"

# (family, weight, file); the pages use no italics
FACES = (
    (TEXT_FACE, "normal", "STIXGeneral.ttf"),
    (TEXT_FACE, "bold", "STIXGeneralBol.ttf"),
    (LABEL_FACE, "normal", "DejaVuSans.ttf"),
    (LABEL_FACE, "bold", "DejaVuSans-Bold.ttf"),
)


def font_file(name: str) -> Path:
    """Return the path of one of the font files in `FACES`; raises ``KeyError`` for another name."""
    if name not in {file for *_, file in FACES}:
        raise KeyError(name)
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / name


@cache
def covered() -> frozenset[int]:
    """Return the code points that the label face can draw in both weights.

    The text face falls back to the label face, so these can be drawn anywhere on the page.
    """
    from matplotlib.ft2font import FT2Font

    maps = [
        set(FT2Font(str(font_file(file))).get_charmap()) for family, *_, file in FACES if family == LABEL_FACE
    ]
    return frozenset(set.intersection(*maps))
