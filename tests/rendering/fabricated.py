"""A dossier made up for tests: a few of everything, and names that try to break the page."""

import datetime
import hashlib

from explainaudit.charts import forest, interval_dots, paired_bars, share_bars
from explainaudit.records.bundle import Bundle, Environment, ModelIdentity, Provenance, TableIdentity
from explainaudit.records.dossier import Dossier, Field, Figure, Section
from explainaudit.records.evidence import Card, CardLine, Evidence, Limitation
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import Criterion, Documents, Human, Measuring, Statement, Task
from explainaudit.records.table import Column, Table
from explainaudit.records.verdict import Flag, Verdict, Verdicts
from explainaudit.wording.catalogue import catalogue

HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}}",
    '" onmouseover="alert(1)',
    "gro\u202eup",
    "中文 name",
    "a_column_name_that_goes_on_and_on_past_sixty_characters_and_then_some_more",
    "$a$ & \\frac{1}{2}",
    "نص عربي",
)
NAMES = ("amount of the loan", "age", *HOSTILE)
COLUMNS = (
    "amount of the loan",
    "income",
    "Beschäftigungsdauer in Jahren",
    "age",
    "purpose",
    "term in months",
    "existing debt",
    "housing",
    "region",
    "number of earlier loans",
)
NOTHING_JUDGED = Verdicts()
DIGEST = hashlib.sha256(b"made up").hexdigest()


def measure(
    analysis, metric, value, *, low=None, high=None, n=2000, tier="reportable", unit="share", **dimensions
):
    interval = None if low is None else Interval(low=low, high=high, method="wilson")
    return Measure(
        analysis=analysis,
        metric=metric,
        dimensions=dimensions,
        value=value,
        interval=interval,
        n=n,
        unit=unit,
        tier=tier,
        kind="rate",
        smallest_cell=n,
        reason=None if value is not None else "not_estimable",
    )


def said(key, **params):
    return Message(key=key, params=params)


def heading(key):
    return Message(key=key)


def columns(*headings, first="document.model_name"):
    rest = [
        Column(name=f"c{i}", heading=heading(key), mark="value", numeric=True)
        for i, key in enumerate(headings)
    ]
    return (Column(name="row", heading=heading(first), mark="value"), *rest)


def rates(analysis, names, *, table="rates", unit="share"):
    found = [
        measure(
            analysis,
            "rate",
            0.31 + 0.02 * i,
            low=0.28 + 0.02 * i,
            high=0.35 + 0.02 * i,
            n=2400 - 70 * i,
            tier="indicative" if i == 3 else "reportable",
            unit=unit,
            group=name,
            table=table,
        )
        for i, name in enumerate(names)
    ]
    found[-1] = measure(
        analysis, "rate", None, n=0, tier="not_estimable", unit=unit, group=names[-1], table=table
    )
    rows = tuple(
        (Name(text=name), m.ref("n"), m.ref(), m.ref("interval"))
        for name, m in zip(names, found, strict=True)
    )
    made = Table(
        name=table,
        caption=said("fabricated.rates", n=found[0].ref("n")),
        columns=columns("document.table_rows", "legend.zero", "glossary.interval.term"),
        rows=rows,
        notes=(said("legend.interval"),),
    )
    return tuple(found), made


def figure(name, svg, table):
    return Figure(
        name=name, svg=svg, caption=said("fabricated.figure"), alt=said("fabricated.alt"), table=table
    )


def dots(found, names):
    ends = [(m.interval.low, m.interval.high) if m.interval else (None, None) for m in found]
    return interval_dots(
        list(names),
        [m.value for m in found],
        [e[0] for e in ends],
        [e[1] for e in ends],
        x_label="rate",
        as_share=True,
        reference_lines=[(0.35, "all")],
    )


def card(name):
    lines = (
        CardLine(label=heading("glossary.shap.term"), fact=Name(text="exact, by enumeration")),
        CardLine(label=heading("glossary.background.term"), fact=said("glossary.background.text")),
        CardLine(label=heading("glossary.additivity.term"), fact=said("glossary.additivity.text")),
    )
    return Card(name=name, title=heading("document.method"), lines=lines)


def section(analysis, *, verdicts=NOTHING_JUDGED):
    found, table = rates(analysis, NAMES)
    many = [f"group {i:02d} of a long table" for i in range(30)]
    more, long_table = rates(analysis, many, table="long")
    shares = [m.value for m in found]
    figures = [
        figure("dots", dots(found, NAMES), "rates"),
        figure("bars", share_bars(NAMES, shares, x_label="share"), "rates"),
    ]
    tables = [table, *((long_table,) if analysis == "fairness" else ())]
    measures = [*found, *(more if analysis == "fairness" else ())]
    if analysis == "fairness":
        lows = [None if m.interval is None else m.interval.low for m in found]
        highs = [None if m.interval is None else m.interval.high for m in found]
        figures[1] = figure(
            "forest",
            forest(
                NAMES,
                shares,
                lows,
                highs,
                criterion=(0.8, "criterion"),
                one="equal",
                x_label="impact ratio",
                muted=[m.tier == "indicative" for m in found],
            ),
            "rates",
        )
    if analysis == "importance":
        for number in range(1, 7):
            of_case, case_table = rates(analysis, COLUMNS, table=f"case_{number}", unit="log_odds")
            values = [m.value for m in of_case]
            svg = paired_bars(
                COLUMNS,
                values,
                [None if v is None else 0.2 - v for v in values],
                labels=("SHAP", "LIME"),
                lime_spread=[0.05] * len(values),
            )
            figures.append(figure(f"case_{number}", svg, case_table.name))
            tables.append(case_table)
            measures += of_case
    evidence = Evidence(
        analysis=analysis,
        answer=said(
            "fabricated.answer",
            value=found[0].ref(),
            interval=found[0].ref("interval"),
            name=Name(text=NAMES[2]),
        ),
        measures=tuple(measures),
        tables=tuple(tables),
        cards=(card(f"{analysis}_card"),),
        limitations=(Limitation(code="LIM1", message=said("legend.interval"), touches=(analysis,)),),
    )
    return Section(
        analysis=analysis,
        question=heading(f"fabricated.{analysis}"),
        evidence=evidence,
        figures=tuple(figures),
        verdicts=verdicts,
    )


def judged():
    margin = measure("verdicts", "margin", 0.07, unit="points")
    criteria = [
        ("meets", None, datetime.date(2026, 11, 2)),
        ("does_not_meet", None, datetime.date(2026, 12, 2)),
        ("inconclusive", None, None),
        ("not_assessed", "insufficient", None),
    ]
    verdicts = tuple(
        Verdict(
            criterion=Criterion(measure="fairness.impact_ratio", at_least=0.8, declared=declared),
            status=status,
            reason=reason,
            message=said("fabricated.verdict", margin=margin.ref(), name=Name(text=NAMES[4])),
            numbers=(margin,),
        )
        for status, reason, declared in criteria
    )
    flags = tuple(
        Flag(code=f"FAIR0{i}", level=level, message=said("fabricated.flag", name=Name(text=name)))
        for i, (level, name) in enumerate(zip(("note", "serious", "caution", "caution"), NAMES, strict=False))
    )
    return Verdicts(verdicts=verdicts, flags=flags)


def statement(text):
    return Statement(
        text=text, author="Head of credit risk", role="model owner", date=datetime.date(2026, 11, 3)
    )


STATEMENTS = {
    "system.name": statement("Consumer credit default score"),
    "system.id": statement("CR-0147"),
    "system.version": statement("3.2.0"),
    "system.purpose": statement(
        "Estimates the probability that an applicant for a consumer loan will default within twelve months. "
        "Applications above the threshold are referred to an underwriter, who decides.\n"
        "It does not set prices."
    ),
    "system.users": statement("Underwriters of the retail branch network."),
    "assurance.type": statement("Self-assessment"),
    "owner": statement("Head of credit risk"),
    "data.source": statement("Loan book extract. <b>bold</b> {{7*7}} \u202e end"),
    "data.gaps": statement("No applications from before the branch merger."),
}


def fabricated(*, edition="restricted", statements=True, date="2026-11-20"):
    verdicts = judged()
    sections = tuple(
        section(name, verdicts=verdicts if name == "fairness" else NOTHING_JUDGED)
        for name in ("data", "performance", "importance", "fairness")
    )
    missing = Evidence(analysis="drift", answer=said("fabricated.unanswered"), not_assessed="input_missing")
    sections += (Section(analysis="drift", question=heading("fabricated.drift"), evidence=missing),)
    found = sections[3].evidence.measures
    key_rows = tuple(
        (
            Name(text=name),
            m.ref(),
            m.ref("interval"),
            m.ref("n"),
            Name(text="at least 0.80"),
            said(f"status.{status}"),
        )
        for name, m, status in zip(
            NAMES,
            found,
            ("meets", "does_not_meet", "inconclusive", "not_assessed", "meets", "meets"),
            strict=False,
        )
    )
    key_results = Table(
        name="key_results",
        caption=said("fabricated.key_results"),
        columns=(
            *columns("glossary.measure.term", "glossary.interval.term", "document.table_rows"),
            Column(name="criterion", heading=heading("glossary.criterion.term"), mark="value"),
            Column(name="status", heading=heading("document.date"), mark="value"),
        ),
        rows=key_rows,
    )
    record = Table(
        name="reproducibility",
        caption=said("fabricated.record"),
        columns=(
            Column(name="what", heading=heading("document.table_name"), mark="value"),
            Column(name="digest", heading=heading("document.table_digest"), mark="value"),
        ),
        rows=tuple((said("document.dossier_id"), Name(text=DIGEST)) for _ in range(6)),
    )
    given = STATEMENTS if statements else {}
    keys = [key.removeprefix("statement.") for key in catalogue("en") if key.startswith("statement.")]
    human = Human(documents=Documents(organisation="Example Bank"), statements=given)
    bundle = Bundle(
        provenance=Provenance(
            model=ModelIdentity(
                digest=DIGEST,
                format="skops",
                estimator="Pipeline(ColumnTransformer, HistGradientBoostingClassifier)",
                saved_with="scikit-learn 1.9.1",
            ),
            tables=tuple(
                TableIdentity(
                    name=name, rows=rows, columns=13, digest=hashlib.sha256(name.encode()).hexdigest()
                )
                for name, rows in (("sample", 4000), ("training", 12000), ("background", 1000))
            ),
            plan=Measuring(task=Task(target="default")),
            evaluations=4_000_000,
        ),
        evidence=tuple(section.evidence for section in sections),
    )
    versions = {
        "explainaudit": "0.1.0",
        "python": "3.11.7",
        "shap": "0.51.0",
        "lime": "0.2.0.1",
        "scikit-learn": "1.9.1",
        "numpy": "2.4.0",
        "pandas": "3.0.1",
    }
    return Dossier(
        edition=edition,
        bundle=bundle,
        bundle_digest=bundle.fingerprint(),
        verdicts=verdicts,
        environment=Environment(
            date=date,
            versions=versions,
            isolation="fabricated.isolation",
            engine="local",
            platform="Linux",
            cpu="x86-64",
            blas="OpenBLAS",
            files={},
        ),
        human=human,
        sections=sections,
        key_results=key_results,
        statements=tuple(
            Field(key=key, label=heading(f"statement.{key}"), provided=key in given) for key in keys
        ),
        limitations=tuple(
            Limitation(
                code=f"LIM{i}",
                message=said("fabricated.limitation", name=Name(text=name)),
                touches=("fairness", "importance"),
            )
            for i, name in enumerate(NAMES[:6])
        ),
        cards=(card("whole"),),
        methods=(),
        reproducibility=record,
        glossary=tuple(sorted({key.split(".")[1] for key in catalogue("en") if key.startswith("glossary.")})),
    )


TEXTS = {
    "fabricated.record": "What ties this dossier to its inputs.",
    "fabricated.isolation": "own process, limits, cleared environment",
    "fabricated.rates": "Selection rate by group, over {n} records of the sample. Counts, rates, intervals.",
    "fabricated.figure": "Selection rate by group with 95 % interval. "
    "Sample table; groups in order of size; the dashed line is the rate over all groups.",
    "fabricated.alt": "Dots with intervals for ten groups; all numbers stand in the table below.",
    "fabricated.answer": "Of the applicants examined, {value} were selected (95 % interval {interval}), "
    "and the group {name} was selected least often.",
    "fabricated.verdict": "The rate of the group {name} differs from the highest by {margin} points.",
    "fabricated.flag": "The rate of the group {name} rests on fewer than one hundred records.",
    "fabricated.limitation": "The column {name} is correlated with others and shares its importance.",
    "fabricated.key_results": "Measures with a declared criterion, as judged by their intervals.",
    "fabricated.unanswered": "No reference table was supplied.",
    "fabricated.data": "What was the model shown?",
    "fabricated.performance": "How often is it right?",
    "fabricated.importance": "What moves its output?",
    "fabricated.fairness": "Are groups treated alike?",
    "fabricated.drift": "Has the data changed?",
}
