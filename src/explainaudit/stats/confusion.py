"""The four counts of a binary prediction, and every rate made of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Confusion:
    """Unweighted counts of rows; "positive" is the class the caller named, actual or predicted.

    Attributes
    ----------
    tp, fp, fn, tn : int
        True positives, false positives, false negatives, true negatives.
    """

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        """All rows."""
        return self.tp + self.fp + self.fn + self.tn

    def rates(self) -> dict[str, tuple[int, int]]:
        """Return every rate as (numerator, denominator); a rate over 0 is not estimable.

        ``tpr`` and ``fnr`` are over actual positives, ``fpr`` and ``tnr`` over actual negatives,
        ``ppv`` and ``fdr`` over predicted positives, ``npv`` and ``for`` over predicted negatives;
        ``accuracy`` (right), ``selection`` (predicted positive) and ``prevalence`` (actually
        positive) are over all rows.
        """
        actual, no_actual = self.tp + self.fn, self.fp + self.tn
        predicted, not_predicted = self.tp + self.fp, self.fn + self.tn
        return {
            "tpr": (self.tp, actual),
            "fnr": (self.fn, actual),
            "fpr": (self.fp, no_actual),
            "tnr": (self.tn, no_actual),
            "ppv": (self.tp, predicted),
            "fdr": (self.fp, predicted),
            "npv": (self.tn, not_predicted),
            "for": (self.fn, not_predicted),
            "accuracy": (self.tp + self.tn, self.n),
            "selection": (predicted, self.n),
            "prevalence": (actual, self.n),
        }
