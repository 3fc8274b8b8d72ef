"""Claims that no generated text makes: legal conclusions, promises, cause where there is association.

The lint runs on the catalogue and on finished documents. Text from users, quotations from packs
and the fixed limitations paragraph, which names such claims to deny them, are masked first.
"""

import re

_CLAIMS = (
    r"compliant",
    r"compliance with",
    r"certif\w+",
    r"guarante\w+",
    r"prove[dns]?",
    r"unbiased",
    r"bias-free",
    r"no bias",
    r"(?:is|are|was|were) fair",
    r"unfair\w*",
    r"non-discriminatory",
    r"safe to",
    r"pass(?:es|ed)? (?:the )?(?:four-fifths|80)",
    r"because of",
    r"caus(?:e|es|ed|ing)",
    r"due to",
    r"drives",
    r"responsible for",
    r"ensures?",
    r"trustworthy",
    r"independent(?:ly)? (?:audit|validat)\w*",
    r"most important factor",
    r"accounts for (?:\{\w+\}|\d[\d.,]*(?=\s*%))",
)


def _pattern(claim: str) -> re.Pattern[str]:
    """Match whole words, with any space between them: documents break lines and set narrow spaces."""
    return re.compile(rf"(?<!\w)(?:{claim})(?!\w)".replace(" ", r"\s+"), re.IGNORECASE)


CLAIMS: tuple[re.Pattern[str], ...] = tuple(_pattern(claim) for claim in _CLAIMS)


def claims_in(text: str) -> list[str]:
    """Return every forbidden claim in a text, as it stands there, pattern by pattern."""
    return [found.group() for claim in CLAIMS for found in claim.finditer(text)]
