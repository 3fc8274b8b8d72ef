"""The documents keep up with the program: commands, flags, exit codes and links."""

import ast
import re
from pathlib import Path

import click
import pytest

from explainaudit import cli, errors

FLAG_CODE = re.compile(r"[A-Z]{3,6}\d{2}")
TABLE_CODE = re.compile(r"^\| `?(\w+)`? \| `?(\w*)`?", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def commands() -> dict[str, click.Command]:
    (group,) = {id(found): found for found in vars(cli).values() if isinstance(found, click.Group)}.values()
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}


def documents(root: Path) -> dict[Path, str]:
    files = [*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "sample_models").rglob("*.md")]
    return {file: file.read_text(encoding="utf-8") for file in files}


def test_commands_are_documented(root: Path) -> None:
    told = "\n".join(documents(root).values())
    assert commands()
    assert [name for name in commands() if not re.search(rf"\bexplainaudit {name}\b", told)] == []


def test_commands_and_options_have_help() -> None:
    silent = [name for name, command in commands().items() if not command.help]
    silent += [
        f"{name} {option.opts[0]}"
        for name, command in commands().items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help and not option.hidden
    ]
    assert silent == []


def test_flags_are_documented(root: Path, trees: dict[Path, ast.Module]) -> None:
    raised = {
        node.value
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and FLAG_CODE.fullmatch(node.value)
    }
    told = {code for code, _ in TABLE_CODE.findall((root / "docs/flags.md").read_text(encoding="utf-8"))}
    assert {code for code in told if FLAG_CODE.fullmatch(code)} == raised


def test_exit_codes_are_documented(root: Path) -> None:
    rows = TABLE_CODE.findall((root / "docs/exit-codes.md").read_text(encoding="utf-8"))
    told = {(int(code), kind) for code, kind in rows if code.isdigit()}
    kinds = {(kind.exit_code, kind.__name__) for kind in errors.KINDS}
    assert told == kinds | {(errors.DONE, ""), (errors.CRITERION_NOT_MET, ""), (143, "Cancelled")}


def test_every_exit_code_has_its_place_among_several(root: Path) -> None:
    assert set(errors.PRECEDENCE) == {kind.exit_code for kind in errors.KINDS} | {
        errors.CRITERION_NOT_MET,
        143,
    }


def test_links_lead_somewhere(root: Path) -> None:
    broken = [
        f"{file.relative_to(root)}: {target}"
        for file, text in documents(root).items()
        for target in LINK.findall(text)
        if "://" not in target and not (file.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["0001", "0002", "0003"])
def test_first_decisions_are_recorded(root: Path, name: str) -> None:
    (record,) = (root / "docs/decisions").glob(f"{name}-*.md")
    text = record.read_text(encoding="utf-8")
    assert [
        heading for heading in ("## Context", "## Decision", "## Consequences") if heading not in text
    ] == []
