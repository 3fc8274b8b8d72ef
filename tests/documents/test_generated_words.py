"""What the tool itself says on a page claims nothing that numbers cannot carry, and is no debris of code."""

import re

import pytest
from html_tree import MASK, read

from explainaudit.wording.claims import claims_in
from explainaudit.wording.names import shown

pytestmark = pytest.mark.whole


def said_by_others(node):
    """Tell text from users, the sign-off form and the fixed paragraph, which names claims to deny them."""
    return (
        node.tag in {"style", "bdi", "h1", "title"}
        or bool({"stated", "docline", "contents", "fixed"} & set(node.classes))
        or node["id"] == "sign"
    )


def generated(edition, html=None):
    page = edition.page if html is None else read(html)
    text = "\n".join(page.blocks(said_by_others))
    for word in edition.human["words"].values():
        text = text.replace(shown(word), MASK)
    return text


def test_generated_text_makes_no_claim(edition):
    assert claims_in(generated(edition)) == []


def test_alternative_text_makes_no_claim(credit):
    for each in credit.editions:
        assert claims_in("\n".join(image["alt"] for image in each.page.all("img"))) == []


def test_a_planted_claim_is_found(credit):
    html = credit.restricted.html.replace("</main>", "<p>The model is unbiased.</p></main>")
    assert claims_in(generated(credit.restricted, html)) == ["unbiased"]


def test_what_is_masked_would_be_found(hostile):
    """The fixed paragraph and the hostile statements do name claims: masking is what spares them."""
    found = claims_in(hostile.restricted.page.text)
    assert {"certified", "unbiased", "certification"} <= set(found)


DEBRIS = re.compile(
    r"\b(?:None|nan|NaN|N/A|inf|undefined|Traceback|Undefined|measure=)\b"
    r"|\{['\"]|\['|<[a-z]+ object|\b\w+\.\w+\(|\{\w*\}|\b[a-z]+_[a-z_]+\b|\d[.,]\d{7,}"
)


@pytest.mark.parametrize(
    "text", ["None", "nan", "N/A samples", "{'a': 1}", "Traceback (most", "0.12345678", "log_odds", "{n}"]
)
def test_debris_is_seen(text):
    assert DEBRIS.search(text)


def test_no_debris_of_code(credit):
    for each in credit.editions:
        text = generated(each).replace("lime.lime_tabular.LimeTabularExplainer", "")
        assert DEBRIS.findall(text) == []


def test_what_is_held_back_is_spelled_out(run):
    """A sentence never rests on a suppressed number: "s" stands in table cells and facts alone."""
    for node in run.shareable.page.all("data"):
        if "".join(node.children) == "s":
            assert any(around.tag in {"td", "dd"} for around in node.above()), node.parent.text
