"""explainaudit: from a model file and a sample of data to an audit dossier."""

from explainaudit._version import __version__

__all__ = ["__version__"]
