"""Who may see what: bundle and verdicts in, the same with small cells and single rows withheld out."""

from explainaudit.edition.hiding import beside_weights, hidden_ids, is_small, withheld
from explainaudit.edition.references import cell_refs, message_refs
from explainaudit.records.bundle import Bundle
from explainaudit.records.dossier import Edition
from explainaudit.records.evidence import Card, Evidence, Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.verdict import Flag, Verdict, Verdicts


def edition(bundle: Bundle, verdicts: Verdicts, which: Edition, min_cell: int) -> tuple[Bundle, Verdicts]:
    """Return bundle and verdicts as the readers of an edition may see them.

    The restricted edition is everything. The shareable edition holds no table with a row per
    person and no case; it withholds every measure that rests on 1 to ``min_cell`` − 1 persons, what such
    a count could be told from (`explainaudit.edition.hiding`), and the whole of any table that would show
    one, with all measures in it. A table with an unmarked column, or a column that identifies, is withheld
    as well.
    """
    if which == "restricted":
        return bundle, verdicts
    hidden = hidden_ids(bundle, min_cell)
    weighted = bundle.provenance.plan.data is not None and bundle.provenance.plan.data.weight is not None
    told = {each.id for each in bundle.measures().values() if weighted and beside_weights(each)}
    evidence = tuple(
        _shared(found, hidden | _small_plots(found, min_cell), told, min_cell) for found in bundle.evidence
    )
    small = _small_groups(bundle, min_cell)
    vocabulary = tuple(name for name in bundle.vocabulary if name not in small)
    shared = bundle.model_copy(update={"evidence": evidence, "row_tables": (), "vocabulary": vocabulary})
    judged = tuple(_shared_verdict(verdict, hidden, min_cell) for verdict in verdicts.verdicts)
    flags = tuple(flag for flag in verdicts.flags if hidden.isdisjoint(_flag_refs(flag)))
    withheld = verdicts.flags_withheld or len(flags) < len(verdicts.flags)
    return shared, verdicts.model_copy(
        update={"verdicts": judged, "flags": flags, "flags_withheld": withheld}
    )


def _small_groups(bundle: Bundle, min_cell: int) -> set[str]:
    """Return the names of groups that are small cells: they are no vocabulary to publish."""
    shares = (measure for measure in bundle.measures().values() if measure.metric == "group_share")
    return {measure.dimensions["group"] for measure in shares if is_small(measure, min_cell)}


def _flag_refs(flag: Flag) -> set[str]:
    """Return what a flag rests on: with one of it withheld, the flag would say nothing."""
    return {*flag.measures, *message_refs(flag.message)}


def _small_plots(evidence: Evidence, min_cell: int) -> set[str]:
    """Return the names of plots whose points rest on few persons."""
    return {plot.name for plot in evidence.plots if 0 < plot.smallest_cell < min_cell}


def _shared(evidence: Evidence, hidden: set[str], told: set[str], min_cell: int) -> Evidence:
    """Return evidence whose tables show nothing hidden, and whose sentences do not rest on it.

    Of what is ``told`` by a count beside a weighted figure the count is not shown.
    """
    tables = tuple(table for table in evidence.tables if not withheld(table, hidden))
    shown = {table.name for table in tables}
    plots = (plot for plot in evidence.plots if plot.table in shown and plot.name not in hidden)
    measures = [
        suppressed(each) if each.id in told else _coarse(each, min_cell)
        for each in evidence.measures
        if each.id not in hidden
    ]
    limitations = [_shared_limitation(each, hidden) for each in evidence.limitations]
    if len(tables) < len(evidence.tables):
        number = _number_withheld(evidence, len(evidence.tables) - len(tables))
        params = {"question": Message(key=f"question.{evidence.analysis}"), "n": number.ref()}
        message = Message.model_validate({"key": "limitation.tables_withheld", "params": params})
        limitations.append(Limitation(code="tables_withheld", message=message, touches=(evidence.analysis,)))
        measures.append(number)
    return evidence.model_copy(
        update={
            "answer": _said(evidence.answer, hidden, "answer.withheld"),
            "tables": tables,
            "plots": tuple(plots),
            "measures": tuple(measures),
            "cards": tuple(_shared_card(card, hidden) for card in evidence.cards),
            "limitations": tuple({each.model_dump_json(): each for each in limitations}.values()),
        }
    )


def _coarse(measure: Measure, min_cell: int) -> Measure:
    """Return a measure that does not tell how small its smallest cell is: that is a count of its own."""
    cell = measure.smallest_cell
    return measure if cell is None else measure.model_copy(update={"smallest_cell": min(cell, min_cell)})


def _number_withheld(evidence: Evidence, number: int) -> Measure:
    return Measure(
        analysis=evidence.analysis, metric="tables_withheld", value=float(number), unit="count", kind="fact"
    )


def _said(message: Message, hidden: set[str], otherwise: str) -> Message:
    """Return a message, or the sentence that says in its place that something is withheld.

    Of a message that is nothing but other sentences, each is withheld by itself.
    """
    if hidden.isdisjoint(message_refs(message)):
        return message
    parts = {name: each for name, each in message.params.items() if isinstance(each, Message)}
    if message.key.startswith("answer.") and len(parts) == len(message.params):
        kept = {name: _said(each, hidden, otherwise) for name, each in parts.items()}
        if any(each.key != otherwise for each in kept.values()):
            return Message.model_validate({"key": message.key, "params": kept})
    return Message(key=otherwise)


def _shared_card(card: Card, hidden: set[str]) -> Card:
    lines = (
        line
        if hidden.isdisjoint(cell_refs(line.fact))
        else line.model_copy(update={"fact": Message(key="value.withheld")})
        for line in card.lines
    )
    return card.model_copy(update={"lines": tuple(lines)})


def _shared_limitation(limitation: Limitation, hidden: set[str]) -> Limitation:
    message = _said(limitation.message, hidden, "limitation.detail_withheld")
    if not hidden.isdisjoint(limitation.measures):
        message = Message(key="limitation.detail_withheld")
    code = limitation.code if message == limitation.message else "withheld"
    return limitation.model_copy(update={"code": code, "message": message, "measures": ()})


def _shared_verdict(verdict: Verdict, hidden: set[str], min_cell: int) -> Verdict:
    numbers = tuple(
        suppressed(number) if is_small(number, min_cell) else number for number in verdict.numbers
    )
    update: dict[str, object] = {
        "numbers": numbers,
        "measures": tuple(name for name in verdict.measures if name not in hidden),
    }
    message = _said(verdict.message, hidden, "verdict.withheld")
    if message != verdict.message:
        # What would change the verdict follows from the same counts: the limit alone was declared.
        update |= {"message": _withheld_verdict(verdict), "also": (), "numbers": _limit_alone(numbers)}
    if not hidden.isdisjoint(verdict.measures[:1]):
        # What decided is withheld, and so is the name of the group it was about.
        kept = {name: text for name, text in verdict.dimensions.items() if name == "sensitive"}
        message = _withheld_verdict(verdict.model_copy(update={"dimensions": kept}))
        update |= {"measures": (), "dimensions": kept, "message": message}
        update |= {"also": (), "numbers": _limit_alone(numbers)}
    return verdict.model_copy(update=update)


def _withheld_verdict(verdict: Verdict) -> Message:
    """Return the sentence that is left of a verdict: what was asked, and that the figures are withheld."""
    params = {"measure": verdict.called}
    if verdict.limit is None:
        return Message.model_validate({"key": "verdict.withheld", "params": params})
    params |= {"limit": verdict.limit}
    return Message.model_validate({"key": "verdict.withheld_limit", "params": params})


def _limit_alone(numbers: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Return the declared limit, which is no figure of the data, and nothing of the numbers after it."""
    return (*numbers[:1], *(suppressed(number) for number in numbers[1:]))


def suppressed(measure: Measure) -> Measure:
    """Return a measure with nothing left but its name and the reason."""
    return measure.model_copy(
        update={"value": None, "reason": "suppressed", "interval": None, "n": None, "smallest_cell": 0}
    )
