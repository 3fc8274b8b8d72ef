"""A file's bytes, read once, or the reason why not."""

import errno
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from explainaudit.errors import UsageError


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    UsageError
        There is no such file (E251), it is a directory (E252) or a device or pipe (E258), or it cannot
        be read (E253).
    """
    try:
        # A device or pipe may never end, and opening it may wait for ever.
        if not (S_ISREG(mode := path.stat().st_mode) or S_ISDIR(mode)):
            raise UsageError("E258", where=str(path))
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise UsageError("E251", where=str(path)) from problem
    except IsADirectoryError as problem:
        raise UsageError("E252", where=str(path)) from problem
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the path
        number = getattr(problem, "errno", None) or errno.EINVAL
        raise UsageError("E253", where=str(path), errno=errno.errorcode.get(number, str(number))) from problem
