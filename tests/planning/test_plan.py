"""What a plan means: labels, groups, files, digests, settings, shorthand."""

import datetime
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.analyses import ANALYSES
from explainaudit.errors import UsageError
from explainaudit.planning import read_plan, request_of, shorthand
from explainaudit.records.measure import MeasureSpec
from explainaudit.records.plan import Criterion, Plan
from explainaudit.records.record import canonical_json

CLUSTERED = """\
version: 1
model: {path: model.skops}
data: {sample: sample.csv, cluster: house}
task: {target: y, event: bad}
"""
CREDIT = Path(__file__).parents[2] / "sample_models" / "credit" / "audit.yaml"


@pytest.mark.parametrize(
    ("written", "event"),
    [
        ("1", "1"),
        ("0", "0"),
        ("true", "true"),
        ("False", "false"),
        ("NO", "NO"),
        ("yes", "yes"),
        ('"1"', "1"),
    ],
)
def test_an_event_is_text_whatever_its_label_looks_like(plan, written, event):
    text = "\n".join(
        ["version: 1", "model: {path: m}", "data: {sample: s}", f"task: {{target: y, event: {written}}}"]
    )
    assert plan(whole=text).plan.measuring.task.event == event


def test_names_that_look_like_truth_stay_names(plan):
    found = plan("sensitive: [NO, on, {column: yes}]\nwords: {person: off}\n").plan
    assert [feature.column for feature in found.measuring.sensitive] == ["NO", "on", "yes"]
    assert found.human.words.person == "off"
    criterion = "criteria: [{measure: fairness.tpr, at_least: .5, dimensions: {sensitive: NO, group: N}}]\n"
    found = plan("sensitive: [NO]\n" + criterion).plan
    assert found.criteria[0].dimensions == {"sensitive": "NO", "group": "N"}


def test_sensitive_features_are_names_or_mappings(plan):
    found = plan("sensitive: [sex, {column: age, edges: [18, 29.5, 60]}]\n").plan.measuring.sensitive
    assert [(feature.column, feature.edges) for feature in found] == [("sex", None), ("age", (18, 29.5, 60))]


def test_criteria_are_a_list_or_say_whether_they_are_adjusted(plan):
    entry = "{measure: performance.auc, at_least: 0.7}"
    alone = plan(f"criteria: [{entry}]\n").plan
    said = plan(f"criteria: {{familywise: true, entries: [{entry}]}}\n").plan
    assert alone.criteria == said.criteria == (Criterion(measure="performance.auc", at_least=0.7),)
    assert (alone.familywise, said.familywise) == (False, True)
    assert plan("criteria: {familywise: true}\n").plan.criteria == ()
    assert not plan(f"criteria: {{entries: [{entry}]}}\n").plan.familywise


def test_verdicts_of_clusters_are_not_adjusted(plan):
    with pytest.raises(UsageError) as refused:
        plan(whole=CLUSTERED + "criteria: {familywise: true}\n")
    assert (refused.value.code, refused.value.where) == ("E268", "audit.yaml: criteria.familywise")


def test_dates_and_texts_are_what_they_are(plan):
    statement = "statements: {owner: {text: 'Head of credit', author: Owner, date: 2026-11-02}}\n"
    found = plan(statement).plan.human.statements["owner"]
    assert (found.date, found.author) == (datetime.date(2026, 11, 2), "Owner")


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(plan):
    text = "version: 1\r\nmodel: {path: m}\r\ndata: {sample: s}\r\ntask: {target: größe}\r\n"
    assert plan(whole=b"\xef\xbb\xbf" + text.encode()).plan == plan(whole=text.replace("\r", "")).plan


def test_files_are_found_beside_the_plan_and_only_their_names_are_recorded(tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    path = folder / "audit.yaml"
    path.write_text(
        "version: 1\nmodel: {path: ../models/model.skops}\n"
        f"data: {{sample: data/sample.csv, training: {tmp_path}/training.parquet}}\ntask: {{target: y}}\n"
    )
    request = read_plan(path, ANALYSES)
    assert {name: file.resolve() for name, file in request.files.items()} == {
        "model": tmp_path / "models" / "model.skops",
        "sample": folder / "data" / "sample.csv",
        "training": tmp_path / "training.parquet",
    }
    measuring = request.plan.measuring
    assert (measuring.model.path, measuring.data.sample) == ("model.skops", "sample.csv")
    assert (measuring.data.training, measuring.data.background) == ("training.parquet", None)
    assert str(tmp_path) not in request.plan.canonical().decode()


def test_moving_the_plan_changes_no_digest(tmp_path, plan):
    other = tmp_path / "elsewhere" / "audit.yaml"
    other.parent.mkdir()
    here = plan()
    other.write_bytes((tmp_path / "audit.yaml").read_bytes())
    assert read_plan(other, ANALYSES).plan == here.plan


def digests(plan: Plan) -> tuple[str, bytes, str]:
    criteria = canonical_json([criterion.model_dump(mode="json") for criterion in plan.criteria])
    return plan.measuring.fingerprint(), criteria, plan.human.fingerprint()


@pytest.mark.parametrize(
    ("added", "changed"),
    [
        ("statements: {owner: {text: x, author: y, date: 2026-01-01}}\n", 2),
        ("words: {person: applicant}\n", 2),
        ("documents: {title: x}\n", 2),
        ("privacy: {min_cell: 5}\n", 2),
        ("criteria: [{measure: performance.auc, at_least: 0.7}]\n", 1),
        ("seed: 1\n", 0),
        ("sensitive: [sex]\n", 0),
        ("explain: {rows: 50}\n", 0),
        ("analyses: {data: {missing_share: 0.5}}\n", 0),
        ("partition_rows: 100\n", 0),
        ("limits: {stage_seconds: 60}\n", None),
    ],
)
def test_the_three_digests_are_independent(plan, added, changed):
    before, after = digests(plan().plan), digests(plan(added).plan)
    assert [part for part in range(3) if before[part] != after[part]] == (
        [] if changed is None else [changed]
    )


def test_settings_of_an_analysis_are_filled_with_their_defaults(plan):
    found = plan("analyses: {agreement: {fidelity: 0.7}, fairness: false}\n").plan.measuring.analyses
    rest = {"additivity": 1e-6, "stability": 0.8, "agreement": 0.5, "bias": 0.05}
    assert found["agreement"] == {"fidelity": 0.7} | rest
    assert found["fairness"] is None
    assert "data" not in found


def test_every_registered_measure_can_be_declared(plan):
    """Those that an interval comes with; figures that are best near 0 have an upper limit, for their size."""
    for analysis in ANALYSES:
        for spec in analysis.measures:
            assert isinstance(spec, MeasureSpec)
            side = "at_most" if spec.better == "nearer_zero" else "at_least"
            text = f"criteria: [{{measure: {analysis.name}.{spec.metric}, {side}: 0.5}}]\n"
            if not spec.takes_criterion:
                with pytest.raises(UsageError) as refused:
                    plan(text)
                assert refused.value.code == "E262"
                continue
            (criterion,) = plan(text).plan.criteria
            assert getattr(criterion, side) == 0.5


def test_shorthand_is_a_plan_with_what_it_assumes():
    content, assumed = shorthand(
        model="m.skops", data="s.csv", target="y", sensitive=["sex"], favourable="event"
    )
    request = request_of(content, folder=Path("/x"), analyses=ANALYSES, where="options", assumed=assumed)
    measuring = request.plan.measuring
    assert measuring.assumed == ("task.event", "decision.threshold")
    assert (measuring.task.event, measuring.decision.cut) == (None, 0.5)
    assert measuring.decision.favourable == "event"
    assert request.files == {"model": Path("/x/m.skops"), "sample": Path("/x/s.csv")}


def test_the_sample_plan_reads():
    found = read_plan(CREDIT, ANALYSES).plan
    assert (found.measuring.task.event, found.measuring.decision.threshold) == ("default", 0.25)
    assert len(found.criteria) == 4


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=6))
def test_edges_are_a_rising_list_or_refused(edges):
    content, _ = shorthand(model="m", data="s", target="y", favourable="event")
    content["sensitive"] = [{"column": "age", "edges": edges}]
    rising = all(low < high for low, high in itertools.pairwise(edges))
    if rising:
        found = request_of(content, folder=Path(), analyses=ANALYSES, where="x")
        assert found.plan.measuring.sensitive[0].edges == tuple(edges)
    else:
        with pytest.raises(UsageError, match="E208"):
            request_of(content, folder=Path(), analyses=ANALYSES, where="x")
