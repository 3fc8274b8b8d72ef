"""Number formats: what is printed reads back to the value, within half a unit of the last place."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explainaudit.records.measure import Unit
from explainaudit.wording.numbers import format_declared, format_number

UNITS = get_args(Unit)
FACTOR = {"share": 100, "points": 100, "gap": 100}
PLACES = {
    "count": 0,
    "share": 1,
    "points": 1,
    "gap": 1,
    "ratio": 2,
    "score": 3,
    "p_value": 3,
    "log_odds": 3,
    "margin": 3,
    "probability": 3,
}
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@pytest.mark.parametrize(
    ("limit", "unit", "text"),
    [
        (0.8, "ratio", "0.80"),
        (0.805, "ratio", "0.805"),
        (0.8749, "ratio", "0.8749"),
        (0.5, "share", "50.0\u202f%"),
        (0.5999, "share", "59.99\u202f%"),
        (0.1, "gap", "10.0"),
        (0.0125, "gap", "1.25"),
        (25.0, "target", "25.00"),
    ],
)
def test_a_declared_limit_has_all_its_digits(limit, unit, text):
    assert format_declared(limit, unit) == text


def read_back(text: str) -> tuple[Fraction, Fraction]:
    """Return the number that is printed, and the unit of its last place."""
    plain = text.replace("\u202f", "").replace("−", "-").removesuffix("%").removeprefix("+")
    mantissa, _, power = plain.partition("·10")
    scale = Fraction(10) ** int(power.translate(SUPERSCRIPT) or 0)
    assert re.fullmatch(r"-?\d+(\.\d+)?", mantissa), text
    places = len(mantissa.partition(".")[2])
    return Fraction(Decimal(mantissa)) * scale, Fraction(1, 10**places) * scale


@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    st.one_of(
        st.floats(-1e4, 1e4, allow_nan=False),
        st.floats(-1, 1, allow_nan=False),
        st.floats(allow_nan=False, allow_infinity=False),
        st.integers(-(10**6), 10**6).map(float),
    ),
    st.sampled_from(UNITS),
)
@example(-0.0, "points")
@example(-0.00049, "log_odds")
@example(0.00049, "log_odds")
@example(999.96, "target")
@example(99999.95, "recorded")
@example(1e300, "recorded")
@example(5e-324, "number")
@example(1234567.5, "recorded")
@example(0.05, "recorded")
def test_printed_numbers_read_back(value, unit):
    if unit in PLACES and abs(value) > 1e12:
        return  # a count, a share, a score: never so large
    text = format_number(value, unit)
    if unit == "p_value" and value < 0.0005:
        assert text == "< 0.001"
        return
    seen, last = read_back(text)
    exact = Fraction(value) * FACTOR.get(unit, 1)
    assert abs(seen - exact) <= last / 2 + abs(exact) / 10**14  # a share is a float times 100
    if unit in PLACES:
        assert last == Fraction(1, 10 ** PLACES[unit])
    else:
        digits = {"target": 4, "number": 3, "recorded": 6}[unit]
        assert abs(seen - exact) * 10**digits <= 5 * abs(exact) * (1 + Fraction(1, 10**9))
    assert ("−" in text.partition("·")[0]) is (seen < 0)
    assert "-" not in text
    assert ("+" in text) is (unit in {"points", "log_odds", "margin"} and seen > 0)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "count", "0"),
        (1234567.0, "count", "1\u202f234\u202f567"),
        (0.625, "share", "62.5\u202f%"),
        (1.0, "share", "100.0\u202f%"),
        (0.9999, "share", "100.0\u202f%"),
        (-0.0321, "points", "−3.2"),
        (0.0321, "points", "+3.2"),
        (-0.0004, "points", "0.0"),
        (0.0321, "gap", "3.2"),
        (0.668, "ratio", "0.67"),
        (0.125, "ratio", "0.12"),  # half to even, on the exact value
        (0.375, "ratio", "0.38"),
        (0.2, "p_value", "0.200"),
        (0.0005, "p_value", "0.001"),
        (0.00049, "p_value", "< 0.001"),
        (-1.5, "log_odds", "−1.500"),
        (12345.678, "target", "12\u202f346"),
        (0.00123456, "number", "0.00123"),
        (1.23e-16, "number", "1.23·10⁻¹⁶"),
        (-2.5e20, "number", "−2.50·10²⁰"),
        (0.0, "number", "0"),
        (42.0, "recorded", "42"),
        (1500000.0, "recorded", "1\u202f500\u202f000"),
        (0.05, "recorded", "0.05"),
        (2.50, "recorded", "2.5"),
        (120.0004, "recorded", "120"),
        (1e22, "recorded", "1.00000·10²²"),
    ],
)
def test_numbers_as_a_reader_sees_them(value, unit, text):
    assert format_number(value, unit) == text


@settings(derandomize=True)
@given(st.integers(0, 10**15))
def test_digits_are_grouped_by_threes(number):
    groups = format_number(float(number), "count").split("\u202f")
    assert 1 <= len(groups[0]) <= 3
    assert all(len(group) == 3 for group in groups[1:])
    assert int("".join(groups)) == number
