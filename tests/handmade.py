"""Responses and bundles made by hand, without a model: what the rooms right of the auditee are tested on."""

from functools import cache

import numpy as np
import pandas as pd

from explainaudit.analyses import ANALYSES
from explainaudit.analysis import Analysis
from explainaudit.errors import NotApplicable
from explainaudit.judging import judge
from explainaudit.records.attribution import Attribution
from explainaudit.records.bundle import Bundle, ModelIdentity, Provenance, TableIdentity
from explainaudit.records.effect import Effect, PermutedLosses
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Name, Param, Ref, Series
from explainaudit.records.plan import Criterion, Decision, Explain, Measuring, SensitiveFeature, Task
from explainaudit.records.responses import CaseFacts, ColumnFacts, ExplainFacts, Responses
from explainaudit.records.verdict import Verdicts

EVENT, OTHER = "bad", "good"
# Analyses that ask the model further, left out: a plan that is quick to run.
UNEXPLAINED = dict.fromkeys(("soundness", "importance", "effects", "cases", "agreement", "individual"), False)
INPUTS = ("income", "debt", "<b>term</b>", "städte")
RULES = (
    "nearest_no_event",
    "nearest_event",
    "median_no_event",
    "median_event",
    "missed_event",
    "false_event",
)


def scored_frame(label, event_predicted, *, score=None, favourable="no event", **groups) -> pd.DataFrame:
    """Return scored rows of a binary task; labels and groups may be ``None``."""
    event = np.asarray(event_predicted, dtype=bool)
    good = event if favourable == "event" else ~event
    return pd.DataFrame(
        {
            "key": [f"{i:016x}{i:048x}" for i in range(len(event))],
            "label": pd.Series(list(label), dtype="str"),
            "score": np.where(event, 0.7, 0.2) if score is None else np.asarray(score, dtype=float),
            "event_predicted": event,
            "predicted": pd.Series(np.where(event, EVENT, OTHER), dtype="str"),
            "favourable": pd.array(good, dtype="boolean"),
            **{f"group:{name}": pd.Series(list(values), dtype="str") for name, values in groups.items()},
        }
    )


def responses(scored: pd.DataFrame, *, rows=None, task=None, classes=(OTHER, EVENT), **other) -> Responses:
    """Return responses to scored rows; ``rows`` stand beside them, by default the label alone."""
    rows = scored[["label"]].rename(columns={"label": "y"}) if rows is None else rows
    sensitive = [name.removeprefix("group:") for name in scored if name.startswith("group:")]
    given = {
        "seed": 7,
        "task": task or Task(target="y", event=EVENT),
        "decision": Decision(threshold=0.5, favourable="no event"),
        "explain": Explain(),
        "costs": None,
        "rows": rows,
        "sensitive": tuple(SensitiveFeature(column=name) for name in sensitive),
        "model": ModelIdentity(digest="0" * 64, format="skops", estimator="Made", classes=classes),
        "tables": (TableIdentity(name="sample", rows=len(scored), columns=rows.shape[1], digest="1" * 64),),
        "columns": tuple(
            ColumnFacts(name=name, type="text", role="target" if name == "y" else "input") for name in rows
        ),
    }
    return Responses(scored=scored, **(given | other))


def attribution(values, *, base=0.0, gap=0.0, columns=INPUTS, **other) -> Attribution:
    """Return an attribution that adds up to its predictions but for ``gap`` in the first row."""
    values = np.asarray(values, dtype=float)
    n = len(values)
    prediction = base + values.sum(axis=1)
    prediction[0] += gap
    given = {
        "method": "shap",
        "algorithm": "enumeration",
        "output": EVENT,
        "unit": "log_odds",
        "keys": np.array([f"{i:016x}{i:048x}" for i in range(n)]),
        "base": np.full(n, base),
        "prediction": prediction,
        "inclusion": np.ones(n),
    }
    return Attribution(columns=tuple(columns), values=values, **(given | other))


def explained(shap: Attribution, case_shap: Attribution, case_lime: Attribution, **facts) -> dict:
    """Return the parts of responses that hold explanations."""
    rules = RULES[: len(case_shap.keys)]
    recorded = dict(zip(shap.columns, (1234.5, None), strict=False))
    given = {
        "background": "training",
        "background_rows": 50,
        "background_digest": "2" * 64,
        "rows": len(shap.keys),
        "population": 2 * len(shap.keys),
        "strata": {OTHER: 20, EVENT: 20},
        "evaluations": 123_456,
        "players": len(shap.columns),
        "second_algorithm": "shap.ExactExplainer",
        "second_rows": 3,
        "second_background": 8,
        "second_gap": 1e-15,
        "second_off": 0,
    }
    cases = tuple(
        CaseFacts(
            number=number,
            rule=rule,
            key=f"{number:016x}{number:048x}",
            values=dict.fromkeys(shap.columns, "rent") | recorded,
            output=shap.output,
            score=0.5,
            label=None if number == 1 else EVENT,
            favourable=True,
        )
        for number, rule in enumerate(rules, start=1)
    )
    return {
        "attributions": (shap,),
        "case_shap": (case_shap,),
        "case_lime": (case_lime,),
        "compared": (case_lime,),
        "cases": cases,
        "explained": ExplainFacts.model_validate(given | facts),
    }


def people(n=600, *, seed=3, few=7) -> Responses:
    """Return responses in which every analysis has something to say, and one group has ``few`` rows."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(size=n)
    label = np.where(rng.uniform(size=n) < score, EVENT, OTHER).astype(object)
    label[:25] = None
    sex = rng.choice(["f", "m"], size=n).astype(object)
    sex[:60] = None
    region = np.array((["=west", "missing"] * n)[: n - few] + ["x"] * few, dtype=object)
    scored = scored_frame(label, score >= 0.5 + 0.15 * (sex == "f"), score=score, sex=sex, region=region)
    rows = pd.DataFrame({name: rng.normal(size=n) for name in INPUTS})
    rows.loc[:200, "debt"] = np.nan
    rows["y"], rows["sex"], rows["region"] = scored["label"], sex, region
    roles = {"y": "target", "sex": "sensitive", "region": "sensitive"}
    columns = tuple(
        ColumnFacts(name=name, type="text" if name in roles else "number", role=roles.get(name, "input"))
        for name in rows
    )
    weights = np.array([1.0, 0.5, 0.25, 0.1])
    shap = attribution(rng.normal(size=(40, 4)) * weights, inclusion=np.repeat([1.0, 0.25], 20))
    few_cases = rng.normal(size=(6, 4)) * weights
    lime = attribution(
        few_cases,
        method="lime",
        algorithm="lime_tabular",
        spread=np.full((6, 4), 0.0123),
        fidelity=np.linspace(0.513, 0.917, 6),
        bin_share=np.full((6, 4), 0.25),
        stability=np.full(6, 0.9),
    )
    names = (("sample", n, 7), ("training", 2 * n, 5))
    tables = tuple(TableIdentity(name=t, rows=r, columns=c, digest=t[0] * 64) for t, r, c in names)
    return responses(
        scored,
        rows=rows,
        columns=columns,
        tables=tables,
        notes=(Message(key="loading.note.index_dropped"),),
        training=scored.assign(score=np.clip(score * 1.01, 0, 1)),
        training_rows=rows,
        effects=effects_of(scored, rows),
        losses=PermutedLosses(
            loss="log_loss",
            sets=(*((name,) for name in INPUTS), ("income", "debt")),
            keys=scored["key"].to_numpy(dtype=np.str_)[25:],
            baseline=np.full(n - 25, 0.4),
            increase=rng.normal(0.02, 0.01, size=(n - 25, 5)),
            spread=np.full(5, 0.001),
            repeats=20,
        ),
        **explained(shap, attribution(few_cases), lime),
    )


def effects_of(scored: pd.DataFrame, rows: pd.DataFrame) -> tuple[Effect, ...]:
    """Return effects of three numbers that raise the output by twice their value, and of one category."""
    keys = scored["key"].to_numpy(dtype=np.str_)
    grid = np.linspace(-3, 3, 7)
    found = []
    for name in INPUTS[:3]:
        bins = np.clip(np.searchsorted(grid, rows[name]) - 1, 0, 5)
        found.append(
            Effect(
                column=name,
                outputs=(EVENT,),
                unit="log_odds",
                grid=tuple(grid),
                keys=keys,
                bins=np.where(rows[name].isna(), -1, bins),
                change=np.where(rows[name].isna(), 0.0, 2.0 * np.diff(grid)[bins])[:, None],
                curve_keys=keys[:5],
                curves=np.broadcast_to(2.0 * grid[None, :, None], (5, 7, 1)),
            )
        )
    levels = Effect(
        column=INPUTS[3],
        outputs=(EVENT,),
        unit="log_odds",
        grid=("a", "<b>"),
        keys=keys,
        bins=None,
        change=None,
        curve_keys=keys[:50],
        curves=np.broadcast_to(np.array([0.0, 1.0])[None, :, None], (50, 2, 1)),
    )
    return (*found, levels)


def bundle_of(found: Responses, **settings) -> Bundle:
    """Return the bundle of everything the analyses measure in these responses."""
    plan = Measuring(task=found.task, decision=found.decision, sensitive=found.sensitive, analyses=settings)
    return Bundle(
        provenance=Provenance(model=found.model, tables=found.tables, plan=plan, evaluations=123_456),
        evidence=tuple(_evidence(each, found) for each in ANALYSES),
        vocabulary=(*found.model.classes, *(feature.column for feature in found.sensitive)),
    )


def _evidence(analysis: Analysis, found: Responses) -> Evidence:
    """Return what an analysis measures, or the evidence that says why it does not."""
    try:
        return analysis.measure(found, analysis.settings())
    except NotApplicable as reason:
        answer = Message(key=f"not_assessed.{reason.reason}")
        return Evidence(analysis=analysis.name, answer=answer, not_assessed=reason.reason)


def refs(part: Param | None) -> set[str]:
    """Return the ids of all measures that a message, a cell or a parameter refers to."""
    match part:
        case Ref(measure=measure):
            return {measure}
        case Message(params=params):
            return set().union(*(refs(param) for param in params.values()))
        case Series(items=items):
            return set().union(*(refs(item) for item in items))
        case Name() | None:
            return set()


CRITERIA = (
    Criterion(measure="fairness.impact_ratio", at_least=0.8),
    Criterion(measure="fairness.impact_ratio", dimensions={"sensitive": "sex"}, at_least=0.3),
    Criterion(measure="performance.auc", at_least=0.7),
    Criterion(measure="performance.brier", at_most=0.01),
    Criterion(measure="fairness.tpr", dimensions={"sensitive": "region"}, at_least=0.5),
    Criterion(measure="agreement.lime_fidelity", at_least=0.5),
    Criterion(measure="fairness.fdr", dimensions={"sensitive": "region", "group": "south"}, at_most=0.5),
)


@cache
def audited() -> tuple[Bundle, Verdicts]:
    """Return the bundle and the verdicts of one audit in which every analysis has something to say."""
    bundle = bundle_of(people())
    return bundle, judge(bundle, CRITERIA, ANALYSES)
