"""Someone who knows a shareable bundle, and counts: which numbers of persons follow from what it shows?

Persons are of kinds: group of each feature, outcome, prediction. What a bundle shows are sums over kinds; a
number follows from them where linear programming finds one value for it, no kind being less than nobody.
"""

from collections.abc import Iterable
from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from explainaudit.records.measure import Measure
from explainaudit.records.plan import joined_name

MIN_CELL = 11


class Kinds:
    """All kinds of persons, and how many there are of each: ``scored`` has group:*, label and predicted."""

    def __init__(self, scored: pd.DataFrame, event: str, good: tuple[str, ...]) -> None:
        self.features = [name.removeprefix("group:") for name in scored if name.startswith("group:")]
        traits = [f"group:{name}" for name in self.features] + ["label", "predicted"]
        known = scored[traits].astype(object).where(scored[traits].notna(), None)
        classes = sorted({*known["label"], *known["predicted"]} - {None})
        levels = [[*sorted({*known[name]} - {None}), None] for name in traits[:-2]]
        kinds = list(product(*levels, [*classes, None], classes))
        counted = known.value_counts(dropna=False, sort=False)
        sizes = {tuple(None if pd.isna(x) else x for x in key): n for key, n in counted.items()}
        self.truth = np.array([sizes.get(kind, 0) for kind in kinds], dtype=float)
        self.of = dict(zip(traits, np.array(kinds, dtype=object).T, strict=True))
        self.classes, self.event, self.good = classes, event, good

    @property
    def decided(self):
        return np.isin(self.of["predicted"], self.good)

    def group(self, feature: str, name: str | None):
        """Return the kinds of one group of a feature, or of features taken together."""
        for size in range(1, len(self.features) + 1):
            for columns in combinations(self.features, size):
                if joined_name(columns) != feature and columns != (feature,):
                    continue
                values = zip(*(self.of[f"group:{each}"] for each in columns), strict=True)
                names = [None if None in row else joined_name(row) if size > 1 else row[0] for row in values]
                return np.array([each == name for each in names])
        raise KeyError(feature)

    def cells(self) -> Iterable[tuple[str, np.ndarray]]:
        """Yield what nobody may count: groups, and those of each outcome or decision or both in a group."""
        for size in range(len(self.features) + 1):
            for columns in combinations(self.features, size):
                values = [self.of[f"group:{each}"] for each in columns]
                for names in product(*(dict.fromkeys(each) for each in values)):
                    inside = np.ones(len(self.truth), dtype=bool)
                    for each, name in zip(values, names, strict=True):
                        inside &= np.array([value == name for value in each])
                    yield from self._within(inside, f"{columns} {names}", size > 0)

    def _within(self, inside, about: str, grouped: bool):
        predicted = {name: self.of["predicted"] == name for name in self.classes}
        sides = {**predicted, "favourable": self.decided, "not favourable": ~self.decided}
        labels = {name: np.array([x == name for x in self.of["label"]]) for name in [*self.classes, None]}
        # Of persons of unknown outcome, or of a decision, in no group at all a section of its own tells.
        if grouped:
            yield about, inside
            yield from ((f"{about} {side}", inside & mask) for side, mask in sides.items())
            yield from ((f"{about} label {label}", inside & mask) for label, mask in labels.items())
        for (side, mask), (label, had) in product(predicted.items(), labels.items()):
            if grouped or label is not None:
                yield f"{about} label {label}, {side}", inside & mask & had


def sums(each: Measure, kinds: Kinds) -> list[np.ndarray]:
    """Return the kinds whose numbers a measure gives away: those it is about, and those of them counted."""
    about = each.dimensions
    of_whom = about.keys() - {"class", "predicted", "cell", "sensitive", "group", "group_missing"}
    if of_whom or ("sensitive" in about) != (not {"group", "group_missing"}.isdisjoint(about)):
        return []
    label, predicted = kinds.of["label"], kinds.of["predicted"]
    known = np.array([x is not None for x in label])
    had, said = label == kinds.event, predicted == kinds.event
    if "class" in about:
        had, said = label == about["class"], predicted == about["class"]
    not_had = known & ~had
    everyone = np.ones(len(known), dtype=bool)
    inside = kinds.group(about["sensitive"], about.get("group")) if "sensitive" in about else everyone
    pairs = {
        "tpr": (had, said), "fpr": (not_had, said), "fnr": (had, ~said), "tnr": (not_had, ~said),
        "recall": (had, said), "class_fpr": (not_had, said), "precision": (known & said, had),
        "fdr": (known & said, ~had), "for": (known & ~said, had), "ppv": (known & said, had),
        "npv": (known & ~said, ~had), "prevalence": (known, had), "selection": (known, said),
        "accuracy": (known, label == predicted), "error_rate": (known, label != predicted),
        "f1": (known & (had | said), had & said), "class_rate": (everyone, said),
        "selection_rate": (everyone, kinds.decided), "selected": (kinds.decided, everyone),
        "group_size": (known if each.analysis == "calibration" else everyone, everyone),
        "group_share": (everyone, everyone), "group_auc": (known, everyone),
        "macro_recall": (known, everyone),
        "labelled": (known, everyone), "group_events": (known, had), "events": (known, had),
        "in_the_large": (known, had), "oe_ratio": (known, had), "class_share": (known, had),
    }  # fmt: skip
    if each.metric == "confusion":
        if "cell" in about:
            return [known & (had == (about["cell"] in {"tp", "fn"})) & (said == (about["cell"][1] == "p"))]
        return [had & (predicted == about["predicted"])]
    among, hit = pairs.get(each.metric.removesuffix("_difference"), (~everyone, ~everyone))
    return [inside & among, inside & among & hit][: 1 + (each.metric in pairs)]


def given_away(measures: Iterable[Measure], kinds: Kinds) -> list[str]:
    """Return what can be counted of fewer than `MIN_CELL` persons, one at least."""
    shown = [np.ones(len(kinds.truth), dtype=bool)]
    shown += [mask for each in measures for mask in sums(each, kinds)]
    rows = np.unique(np.array(shown, dtype=float), axis=0)
    total = rows @ kinds.truth
    found = []
    for about, mask in kinds.cells():
        if 0 < mask @ kinds.truth < MIN_CELL:
            least, most = (
                sign * linprog(sign * mask.astype(float), A_eq=rows, b_eq=total, method="highs").fun
                for sign in (1, -1)
            )
            if np.ceil(least - 1e-6) >= np.floor(most + 1e-6):
                found.append(f"{about}: {int(mask @ kinds.truth)}")
    return found
