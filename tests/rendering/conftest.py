import pytest
from fabricated import TEXTS, fabricated

from explainaudit.wording.catalogue import catalogue


@pytest.fixture(scope="session", autouse=True)
def texts():
    """Add the sentences of the fabricated dossier to the catalogue for these tests."""
    known = catalogue("en")
    known.update(TEXTS)
    yield
    for key in TEXTS:
        del known[key]


@pytest.fixture(scope="session")
def dossier(texts):
    return fabricated()
