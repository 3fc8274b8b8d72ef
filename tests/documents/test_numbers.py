"""Every digit on a page is a measure's, a name's, or the catalogue's own; and every measure says its value.

Text from users, versions, dates, digests and numbering are masked; what the catalogue itself writes
with digits is taken from its texts, each as the whole sentence it stands in. Any other digit fails.
"""

import json
import re
from string import Formatter

import pytest
from html_tree import MASK, read

from explainaudit.records.measure import Measure, anchor, measure_id
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.names import shown
from explainaudit.wording.numbers import format_number

pytestmark = pytest.mark.whole

NOT_ON_PAGES = ("error.", "console.", "doctor.", "csv.")


def masked(node):
    """Tell what holds measures, text from users, digests, numbering, or nothing to read."""
    return (
        node.tag in {"head", "data", "bdi", "code", "h1"}
        or bool({"stated", "no", "version", "docline", "contents"} & set(node.classes))
        or (node.tag == "b" and node.parent.tag in {"caption", "figcaption"})  # Table 3.1.
        or (node.tag == "a" and node.parent.tag == "figcaption")  # Numbers in Table 3.1.
        or (node.tag == "dt" and "symbols" in node.parent.parent.classes)  # 0, the symbol
    )


def constants():
    """Return a pattern for every catalogue text with digits of its own; a parameter holds none."""
    found = []
    for key, text in catalogue("en").items():
        parts = list(Formatter().parse(text))
        if key.startswith(NOT_ON_PAGES) or not re.search(r"\d", "".join(part for part, *_ in parts)):
            continue
        pattern = ""
        for literal, field, *_ in parts:
            pattern += (
                re.escape(" ".join(literal.split(" "))).replace(r"\ ", r"\s+").replace("\u202f", r"\s+")
            )
            pattern += r"[^\d\n]*?" if field is not None else ""
        if re.search(r"[^\W\d]", text):  # a text that is but a digit would excuse any
            found.append(re.compile(rf"(?<![\d.,]){pattern}(?![.,]?\d)"))
    return found


def known_texts(edition):
    """Return dates, versions, digests and codes as the page may print them, the longest first."""
    environment, plan = edition.environment, edition.bundle["provenance"]["plan"]
    texts = {environment["date"], *environment["versions"].values()}
    texts |= {shown(word) for word in edition.human["words"].values()}
    texts |= {criterion["declared"] or "" for criterion in edition.verdicts["criteria"]}
    texts |= {flag["code"] for flag in edition.verdicts["flags"]}
    digests = [edition.bundle["provenance"]["model"]["digest"], edition.page.all("dd")[0].text]
    texts |= {digest[:12] for digest in digests} | {str(plan["seed"])}
    for chapter in edition.page.all("section", cls="chapter"):
        (heading,) = chapter.all("h2")
        texts.add(heading.text)  # a link to a chapter names its number
    return sorted(texts - {""}, key=len, reverse=True)


def stray_digits(page, edition):
    """Return every block of a page in which a digit is left that nothing accounts for."""
    text = "\n".join(page.blocks(masked))
    for known in known_texts(edition):
        text = re.sub(rf"(?<![\w.]){re.escape(known)}(?![\w]|\.\d)", MASK, text)
    before = None
    while before != text:
        before = text
        for pattern in CONSTANTS:
            text = pattern.sub(MASK, text)
    return [block for block in text.split("\n") if re.search(r"\d", block)]


CONSTANTS = sorted(constants(), key=lambda each: -len(each.pattern))  # a whole sentence before its parts


def test_no_digit_is_typed(edition):
    assert stray_digits(edition.page, edition) == []


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Accuracy was 70.7 %.</p>",
        "<p>The rate is 0.8 of the highest.</p>",
        "<p>Rates with 90 % Wilson intervals.</p>",
        "<p>95 % of all applicants were approved.</p>",
        "<table><tr><td>0</td></tr></table>",
        "<p>in 3 rows</p>",
        "<h3>12</h3>",
        "<p>20260103</p>",
        "<p>version 1.26.4</p>",
        "<p>2,000</p>",
    ],
)
def test_a_planted_number_is_found(credit, planted):
    html = credit.restricted.html.replace("</main>", f"{planted}</main>")
    assert len(stray_digits(read(html), credit.restricted)) == 1


@pytest.mark.parametrize("sentence", ["The bundle", "section 2 shows"])
def test_a_number_planted_in_a_fixed_sentence_is_found(credit, sentence):
    assert sentence in credit.restricted.html
    html = credit.restricted.html.replace(sentence, f"17 {sentence}", 1)
    assert len(stray_digits(read(html), credit.restricted)) == 1


def document_counts(edition):
    """Return the document's own figures, counted again from the records."""
    provenance, verdicts = edition.bundle["provenance"], edition.verdicts
    statuses = [verdict["status"] for verdict in verdicts["verdicts"]]
    assessed = [evidence["not_assessed"] is None for evidence in edition.bundle["evidence"]]
    absent = sum(len(box.all("li")) for box in edition.page.all("div", cls="missing"))
    counted = [
        ("evaluations", {}, float(provenance["evaluations"])),
        ("statements", {}, 43),
        ("statements_missing", {}, absent),
        ("analyses", {}, len(assessed)),
        ("analyses_assessed", {}, sum(assessed)),
        ("criteria", {}, len(statuses)),
        ("criteria_declared", {}, len(edition.verdicts["criteria"])),
    ]
    counted += [
        ("criteria_by_status", {"status": status}, statuses.count(status))
        for status in ("meets", "does_not_meet", "inconclusive", "not_assessed")
    ]
    levels = [flag["level"] for flag in verdicts["flags"]]
    counted += [("flags", {"level": level}, levels.count(level)) for level in ("note", "caution", "serious")]
    counted += [
        (metric, {"table": table["name"]}, table[metric])
        for table in provenance["tables"]
        for metric in ("rows", "columns")
    ]
    made = {"analysis": "document", "unit": "count", "kind": "fact"}
    return [
        Measure.model_validate({**made, "metric": metric, "dimensions": dimensions, "value": value})
        for metric, dimensions, value in counted
    ]


def expected(measure, part):
    """Return the machine value and the text of one part of a measure."""
    if part == "n":
        return (repr(measure.n), format_number(measure.n, "count")) if measure.n is not None else ("", None)
    if measure.value is None:
        return "", None
    if part == "value":
        return repr(measure.value), format_number(measure.value, measure.unit)
    if measure.interval is None:
        return "", None
    ends = {"low": measure.interval.low, "high": measure.interval.high}
    if part == "interval":
        texts = [format_number(end, measure.unit) for end in ends.values()]
        return " ".join(repr(end) for end in ends.values()), " to ".join(texts)
    return repr(ends[part]), format_number(ends[part], measure.unit)


def test_every_number_is_its_measure(edition):
    measures = [Measure.model_validate(measure) for measure in edition.measures]
    known = {anchor(measure.id): measure for measure in (*measures, *document_counts(edition))}
    assert len(known) == len({measure.id for measure in measures}) + len(document_counts(edition))
    symbols = {text for key, text in catalogue("en").items() if key.startswith("symbol.")}
    numbers = edition.page.all("data")
    assert len(numbers) > 100
    for node in numbers:
        value, text = expected(known[node["data-measure"]], node["data-part"])
        seen = "".join(node.children)
        assert node["value"] == value
        assert seen == text if text is not None else seen in symbols
        assert node["id"] in {"", node["data-measure"]}


def test_anchors_stand_once(edition):
    anchored = [node["id"] for node in edition.page.all("data") if node["id"]]
    printed = {node["data-measure"] for node in edition.page.all("data") if node["data-part"] == "value"}
    assert len(anchored) == len(set(anchored))
    assert set(anchored) == printed


def test_an_anchor_is_its_measure_id(credit):
    identifier = measure_id("performance", "auc", {})
    assert json.loads(identifier) == ["performance", "auc", {}]
    node = credit.restricted.page.one(anchor(identifier))
    (auc,) = [
        measure
        for measure in credit.restricted.measures
        if (measure["analysis"], measure["metric"]) == ("performance", "auc")
    ]
    assert float(node["value"]) == auc["value"]
