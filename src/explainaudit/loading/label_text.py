"""Labels, groups and levels as text: what counts as the same one."""

import numpy as np


def label_text(value: object) -> str:
    """Return a label as text, so that 1, 1.0 and numpy's 1 are one label: "1"; True is "true"."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value)
