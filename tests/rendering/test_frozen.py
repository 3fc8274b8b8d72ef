"""Dossiers of published schemas stay readable: their pages are made again from the records alone.

``frozen/bundle_<version>`` holds the records of one audit as that schema wrote them. They are never written
again: a change that cannot read them needs a new schema version, and a reader for the old one.
"""

import json
import shutil
from pathlib import Path

import pytest

from explainaudit import pipeline
from explainaudit.records.bundle import SCHEMA_VERSION
from explainaudit.records.past import SCHEMAS

FROZEN = Path(__file__).parent / "frozen"


def test_the_current_schema_has_its_fixture():
    assert (FROZEN / f"bundle_{SCHEMA_VERSION}").is_dir()


@pytest.mark.parametrize("version", sorted(path.name for path in FROZEN.iterdir()))
def test_render_reads_what_a_published_schema_wrote(tmp_path, version):
    shutil.copytree(FROZEN / version, tmp_path / "dossier" / "restricted")
    outcome = pipeline.render(tmp_path / "dossier")
    assert outcome.errors == ()
    bundle = (tmp_path / "dossier" / "restricted" / "bundle.json").read_bytes()
    assert bundle == (FROZEN / version / "bundle.json").read_bytes()
    page = (tmp_path / "dossier" / "restricted" / "packet.html").read_text(encoding="utf-8")
    for evidence in json.loads(bundle)["evidence"]:
        assert f'id="s-{evidence["analysis"]}"' in page


@pytest.mark.parametrize("version", sorted(path.name for path in FROZEN.iterdir()))
def test_the_record_is_whole(version):
    raw = (FROZEN / version / "bundle.json").read_bytes()
    bundle = SCHEMAS[version.removeprefix("bundle_")].model_validate_json(raw)
    assert bundle.canonical() == raw
    assert bundle.schema_version == version.removeprefix("bundle_")
