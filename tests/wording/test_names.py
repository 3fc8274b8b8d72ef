"""Text from users: everything that cannot be seen, or turns the line around, is made visible."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.wording.names import shown

ESCAPED = re.compile("⟨U\\+([0-9A-F]{4,6})⟩")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain ä 中 عربي", "plain ä 中 عربي"),
        ("a\tb\nc\rd", "a⟨U+0009⟩b⟨U+000A⟩c⟨U+000D⟩d"),
        ("\x00\x1f\x7f\x85", "⟨U+0000⟩⟨U+001F⟩⟨U+007F⟩⟨U+0085⟩"),
        (
            "gro\u202eup\u2066\u200b\u200f\ufeff\u00ad",
            "gro⟨U+202E⟩up⟨U+2066⟩⟨U+200B⟩⟨U+200F⟩⟨U+FEFF⟩⟨U+00AD⟩",
        ),
        ("\u2028\u2029", "⟨U+2028⟩⟨U+2029⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\ue000\U000f0000", "⟨U+E000⟩⟨U+F0000⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\U0010ffff", "⟨U+10FFFF⟩"),
        ("", ""),
    ],
)
def test_hidden_characters_are_shown(text, seen):
    assert shown(text) == seen


@settings(derandomize=True)
@given(st.text(st.characters()))
def test_nothing_hidden_is_left_and_nothing_is_lost(text):
    seen = shown(text)
    assert not [
        one for one in seen if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    ]
    if "⟨" not in text:
        assert ESCAPED.sub(lambda found: chr(int(found[1], 16)), seen) == text


def test_characters_without_a_glyph_are_escaped_but_spaces_are_not():
    covered = set(map(ord, "abc⟨⟩U+0123456789ABCDEF"))
    assert shown("ab中 c", covered=covered) == "ab⟨U+4E2D⟩ c"
    assert shown("a\u3000b", covered=covered) == "a\u3000b"


@settings(derandomize=True)
@given(st.text(max_size=30), st.integers(1, 20))
def test_a_limit_counts_characters_of_the_text_and_not_of_the_escapes(text, limit):
    seen = shown(text, limit=limit)
    if len(text) <= limit:
        assert seen == shown(text)
    else:
        end = (limit - 1) // 2
        assert seen == shown(text[: limit - 1 - end]) + "…" + shown(text[len(text) - end :])


def test_long_names_that_begin_alike_stay_apart():
    long = "Employees of the northern region with permanent contracts and full-time hours, "
    assert len({shown(long + end, limit=60) for end in ("women", "men", "others")}) == 3


@settings(derandomize=True)
@given(st.text())
def test_shown_text_stays_as_it_is(text):
    assert shown(shown(text)) == shown(text)
