"""Where templates are found, and what their filters let through."""

import pytest
from fabricated import DIGEST

from explainaudit.errors import OutputFailed
from explainaudit.records.message import Message, Name
from explainaudit.rendering import templates
from explainaudit.rendering.templates import environment, label, template_root
from explainaudit.wording.writer import Writer, explain_error


@pytest.fixture
def printing():
    made = environment(Writer({}), {})
    return lambda source, **values: made.from_string(source).render(**values)


def test_the_templates_are_found():
    assert (template_root() / "packet.html").is_file()
    assert (template_root() / "page.css").is_file()


def test_templates_beside_the_package_come_first(monkeypatch, tmp_path):
    package = tmp_path / "site" / "explainaudit"
    (package / "templates").mkdir(parents=True)
    (package / "templates" / "packet.html").write_text("x")
    monkeypatch.setattr(templates, "__file__", str(package / "rendering" / "templates.py"))
    assert template_root() == package / "templates"


def test_no_templates_is_an_error_with_a_name(monkeypatch, tmp_path):
    monkeypatch.setattr(templates, "__file__", str(tmp_path / "site/explainaudit/rendering/templates.py"))
    with pytest.raises(OutputFailed) as missing:
        template_root()
    assert missing.value.code == "E912"
    assert all(explain_error(missing.value))


def test_text_is_escaped(printing):
    assert printing("{{ text }}", text="<b>") == "&lt;b&gt;"
    assert printing("{{ text|name }}", text="<b>") == '<bdi class="name">&lt;b&gt;</bdi>'
    assert printing("{{ text|prose }}", text="<b>\n\n{{ 1 }}") == "<p>&lt;b&gt;</p><p>{{ 1 }}</p>"
    assert printing('<a title="{{ text|short(5) }}">', text='"onclick') == '<a title="&#34;o…ck">'


def test_a_digest_is_never_cut(printing):
    assert printing("{{ cell|cell }}", cell=Name(text=DIGEST)) == f"<code>{DIGEST}</code>"
    assert "…" in printing("{{ cell|cell }}", cell=Name(text=DIGEST + "x"))


def test_a_status_is_text_first(printing):
    chip = printing("{{ cell|cell }}", cell=Message(key="status.does_not_meet"))
    assert chip == '<span class="chip status-does_not_meet">Does not meet</span>'


def test_labels_escape_what_they_are_given():
    assert label("document.declared_on", date="<i>") == "Declared on &lt;i&gt;"


def test_an_unknown_name_in_a_template_is_an_error(printing):
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        printing("{{ nothing }}")
