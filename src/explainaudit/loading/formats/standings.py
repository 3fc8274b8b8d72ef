"""How the names in a pickle are judged: usual parts of a model, unusual ones, and dangerous ones.

A pickle that names usual parts alone is not harmless: the judgement tells a reader where to look first.
"""

from explainaudit.records.inspection import Standing

# Packages whose parts fitted models consist of.
_MODEL_PACKAGES = {"catboost", "collections", "datetime", "decimal", "joblib", "lightgbm"}
_MODEL_PACKAGES |= {"numpy", "pandas", "scipy", "sklearn", "xgboost"}

_USUAL = {"_codecs.encode", "copy_reg._reconstructor", "copyreg._reconstructor", "functools.partial"}
_PLAIN_BUILTINS = {
    "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object", "range",
    "set", "slice", "str", "tuple",
}  # fmt: skip

# What runs commands or code, opens files or connections, or reaches any other name.
_DANGEROUS = (
    "?", "_ctypes", "_pickle", "_posixsubprocess", "_thread", "asyncio", "bdb", "cProfile", "cloudpickle",
    "code", "codeop", "commands", "copyreg.extension", "ctypes", "dill", "distutils", "doctest", "ftplib",
    "http", "httpx", "imaplib", "importlib", "inspect", "io", "ipykernel", "joblib.load",
    "joblib.memory", "joblib.numpy_pickle.load", "linecache", "lib2to3", "logging.config", "marshal",
    "multiprocessing", "nt", "ntpath", "numpy.ctypeslib", "numpy.f2py", "numpy.fromfile", "numpy.load",
    "numpy.memmap", "numpy.testing", "operator.attrgetter", "operator.methodcaller", "os", "pandas.eval",
    "pandas.io", "pandas.core.computation", "pandas.read_pickle", "pathlib", "pdb", "pickle", "pip",
    "pkgutil", "poplib", "posix", "posixpath", "profile", "pty", "pydoc", "requests", "runpy", "shelve",
    "shutil", "signal", "site", "sklearn.datasets", "smtplib", "socket", "sqlite3", "ssl", "subprocess",
    "sys", "telnetlib", "tempfile", "threading", "timeit", "torch.hub", "torch.load", "trace", "types",
    "urllib", "venv", "webbrowser", "xmlrpc", "zipimport",
)  # fmt: skip


def standing_of(name: str) -> Standing:
    """Return how a dotted name in a pickle is judged."""
    root, _, rest = name.partition(".")
    if root in {"builtins", "__builtin__"}:
        return "usual" if rest in _PLAIN_BUILTINS else "dangerous"
    # A name may be reached through a module that imported it: sklearn.foo.os.system.
    parts = name.split(".")
    if any(name == one or name.startswith(f"{one}.") for one in _DANGEROUS):
        return "dangerous"
    if {"builtins", "ctypes", "importlib", "os", "posix", "subprocess", "sys"} & set(parts[1:]):
        return "dangerous"
    return "usual" if name in _USUAL or root in _MODEL_PACKAGES else "unusual"
