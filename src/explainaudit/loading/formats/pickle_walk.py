"""What a pickle would import and call, followed opcode by opcode without importing or calling anything.

joblib writes the bytes of arrays between the opcodes; they are stepped over as joblib would read them.
"""

import io
import math
import pickletools
import re
from dataclasses import dataclass, field
from typing import Any

MOST_OPCODES = 30_000_000
DEEPEST = 20
_ARRAY = "joblib.numpy_pickle.NumpyArrayWrapper"
_ITEM = re.compile(r"[<>|=]?([a-zA-Z])(\d+)")
_MARK = object()


@dataclass
class Walk:
    """What was found: names in the order of their first import, those called, and where it ended.

    ``read_to`` is ``None`` when the end of the pickle was reached.
    """

    names: dict[str, bool] = field(default_factory=dict)
    protocol: int | None = None
    read_to: int | None = None


@dataclass
class _Named:
    name: str


@dataclass
class _Made:
    name: str
    arguments: Any = None
    state: Any = None


class _Lost(Exception):
    """The content cannot be followed any further."""


def walk_pickle(data: bytes) -> Walk:
    """Return what loading a pickle would import and call, up to its end or as far as it can be followed."""
    found = Walk()
    stream = io.BytesIO(data)
    try:
        _Machine(stream, found).run()
    except Exception:  # hostile bytes raise whatever they like; what was found until here stands
        found.read_to = stream.tell()
    return found


class _Machine:
    """The unpickler's stack and memo, holding names and texts instead of objects."""

    def __init__(self, stream: io.BytesIO, found: Walk, depth: int = DEEPEST) -> None:
        self._stream, self._found, self._depth = stream, found, depth
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> None:
        if self._depth == 0:
            raise _Lost
        for number, (opcode, argument, _) in enumerate(pickletools.genops(self._stream)):
            if number == MOST_OPCODES:
                raise _Lost
            step = getattr(self, f"_on_{opcode.name.lower()}", None)
            if step is not None:
                step(argument)
            else:
                self._plainly(opcode, argument)

    def _plainly(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        """Follow an opcode that imports nothing, by what pickletools says of its stack."""
        before, after = opcode.stack_before, opcode.stack_after
        if pickletools.stackslice in before:
            items = self._to_mark()
            for _ in before[: before.index(pickletools.markobject)]:
                self._stack.pop()
            value = tuple(items) if opcode.name == "TUPLE" else None
        else:
            items = [self._stack.pop() for _ in before][::-1]
            is_tuple = opcode.name in {"TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_TUPLE"}
            value = tuple(items) if is_tuple else argument
        for _ in after:
            self._stack.append({} if opcode.name == "EMPTY_DICT" else value)

    def _to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (top := self._stack.pop()) is not _MARK:
            items.append(top)
        return items[::-1]

    def _import(self, name: str) -> _Named:
        self._found.names.setdefault(name, False)
        return _Named(name)

    def _call(self, called: Any, arguments: Any) -> None:
        name = called.name if isinstance(called, _Named) else None
        if name is not None:
            self._found.names[name] = True
        self._stack.append(_Made(name or "", arguments))

    def _on_proto(self, argument: int) -> None:
        self._found.protocol = max(argument, self._found.protocol or 0)

    def _on_mark(self, _: Any) -> None:
        self._stack.append(_MARK)

    def _on_dup(self, _: Any) -> None:
        self._stack.append(self._stack[-1])

    def _on_global(self, argument: str) -> None:
        self._stack.append(self._import(argument.replace(" ", ".", 1)))

    def _on_stack_global(self, _: Any) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        is_known = isinstance(name, str) and isinstance(module, str)
        self._stack.append(self._import(f"{module}.{name}" if is_known else "?"))

    def _on_inst(self, argument: str) -> None:
        arguments = self._to_mark()
        self._call(self._import(argument.replace(" ", ".", 1)), arguments)

    def _on_obj(self, _: Any) -> None:
        called, *arguments = self._to_mark()
        self._call(called, arguments)

    def _on_reduce(self, _: Any) -> None:
        arguments, called = self._stack.pop(), self._stack.pop()
        self._call(called, arguments)

    _on_newobj = _on_reduce

    def _on_newobj_ex(self, _: Any) -> None:
        self._stack.pop()
        self._on_reduce(None)

    def _on_ext1(self, argument: int) -> None:
        self._stack.append(self._import(f"copyreg.extension.{argument}"))

    _on_ext2 = _on_ext4 = _on_ext1

    def _on_memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _on_put(self, argument: int) -> None:
        self._memo[int(argument)] = self._stack[-1]

    _on_binput = _on_long_binput = _on_put

    def _on_get(self, argument: int) -> None:
        self._stack.append(self._memo[int(argument)])

    _on_binget = _on_long_binget = _on_get

    def _on_append(self, _: Any) -> None:
        self._stack.pop()

    def _on_appends(self, _: Any) -> None:
        self._to_mark()

    _on_additems = _on_appends

    def _on_setitem(self, _: Any) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._keep([key, value])

    def _on_setitems(self, _: Any) -> None:
        self._keep(self._to_mark())

    def _keep(self, pairs: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, dict):
            entries = zip(pairs[::2], pairs[1::2], strict=True)
            target.update({key: value for key, value in entries if isinstance(key, str)})

    def _on_build(self, _: Any) -> None:
        state, built = self._stack.pop(), self._stack[-1]
        if isinstance(built, _Made):
            built.state = state
            if built.name == _ARRAY:
                self._step_over(state)

    def _step_over(self, state: dict[str, Any]) -> None:
        """Step over the bytes of an array that joblib wrote after its description."""
        dtype = state["dtype"]
        kind, size = _item(dtype)
        if kind == "O":
            _Machine(self._stream, self._found, self._depth - 1).run()
            return
        if "numpy_array_alignment_bytes" in state and state["numpy_array_alignment_bytes"] is not None:
            self._stream.seek(self._stream.read(1)[0], io.SEEK_CUR)
        end = self._stream.tell() + math.prod(state["shape"]) * size
        if not 0 <= end <= len(self._stream.getbuffer()):
            raise _Lost
        self._stream.seek(end)


def _item(dtype: Any) -> tuple[str, int]:
    """Return the kind of an array's items and their size in bytes; kind ``O`` where objects are inside."""
    if not isinstance(dtype, _Made) or dtype.name != "numpy.dtype":
        raise _Lost
    found = _ITEM.fullmatch(dtype.arguments[0])
    if found is None:
        raise _Lost
    kind, size = found[1], int(found[2])
    if kind == "V" and isinstance(dtype.state, tuple) and len(dtype.state) > 7 and dtype.state[7] & 1:
        kind = "O"  # numpy's flag for objects in a structure
    return kind, 4 * size if kind == "U" else size
