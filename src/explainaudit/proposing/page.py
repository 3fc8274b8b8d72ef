"""A plan being written: keys with their values, and comments that give reasons."""

from explainaudit.proposing.guesses import Guess
from explainaudit.proposing.scalars import scalar
from explainaudit.records.message import Message, Param
from explainaudit.records.plan_file import CONFIRM
from explainaudit.wording.writer import Writer


class Page:
    """Lines of YAML; remembers what was guessed and what is left to fill in.

    Attributes
    ----------
    guessed : list of (str, str)
        Keys with dots, and the values guessed for them as text.
    confirm : list of str
        Keys that hold ``CONFIRM``.
    """

    def __init__(self) -> None:
        self.guessed: list[tuple[str, str]] = []
        self.confirm: list[str] = []
        self._lines: list[str] = []
        self._writer = Writer({})

    def text(self) -> str:
        """Return the lines."""
        return "\n".join(self._lines) + "\n"

    def say(self, key: str, **params: Param) -> str:
        """Return a text of the catalogue."""
        return self._writer.text(Message(key=f"init.{key}", params=params))

    def why(self, guess: Guess) -> str:
        """Return the reason of a guess."""
        return self._writer.text(guess.why)

    def label(self, statement: str) -> str:
        """Return what a statement is about."""
        return self._writer.text(Message(key=f"statement.{statement}"))

    def line(self, text: str = "") -> None:
        """Write a line as it is."""
        self._lines.append(text)

    def comment(self, key: str, indent: int = 0, **params: Param) -> None:
        """Write lines of comment; a text may break into several."""
        self._lines += [f"{' ' * indent}# {line}" for line in self.say(key, **params).splitlines()]

    def part(self, key: str, comment: str) -> None:
        """Begin a part of the plan: an empty line, a comment, the key."""
        self.line()
        self.comment(comment)
        self.line(f"{key}:")

    def entry(self, place: str, value: object, *, lead: str | None = None) -> None:
        """Write a key (the last part of ``place``) that is certain."""
        self._lines.append(f"{self._lead(place, lead)} {scalar(value)}")

    def guess(self, place: str, guess: Guess, *, lead: str | None = None) -> None:
        """Write a key with a guess, or with CONFIRM where there is none."""
        if guess.known:
            self.guessed.append((place, scalar(guess.value)))
            mark = self._writer.text(Message(key="init.guess", params={"why": guess.why}))
            self._lines.append(f"{self._lead(place, lead)} {scalar(guess.value)}  # {mark}")
        else:
            self.confirm.append(place)
            self._lines.append(f"{self._lead(place, lead)} {CONFIRM}  # {self.why(guess)}")

    def maybe(self, place: str, guess: Guess) -> None:
        """Write a guess as a comment, to be used by taking the mark away."""
        self._lines.append(f"  # {place.rpartition('.')[2]}: {scalar(guess.value)}  # {self.why(guess)}")

    @staticmethod
    def _lead(place: str, lead: str | None) -> str:
        if lead is not None:
            return lead
        *above, key = place.split(".")
        return f"{'  ' * len(above)}{key}:"
