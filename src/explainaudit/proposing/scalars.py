"""Values as YAML 1.2 text that reads back to the same value, whatever a name holds."""

import json
import re
import unicodedata
from collections.abc import Sequence

_PLAIN = re.compile(r"[A-Za-z]\w*(?:[ ./-]\w+)*")
_OTHER_MEANING = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "confirm"}
_SEEN = {"L", "M", "N", "P", "S"}


def scalar(value: object) -> str:
    """Return a text, number or truth value, or a list of them, on one line."""
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.isascii() and value.casefold() not in _OTHER_MEANING
        return value if plain and len(value) < 80 else quoted(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(scalar(item) for item in value)}]"
    return json.dumps(value)


def key_line(text: str, indent: int) -> str:
    """Return a text as the key of a mapping, up to the colon; YAML wants long keys marked as such."""
    blank, key = " " * indent, scalar(text)
    return f"{blank}{key}:" if len(key) < 1000 else f"{blank}? {key}\n{blank}:"


def quoted(text: str) -> str:
    """Return a text in double quotes; what cannot be seen is written as its number."""
    return '"' + "".join(_character(character) for character in text) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == " " or unicodedata.category(character)[0] in _SEEN:
        return character
    point = ord(character)
    return f"\\x{point:02X}" if point < 0x100 else f"\\u{point:04X}" if point < 0x10000 else f"\\U{point:08X}"
