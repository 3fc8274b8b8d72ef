"""What `init --for` adds: the words of a field, what its reviewers ask, and what to ask counsel about."""

from explainaudit.proposing.guesses import Guess
from explainaudit.proposing.page import Page
from explainaudit.records.message import Message
from explainaudit.records.plan import Words
from explainaudit.wording.catalogue import catalogue

FIELDS = ("lending", "hiring", "insurance", "health")


def write_field(page: Page, field: str | None) -> None:
    """Write words, empty statements and instruments; without a field only where they would stand."""
    page.line()
    if field is None:
        page.comment("no_field")
        return
    page.comment("words_of_field")
    page.line("words:")
    why = Message(key=f"init.field.{field}")
    for word in Words.model_fields:
        text = page.say(f"words.{field}.{word}")
        page.guess(f"words.{word}", Guess(text, why))
    page.line()
    page.comment("statements")
    page.line("# statements:")
    for key in asked_in(field):
        page.line(f"#   {key}:  # {page.label(key)}")
        page.line("#     text:")
        page.line("#     author:")
        page.line("#     date:")
    page.line()
    page.comment("instruments")
    for text in instruments_of(field):
        page.line(f"# - {text}")


def asked_in(field: str) -> tuple[str, ...]:
    """Return the keys of the statements that reviewers of a field ask for."""
    return tuple(catalogue("en")[f"init.asks.{field}"].split())


def instruments_of(field: str) -> tuple[str, ...]:
    """Return the instruments worth a question to counsel, each with its state."""
    lead = f"init.instrument.{field}."
    return tuple(text for key, text in catalogue("en").items() if key.startswith(lead))
