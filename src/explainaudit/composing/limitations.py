"""What this dossier does not show, computed: the most material first."""

from explainaudit.records.bundle import Bundle
from explainaudit.records.dossier import Edition
from explainaudit.records.evidence import Limitation
from explainaudit.records.message import Message
from explainaudit.records.verdict import Verdicts

# The most material first; what is not named here comes last, in the order of the analyses.
ORDER = (
    "failed",
    "not_assessed",
    "labels_selected",
    "unlabelled",
    "one_class",
    "no_sensitive",
    "small_groups",
    "path_dependent",
    "explained_sample",
    "background_sample",
    "lime_missing",
    "no_comparison",
    "few_outcomes",
    "no_training",
    "no_benchmark",
    "no_interactions",
    "no_favourable",
    "no_criteria",
    "assumed",
    "withheld",
)


def limitations(
    bundle: Bundle, verdicts: Verdicts, isolation: str, edition: Edition
) -> tuple[Limitation, ...]:
    """Return every limitation of the analyses and of the dossier as a whole.

    ``isolation`` is the rung of isolation that the model ran on.
    """
    found = [limitation for evidence in bundle.evidence for limitation in evidence.limitations]
    for evidence in bundle.evidence:
        if evidence.not_assessed is not None:
            code = "failed" if evidence.not_assessed == "failed" else "not_assessed"
            params = {
                "question": Message(key=f"question.{evidence.analysis}"),
                "why": Message(key=f"not_assessed.{evidence.not_assessed}"),
            }
            message = Message.model_validate({"key": "limitation.not_assessed", "params": params})
            found.append(Limitation(code=code, message=message, touches=(evidence.analysis,)))
    touched = tuple(
        evidence.analysis for evidence in bundle.evidence if any(table.of_labels for table in evidence.tables)
    )
    if bundle.provenance.plan.task.labels == "decided favourably" and touched:
        message = Message(key="limitation.labels_selected")
        found.append(Limitation(code="labels_selected", message=message, touches=touched))
    if not verdicts.criteria:
        found.append(Limitation(code="no_criteria", message=Message(key="limitation.no_criteria")))
    found += [
        Limitation(code="assumed", message=Message(key=f"limitation.assumed.{key}"))
        for key in bundle.provenance.plan.assumed
    ]
    if bundle.provenance.model.format.startswith(("pickle", "joblib")):
        found.append(Limitation(code="code", message=Message(key="limitation.code")))
    found.append(Limitation(code="isolation", message=Message(key=f"limitation.{isolation}")))
    if edition == "shareable":
        found.append(Limitation(code="withheld", message=Message(key="limitation.withheld")))
    distinct = {each.message.model_dump_json(): each for each in found}
    return tuple(sorted(distinct.values(), key=_place))


def _place(limitation: Limitation) -> int:
    """Return how material a limitation is; what an edition counts as withheld comes after all of them."""
    if limitation.code == "tables_withheld":
        return len(ORDER) + 1
    return ORDER.index(limitation.code) if limitation.code in ORDER else len(ORDER)
