"""The child: receives stages as JSON lines, runs them, and sends progress and results back.

Nothing a model prints can reach the parent's channel: the channel is a private copy of standard
output, and standard output itself is pointed at standard error before anything is imported.
"""

import json
import os
import resource
import signal
import sys
from typing import Any

from explainaudit.errors import AuditError, Bug, ModelFailed
from explainaudit.records.stage import StageCall
from explainaudit.stages import Room, run_stage


def main() -> None:
    """Serve stages until standard input ends."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # An interrupt is the parent's to handle: it stops its children itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    room = Room()

    def send(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    for line in sys.stdin:
        call = StageCall.model_validate_json(line)
        limit(call.memory_mb)
        send(serve(call, room, lambda done, total: send({"done": done, "total": total})))


def serve(call: StageCall, room: Room, report: Any) -> dict[str, Any]:
    """Run one stage and return the message for the parent: ``{"finished": …}`` or ``{"error": …}``."""
    try:
        run_stage(call, room, report)
    except AuditError as error:
        return {"error": error.to_json()}
    except MemoryError:
        return {"error": ModelFailed("E653", where=call.stage, limit=call.memory_mb).to_json()}
    except Exception as error:
        import traceback

        traceback.print_exc(file=sys.stderr)
        return {"error": Bug("E700", where=f"{call.stage} {call.part}: {type(error).__name__}").to_json()}
    return {"finished": True}


def limit(memory_mb: int) -> None:
    """Limit this process: address space, no core dumps. Beyond it, allocation fails here alone."""
    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
