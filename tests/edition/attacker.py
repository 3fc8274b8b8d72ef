"""Someone who knows a shareable bundle, and counts: which numbers of persons follow from what it shows?

Persons are of kinds: group of each feature, outcome, prediction. What a bundle shows are sums over kinds; a
number follows from them where linear programming finds one value for it, no kind being less than nobody.
"""

from collections.abc import Iterable
from itertools import combinations, permutations, product

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from explainaudit.records.measure import Measure
from explainaudit.records.plan import joined_name

MIN_CELL = 11
KNOWN = ("known",)  # all groups of a feature


class Kinds:
    """All kinds of persons, and how many there are of each.

    ``scored`` has group:*, stratum:*, label and predicted; and above, who scores above the median, of which
    every kind goes with such predictions as it has.
    """

    def __init__(
        self, scored: pd.DataFrame, event: str, good: tuple[str, ...], law: dict[str, str] | None = None
    ) -> None:
        self.law = law or {}
        self.features = [name.removeprefix("group:") for name in scored if name.startswith("group:")]
        self.strata = [name.removeprefix("stratum:") for name in scored if name.startswith("stratum:")]
        groups = [f"group:{name}" for name in self.features] + [f"stratum:{name}" for name in self.strata]
        above = scored["above"] if "above" in scored else pd.Series(False, index=scored.index)
        known = scored[[*groups, "label"]].astype(object)
        known["side"] = list(zip(scored["predicted"], above, strict=True))
        known = known.where(known.notna(), None)
        sides = sorted(set(known["side"]))
        classes = sorted({*known["label"], *(predicted for predicted, _ in sides)} - {None})
        levels = [[*sorted({*known[name]} - {None}), None] for name in groups]
        kinds = list(product(*levels, [*classes, None], sides))
        counted = known.value_counts(dropna=False, sort=False)
        sizes = {
            tuple(x if isinstance(x, str | tuple) else None for x in key): n for key, n in counted.items()
        }
        self.truth = np.array([sizes.get(kind, 0) for kind in kinds], dtype=float)
        columns = list(zip(*kinds, strict=True))
        self.of = {
            name: np.array(of, dtype=object)
            for name, of in zip([*groups, "label"], columns[:-1], strict=True)
        }
        self.of["predicted"], self.of["above"] = (np.array(of) for of in zip(*columns[-1], strict=True))
        self.classes, self.event, self.good = classes, event, good

    @property
    def decided(self):
        return np.isin(self.of["predicted"], self.good)

    def group(self, feature: str, name: str | None):
        """Return the kinds of one group of a feature, or of features taken together."""
        for size in range(1, len(self.features) + 1):
            for columns in permutations(self.features, size):
                if joined_name(columns) != feature and columns != (feature,):
                    continue
                values = zip(*(self.of[f"group:{each}"] for each in columns), strict=True)
                names = [None if None in row else joined_name(row) if size > 1 else row[0] for row in values]
                return np.array([each == name for each in names])
        raise KeyError(feature)

    def within(self, feature: str, name: str | tuple[str] | None):
        """Return the kinds of a group of one feature, or of any."""
        of = self.of[f"group:{feature}"]
        return np.array([(x is not None) if name == KNOWN else x == name for x in of])

    def cells(self) -> Iterable[tuple[str, np.ndarray]]:
        """Yield what nobody may count: groups, and those of each outcome or decision or both in a group.

        A group of several features may be of those who lack one and have another, whatever it is; and may
        be of one stratum.
        """
        for size in range(len(self.features) + 1):
            for columns in combinations(self.features, size):
                values = [[*dict.fromkeys(self.of[f"group:{each}"]), KNOWN] for each in columns]
                for names in product(*values):
                    # Of named groups alone, those of other features say who is counted.
                    if KNOWN in names and None not in names:
                        continue
                    inside = np.ones(len(self.truth), dtype=bool)
                    for each, name in zip(columns, names, strict=True):
                        inside &= self.within(each, name)
                    yield from self._within(inside, f"{columns} {names}", size > 0)
                    for by in self.strata if size == 1 or None in names else ():
                        for stratum in dict.fromkeys(self.of[f"stratum:{by}"]):
                            here = inside & np.array([x == stratum for x in self.of[f"stratum:{by}"]])
                            yield from self._decided(here, f"{columns} {names} in {stratum}")

    def _decided(self, inside, about: str):
        sides = {name: self.of["predicted"] == name for name in self.classes}
        sides |= {"favourable": self.decided, "not favourable": ~self.decided}
        if self.of["above"].any():
            sides |= {"above": self.of["above"], "not above": ~self.of["above"]}
            sides["between"] = self.decided ^ self.of["above"]
        yield about, inside
        yield from ((f"{about} {side}", inside & mask) for side, mask in sides.items())

    def _within(self, inside, about: str, grouped: bool):
        predicted = {name: self.of["predicted"] == name for name in self.classes}
        labels = {name: np.array([x == name for x in self.of["label"]]) for name in [*self.classes, None]}
        # Of persons of unknown outcome, or of a decision, in no group at all a section of its own tells.
        if grouped:
            yield from self._decided(inside, about)
            yield from ((f"{about} label {label}", inside & mask) for label, mask in labels.items())
        for (side, mask), (label, had) in product(predicted.items(), labels.items()):
            if grouped or label is not None:
                yield f"{about} label {label}, {side}", inside & mask & had


OF_GROUP = {"sensitive", "group", "group_missing"}
OF_STRATUM = {"stratified_by", "stratum", "stratum_missing"}


def inside_of(each: Measure, kinds: Kinds) -> np.ndarray | None:
    """Return the kinds of the group and stratum that a measure is about; ``None`` for any other."""
    about = each.dimensions
    inside = np.ones(len(kinds.truth), dtype=bool)
    if each.metric.startswith("ll144_"):
        for name in about.keys() - {"table"}:
            feature = kinds.law[about["table"] if name == "group" else name]
            inside &= kinds.within(feature, about[name])
        return inside if len(about) > 1 else None
    if each.metric == "missing" and about["column"] in kinds.strata:
        return np.array([x is None for x in kinds.of[f"stratum:{about['column']}"]])
    grouped = not {"group", "group_missing"}.isdisjoint(about)
    further = {"class", "predicted", "cell"} | (OF_STRATUM if each.metric == "stratum_rate" else set())
    if about.keys() - OF_GROUP - further or ("sensitive" in about) != grouped:
        return None
    if grouped:
        inside &= kinds.group(about["sensitive"], about.get("group"))
    if "stratified_by" in about:
        inside &= np.array([x == about.get("stratum") for x in kinds.of[f"stratum:{about['stratified_by']}"]])
    return inside


def sums(each: Measure, kinds: Kinds) -> list[np.ndarray]:
    """Return the kinds whose numbers a measure gives away: those it is about, and those of them counted."""
    about, inside = each.dimensions, inside_of(each, kinds)
    if inside is None:
        return []
    label, predicted, above = (kinds.of[name] for name in ("label", "predicted", "above"))
    known = np.array([x is not None for x in label])
    had, said = label == kinds.event, predicted == kinds.event
    if "class" in about:
        had, said = label == about["class"], predicted == about["class"]
    not_had = known & ~had
    everyone = np.ones(len(known), dtype=bool)
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
        "stratum_rate": (everyone, kinds.decided), "missing": (everyone, everyone),
        "ll144_applicants": (everyone, everyone), "ll144_scoring_rate": (everyone, above),
        "ll144_selected": (kinds.decided, everyone),
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
    shown = [np.ones(len(kinds.truth), dtype=bool), kinds.of["above"]]
    shown += [mask for each in measures for mask in sums(each, kinds)]
    rows = np.unique(np.array(shown, dtype=float), axis=0)
    total = rows @ kinds.truth
    found = []
    # Decisions and predictions are often the same.
    cells = {mask.tobytes(): (about, mask) for about, mask in kinds.cells()}
    for about, mask in cells.values():
        if 0 < mask @ kinds.truth < MIN_CELL:
            least, most = (
                sign * linprog(sign * mask.astype(float), A_eq=rows, b_eq=total, method="highs").fun
                for sign in (1, -1)
            )
            if np.ceil(least - 1e-6) >= np.floor(most + 1e-6):
                found.append(f"{about}: {int(mask @ kinds.truth)}")
    return found
