"""A command line run in this process."""

import sys

import pytest

from explainaudit import cli


@pytest.fixture
def say(monkeypatch, capsys):
    """Run a command line in this process; return its code, stdout and stderr."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["explainaudit", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return caught.value.code, *capsys.readouterr()

    return run
