"""Words in, exit code out. The only room that imports click."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click

from explainaudit._version import __version__

F = TypeVar("F", bound=Callable[..., Any])

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": "EXPLAINAUDIT"}


class HeadedCommand(click.Command):
    """A command whose options stand under headings; an option names its heading by `under`."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each heading with its options, in the order in which headings first appear."""
        headed: dict[str, list[tuple[str, str]]] = {}
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        for option in sorted(options, key=lambda each: not isinstance(each, HeadedOption)):
            record = option.get_help_record(ctx)
            if record is not None:
                headed.setdefault(getattr(option, "heading", "Help"), []).append(record)
        for heading, records in headed.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class HeadedOption(click.Option):
    """An option that stands under a heading in the help."""

    def __init__(self, *args: Any, under: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heading = under


def _option(*names: str, under: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*names, cls=HeadedOption, under=under, **settings)


def _together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return a decorator that adds options, in the order in which they are given."""

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


_switch = partial(_option, is_flag=True)
_several = partial(_option, multiple=True)
PLAN, OUTPUT, SAFETY, GUESS = "Instead of a plan", "Output", "Safety", "Instead of a guess"
FAVOURABLE = click.Choice(["event", "no event"])
FIELDS = click.Choice(["lending", "hiring", "insurance", "health"])

_speaking = _together(
    _switch("--quiet", "-q", under=OUTPUT, help="No progress."),
    _switch("--json", "as_json", under=OUTPUT, help="The result as JSON on stdout."),
)
# The safety options, which no plan can hold.
_consenting = _together(
    _switch(
        "--allow-pickle", under=SAFETY, help="Load pickle or joblib, which runs code; needs --model-sha256."
    ),
    _option("--model-sha256", metavar="HEX", under=SAFETY, help="The digest that the model file must have."),
    _several("--trust-type", metavar="NAME", under=SAFETY, help="A type in a .skops file to allow."),
    _switch("--strict-versions", under=SAFETY, help="Refuse a model saved with other library versions."),
)
# The plan, and the shorthand for its keys.
_asking = _together(
    click.argument("plan", required=False, metavar="[AUDIT.YAML]"),
    _option("--model", metavar="FILE", under=PLAN, help="Model file."),
    _option("--data", metavar="FILE", under=PLAN, help="CSV or Parquet file to audit."),
    _option("--target", metavar="COLUMN", under=PLAN, help="Column with the known outcome."),
    _several("--sensitive", metavar="COLUMN", under=PLAN, help="Column of groups to compare; repeatable."),
    _option("--favourable", type=FAVOURABLE, under=PLAN, help="Which decision is good for the person."),
    _several("--set", metavar="KEY=VALUE", under="Changing a plan", help="Set one of its keys; repeatable."),
)
_output = _option("--output", "-o", required=True, metavar="DIR", under=OUTPUT, help="Folder of the dossier.")
_overwrite = _switch("--overwrite", under=OUTPUT, help="Replace what an earlier command wrote there.")
_workers = _option(
    "--workers",
    type=click.IntRange(1, 64),
    under="Engine",
    help="Local processes [default: cores, at most 4].",
)
_date = _option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    under=OUTPUT,
    help="Date printed on the dossier [default: today, UTC].",
)
_fail_on = _several(
    "--fail-on",
    metavar="WHAT",
    under="Verdict",
    help="Exit 1 also for a flag code or level (note, caution, serious), 'inconclusive' or 'not-assessed'.",
)


@click.group(context_settings=HELP)
@click.version_option(__version__, "--version", prog_name="explainaudit")
def cli() -> None:
    """Audit a model: SHAP and LIME side by side, fairness slices with intervals, one dossier.

    Start with `explainaudit demo credit --output demo/`, or with `explainaudit init MODEL TABLE`.
    """


@cli.command(cls=HeadedCommand)
@_asking
@_output
@_overwrite
@_date
@_fail_on
@_workers
@_speaking
@_consenting
def run(**given: Any) -> int:
    """Audit a model and write its dossier, from a plan or from the shorthand options."""
    from explainaudit.console import run_command

    return run_command(given)


@cli.command(cls=HeadedCommand)
@_asking
@_speaking
@_consenting
def check(**given: Any) -> int:
    """Say whether a plan fits its files and what a run would do; writes nothing."""
    from explainaudit.console import check_command

    return check_command(given)


@cli.command(cls=HeadedCommand)
@click.argument("folder", metavar="DIR")
@_speaking
def render(**given: Any) -> int:
    """Make the pages again from a dossier's records; no model is needed."""
    from explainaudit.console import render_command

    return render_command(given)


@cli.command(cls=HeadedCommand)
@_speaking
def doctor(**given: Any) -> int:
    """Say what is installed (Python, Pango, fonts, isolation, extras), and how to get the rest."""
    from explainaudit.console import doctor_command

    return doctor_command(given)


@cli.command(cls=HeadedCommand)
@click.argument("sample", required=False, metavar="SAMPLE")
@_output
@_date
@_workers
@_speaking
def demo(**given: Any) -> int:
    """Audit a sample model that comes with explainaudit: `credit`, `diabetes` or `claims`."""
    from explainaudit.console import demo_command

    return demo_command(given)


@cli.command(cls=HeadedCommand)
@click.argument("model", metavar="MODEL")
@click.argument("table", metavar="TABLE")
@_option("--target", metavar="COLUMN", under=GUESS, help="Column with the known outcome.")
@_option("--training", metavar="FILE", under=GUESS, help="The table that the model learned from.")
@_option(
    "--for",
    type=FIELDS,
    under=GUESS,
    help="Propose the words, statements and instruments of a field.",
)
@_option(
    "--output",
    "-o",
    default="audit.yaml",
    metavar="FILE",
    under=OUTPUT,
    help="The plan [default: audit.yaml].",
)
@_overwrite
@_speaking
@_consenting
def init(**given: Any) -> int:
    """Write a commented plan for a model file and a table, every guess marked."""
    from explainaudit.console.starting import init_command

    return init_command(given)


@cli.command(cls=HeadedCommand)
@click.argument("file", metavar="FILE")
@_speaking
def inspect(**given: Any) -> int:
    """Say what a model file is and what loading it would make, without loading it."""
    from explainaudit.console.starting import inspect_command

    return inspect_command(given)


@cli.command(cls=HeadedCommand)
@_speaking
def analyses(**given: Any) -> int:
    """List the questions, what each needs, its settings and its measures."""
    from explainaudit.console.starting import analyses_command

    return analyses_command(given)


@cli.command(cls=HeadedCommand)
@_option("--bundle", is_flag=True, under="What", help="The schema of bundle.json instead of the plan's.")
@_option("--output", "-o", metavar="FILE", under=OUTPUT, help="Write it to a file.")
@_overwrite
@_speaking
def schema(**given: Any) -> int:
    """Print the JSON Schema of a plan, for editors and for checks."""
    from explainaudit.console.starting import schema_command

    return schema_command(given)


def main() -> None:
    """Run the command line and exit with the code of the exit table."""
    try:
        code = cli(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as problem:
        problem.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code)
