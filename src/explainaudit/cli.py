"""Words in, exit code out. The only room that imports click."""

import sys
from collections.abc import Callable
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


def _speaking(function: F) -> F:
    """Add the options of how a command speaks."""
    quiet = _option("--quiet", "-q", is_flag=True, under="Output", help="No progress.")
    as_json = _option("--json", "as_json", is_flag=True, under="Output", help="The result as JSON on stdout.")
    return quiet(as_json(function))


def _consenting(function: F) -> F:
    """Add the safety options, which no plan can hold."""
    for option in (
        _option(
            "--strict-versions",
            is_flag=True,
            under="Safety",
            help="Refuse a model saved with other library versions.",
        ),
        _option(
            "--trust-type",
            multiple=True,
            metavar="NAME",
            under="Safety",
            help="A type in a .skops file to allow.",
        ),
        _option(
            "--model-sha256", metavar="HEX", under="Safety", help="The digest that the model file must have."
        ),
        _option(
            "--allow-pickle",
            is_flag=True,
            under="Safety",
            help="Load a pickle or joblib file, which runs code; needs --model-sha256.",
        ),
    ):
        function = option(function)
    return function


def _asking(function: F) -> F:
    """Add the plan, and the shorthand for its keys."""
    for option in (
        _option(
            "--favourable",
            type=click.Choice(["event", "no event"]),
            under="Instead of a plan",
            help="Which decision is good for the person.",
        ),
        _option(
            "--sensitive",
            multiple=True,
            metavar="COLUMN",
            under="Instead of a plan",
            help="A column whose groups are compared; may be given again.",
        ),
        _option(
            "--target", metavar="COLUMN", under="Instead of a plan", help="Column with the known outcome."
        ),
        _option("--data", metavar="FILE", under="Instead of a plan", help="CSV or Parquet file to audit."),
        _option("--model", metavar="FILE", under="Instead of a plan", help="Model file."),
        click.argument("plan", required=False, metavar="[AUDIT.YAML]"),
    ):
        function = option(function)
    return function


_output = _option(
    "--output", "-o", required=True, metavar="DIR", under="Output", help="Folder of the dossier."
)
_overwrite = _option(
    "--overwrite", is_flag=True, under="Output", help="Replace another dossier in the folder."
)
_workers = _option(
    "--workers",
    type=click.IntRange(1, 64),
    under="Engine",
    help="Local processes [default: cores, at most 4].",
)
_date = _option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    under="Output",
    help="Date printed on the dossier [default: today, UTC].",
)
_fail_on = _option(
    "--fail-on",
    multiple=True,
    metavar="WHAT",
    under="Verdict",
    help="Exit 1 also for a flag code or level (note, caution, serious), 'inconclusive' or 'not-assessed'.",
)


@click.group(context_settings=HELP)
@click.version_option(__version__, "--version", prog_name="explainaudit")
def cli() -> None:
    """Audit a model: SHAP and LIME side by side, fairness slices with intervals, one dossier.

    Start with `explainaudit demo credit --output demo/`.
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
@click.argument("sample", metavar="SAMPLE")
@_output
@_date
@_workers
@_speaking
def demo(**given: Any) -> int:
    """Audit a sample model that comes with explainaudit: `credit`."""
    from explainaudit.console import demo_command

    return demo_command(given)


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
