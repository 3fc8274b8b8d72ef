"""A file is one idea, a function fits a glance."""

import ast
from collections.abc import Iterator
from pathlib import Path

LINES_OF_A_FILE = 250
LINES_OF_A_FUNCTION = 40
POSITIONAL_PARAMETERS = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def lines_without_docstring(function: Function) -> int:
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    told = 0 if docstring is None else docstring.end_lineno - docstring.lineno + 1
    return function.end_lineno - function.lineno + 1 - told


def positional(function: Function) -> int:
    names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
    return len([name for name in names if name not in {"self", "cls"}])


def test_measuring_a_function() -> None:
    source = '''
@decorated
def told(self, a, /, b, *, c, d):
    """One.

    Two.
    """
    return (
        a, b, c, d
    )
'''
    (function,) = functions(ast.parse(source))
    assert lines_without_docstring(function) == 4
    assert positional(function) == 2


def test_no_file_is_two_ideas(root: Path) -> None:
    sizes = {
        str(file.relative_to(root)): len(file.read_text(encoding="utf-8").splitlines())
        for file in (root / "src").rglob("*.py")
    }
    assert {file: lines for file, lines in sizes.items() if lines > LINES_OF_A_FILE} == {}


def test_no_function_is_long(trees: dict[Path, ast.Module]) -> None:
    sizes = {
        f"{file}:{function.name}": lines_without_docstring(function)
        for file, tree in trees.items()
        for function in functions(tree)
    }
    assert {name: lines for name, lines in sizes.items() if lines > LINES_OF_A_FUNCTION} == {}


def test_no_function_takes_a_crowd(trees: dict[Path, ast.Module]) -> None:
    crowds = {
        f"{file}:{function.name}": positional(function)
        for file, tree in trees.items()
        for function in functions(tree)
    }
    assert {name: count for name, count in crowds.items() if count > POSITIONAL_PARAMETERS} == {}
