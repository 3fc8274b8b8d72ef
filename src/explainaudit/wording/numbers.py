"""Number formats: the only place where a number is rounded, and only on its way to a reader."""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

from explainaudit.records.measure import Unit

_MINUS = "−"
_THIN = "\u202f"
_LARGE = 1e15  # from here on whole numbers are no longer read digit by digit
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _fixed(value: float, places: int) -> str:
    """Round half to even on the exact decimal expansion, so no platform rounds otherwise."""
    quantum = Decimal(1).scaleb(-places)
    rounded = Decimal(value).quantize(quantum, rounding=ROUND_HALF_EVEN)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,f}".replace("-", _MINUS).replace(",", _THIN)


def _significant(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    # The exponent after rounding: 0.99999 with four digits is 1.000, not 1.0000.
    exponent = int(f"{value:.{digits - 1}e}".split("e")[1])
    places = max(0, digits - 1 - exponent)
    return _fixed(value, places) if places <= 6 and abs(value) < _LARGE else _scientific(value, digits)


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.replace('-', _MINUS)}·10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _signed(text: str, value: float) -> str:
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def _p_value(value: float) -> str:
    return "< 0.001" if value < 0.0005 else _fixed(value, 3)


def _recorded(value: float) -> str:
    """Show a value of the data file: whole numbers whole, others with six significant digits."""
    if value.is_integer() and abs(value) < _LARGE:
        return _fixed(value, 0)
    if not 1e-5 <= abs(value) < _LARGE:
        return _scientific(value, 6)
    written = _fixed(value, max(0, 5 - math.floor(math.log10(abs(value)))))
    return written.rstrip("0").rstrip(".") if "." in written else written


# Decimals of the units that limits are declared in; a percentage has one.
_PLACES: dict[Unit, int] = {"share": 1, "points": 1, "gap": 1, "ratio": 2, "score": 3, "probability": 3}
_FORMATS: dict[Unit, Callable[[float], str]] = {
    "count": lambda value: _fixed(value, 0),
    "share": lambda value: f"{_fixed(100 * value, 1)}{_THIN}%",
    "points": lambda value: _signed(_fixed(100 * value, 1), value),
    "gap": lambda value: _fixed(100 * value, 1),
    "ratio": lambda value: _fixed(value, 2),
    "score": lambda value: _fixed(value, 3),
    "p_value": _p_value,
    "log_odds": lambda value: _signed(_fixed(value, 3), value),
    "margin": lambda value: _signed(_fixed(value, 3), value),
    "probability": lambda value: _fixed(value, 3),
    "target": lambda value: _significant(value, 4),
    "number": lambda value: _significant(value, 3),
    "recorded": _recorded,
}


def format_declared(value: float, unit: Unit) -> str:
    """Return a declared limit as a reader sees it: as any number of its unit, with all digits that it has."""
    as_percent = unit in {"share", "points", "gap"}
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    places = -int(exponent) - (2 if as_percent else 0)
    if unit not in _PLACES or places <= _PLACES[unit]:
        return format_number(value, unit)
    written = _fixed(100 * value if as_percent else value, places)
    return f"{written}{_THIN}%" if unit == "share" else written


def format_number(value: float, unit: Unit) -> str:
    """Return a number as a reader sees it: rates with 1 decimal in %, ratios with 2, p with 3.

    ``points`` are differences of shares in percentage points, ``gap`` their size without a sign. Digits
    are grouped by a narrow no-break space, and the minus sign is U+2212.
    """
    return _FORMATS[unit](value)
