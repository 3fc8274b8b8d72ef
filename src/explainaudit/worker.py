"""The child: receives stages as JSON lines, runs them, and says how each ended.

Nothing a model prints or reads can reach the parent's channel: it is a private copy of standard
input and output, which themselves are pointed elsewhere before anything is loaded.
"""

import json
import os
import queue
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO

from explainaudit.errors import AuditError, Bug, ModelFailed
from explainaudit.records.stage import StageCall
from explainaudit.stages import Room, run_stage
from explainaudit.surroundings import peak_memory_mb


def main() -> None:
    """Serve stages until the parent closes its end, or is gone."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # An interrupt is the parent's to handle: it stops its children itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    room = Room()

    def send(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    for line in heard(requests):
        call = StageCall.model_validate_json(line)
        limit(call.memory_mb)
        send(serve(call, room))


def heard(requests: TextIO) -> Iterator[str]:
    """Give the parent's lines. When they end, this process ends, also in the middle of a stage."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in requests:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield lines.get()


def serve(call: StageCall, room: Room) -> dict[str, Any]:
    """Run one stage and return the message for the parent: ``{"finished": peak MB}`` or ``{"error": …}``."""
    try:
        run_stage(call, room)
    except Exception as error:
        if isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError):
            return {"error": ModelFailed("E653", where=call.stage, limit=call.memory_mb).to_json()}
        if isinstance(error, AuditError):
            return {"error": error.to_json()}
        import traceback

        traceback.print_exc(file=sys.stderr)
        return {"error": Bug("E700", where=f"{call.stage} {call.part}: {type(error).__name__}").to_json()}
    return {"finished": peak_memory_mb()}


def limit(memory_mb: int) -> None:
    """Limit this process: address space, no core dumps. Beyond it, allocation fails here alone."""
    size = memory_mb * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    size = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
