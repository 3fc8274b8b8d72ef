"""Text from the user, made safe to look at: nothing invisible, nothing that turns the line around."""

import unicodedata
from collections.abc import Container

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def shown(text: str, *, covered: Container[int] | None = None, limit: int | None = None) -> str:
    """Return user text with every character visible.

    Parameters
    ----------
    text : str
        Any text, lone surrogates included.
    covered : container of int, optional
        Code points for which the document's fonts have a glyph; others are escaped.
    limit : int, optional
        Longest text in characters; of a longer one the middle is left out, since names that begin alike
        often differ at their end.

    Returns
    -------
    str
        Controls, bidirectional overrides, private-use and unassigned characters, and characters
        without a glyph, appear as ``⟨U+202E⟩``.
    """
    if limit is not None and len(text) > limit:
        end = (limit - 1) // 2
        text = f"{text[: limit - 1 - end]}…{text[len(text) - end :]}"
    return "".join(character if _visible(character, covered) else _escape(character) for character in text)


def _visible(character: str, covered: Container[int] | None) -> bool:
    if unicodedata.category(character) in _HIDDEN:
        return False
    return covered is None or character.isspace() or ord(character) in covered


def _escape(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"
