"""The model behind one method: rows in, finite numbers of a known unit out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused, ModelFailed, UsageError
from explainaudit.loading.answers import ask, check_probabilities
from explainaudit.loading.formats.boosters import NativeBooster
from explainaudit.loading.formats.in_memory import native_of
from explainaudit.loading.inputs import model_rows, require_inputs
from explainaudit.loading.label_text import label_text
from explainaudit.loading.makeup import makeup_of
from explainaudit.loading.margins import are_made_of, log_odds, scorer
from explainaudit.records.bundle import ModelIdentity
from explainaudit.records.message import Message
from explainaudit.records.plan import TaskType

Output = Literal["log_odds", "margin", "probability", "target"]

COMPARED_ROWS = 20


@dataclass(frozen=True)
class Predictor:
    """A fitted estimator and what it is.

    Attributes
    ----------
    estimator : object
        Has ``predict``, or ``predict_proba`` and ``classes_``.
    identity : ModelIdentity
        ``inputs`` are the columns it takes, in its order; ``classes`` its labels as text.
    named : bool
        Whether it was trained with column names.
    """

    estimator: Any
    identity: ModelIdentity
    named: bool

    @property
    def task(self) -> TaskType:
        """What the model predicts."""
        classes = len(self.identity.classes)
        return "regression" if classes == 0 else "binary" if classes == 2 else "multiclass"

    def with_inputs(self, inputs: tuple[str, ...] | None) -> "Predictor":
        """Return the predictor with the columns of a model that was trained without names, in its order.

        A model's own names stand above the ones given. Raises `DataRefused` E431 for a wrong number.
        """
        if not inputs:
            return self
        if isinstance(self.estimator, NativeBooster):
            return self._over(self.estimator.renamed(inputs))
        if self.named:
            return self
        expected = getattr(self.estimator, "n_features_in_", len(inputs))
        if len(inputs) != expected:
            raise DataRefused("E431", expected=int(expected), seen=len(inputs))
        return replace(self, identity=self.identity.model_copy(update={"inputs": tuple(inputs)}))

    def spelled_as(self, columns: Iterable[str]) -> "Predictor":
        """Return the predictor with its inputs spelled as in a table, where its file had to change them."""
        if not isinstance(self.estimator, NativeBooster):
            return self
        return self._over(self.estimator.spelled(columns))

    def notes(self, sample: pd.DataFrame) -> tuple[Message, ...]:
        """Return what a reader should know about how the model takes these rows."""
        return self.estimator.notes(sample) if isinstance(self.estimator, NativeBooster) else ()

    def _over(self, renamed: NativeBooster) -> "Predictor":
        if not renamed.named:
            return self
        known = {"inputs": renamed.feature_names_in_, "makeup": renamed.makeup}
        return replace(self, estimator=renamed, identity=self.identity.model_copy(update=known), named=True)

    def with_classes(self, classes: tuple[str, ...] | None) -> "Predictor":
        """Return the predictor with the labels of a model whose file only numbers them.

        Raises `DataRefused` E459 for a wrong number, or for labels given to a model that has its own.
        """
        if not classes:
            return self
        own = self.identity.classes
        numbered = isinstance(self.estimator, NativeBooster) and self.estimator.numbered
        if not numbered or not len(set(classes)) == len(classes) == len(own):
            raise DataRefused("E459", expected=len(own), seen=len(classes))
        return replace(self, identity=self.identity.model_copy(update={"classes": classes}))

    def outputs(
        self, frame: pd.DataFrame, *, output: Output, event: str | None = None
    ) -> NDArray[np.float64]:
        """Return the model's output for each row.

        Log-odds are the model's own margin where it is the log-odds (expit(margin) equals the probability
        on the rows asked, the first 20 compared), else logit(p) with p clipped to [1e-12, 1 − 1e-12];
        for several classes always the latter, each class against the rest. Margins are their raw scores.

        Parameters
        ----------
        frame : DataFrame of shape (n, d)
            Rows; columns are matched by name, others are ignored.
        output : {"log_odds", "margin", "probability", "target"}
            Unit of the answer; a regression answers in the unit of its target whatever is asked.
        event : str, optional
            Binary: the class the answer is for. The second class when left out.

        Returns
        -------
        ndarray of shape (n, k)
            k is 1 for a binary model and a regression, else the number of classes, in their order.

        Raises
        ------
        DataRefused
            A column is missing (E430).
        UsageError
            The event is no class of the model (E256).
        ModelFailed
            The answer is missing, of a wrong shape or not finite (E607 to E614).
        """
        if self.task == "regression":
            return self._ask("predict", frame, 1)
        if output == "target" or (output == "margin" and self.task == "binary"):
            raise ValueError("two classes answer in log_odds or probability, several in margin as well")
        if self.task == "multiclass":
            if output == "margin":
                return self._margins(frame)
            probability = self._probabilities(frame)
            return probability if output == "probability" else log_odds(probability)
        column = self.event_column(event)
        if output == "log_odds" and self._is_made_of_margins(frame):
            margin = self._margins(frame)
            return margin if column == 1 else -margin
        probability = self._probabilities(frame)[:, [column]]
        return probability if output == "probability" else log_odds(probability)

    def default_output(self, frame: pd.DataFrame) -> Output:
        """Return the unit in which a model is explained where the plan names none.

        The target of a regression; log-odds or margins where the probabilities of the first 20 rows are
        made of them alone; else probability.
        """
        if self.task == "regression":
            return "target"
        score: Output = "log_odds" if self.task == "binary" else "margin"
        return score if self._is_made_of_margins(frame) else "probability"

    def event_column(self, event: str | None) -> int:
        """Return the place of the event among two classes. Raises `UsageError` E256 if it is none."""
        classes = self.identity.classes
        if event is None:
            return 1
        if event not in classes:
            raise UsageError("E256", where="task.event", event=event, classes=", ".join(classes))
        return classes.index(event)

    def _inputs(self) -> tuple[str, ...]:
        if not self.identity.inputs:
            expected = getattr(self.estimator, "n_features_in_", 0)
            raise DataRefused("E431", expected=int(expected), seen=0)
        return self.identity.inputs

    def _ask(self, method: str, frame: pd.DataFrame, width: int, of: Any = None) -> NDArray[np.float64]:
        require_inputs(frame, self._inputs())
        take = partial(model_rows, inputs=self.identity.inputs, named=self.named)
        return ask(of or self.estimator, method, frame, take=take, width=width)

    def _probabilities(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        if not hasattr(self.estimator, "predict_proba"):
            raise ModelFailed("E607", found=self.identity.estimator)
        return check_probabilities(self._ask("predict_proba", frame, len(self.identity.classes)))

    def _margins(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        width = 1 if self.task == "binary" else len(self.identity.classes)
        return self._ask("decision_function", frame, width, scorer(self.estimator))

    def _is_made_of_margins(self, frame: pd.DataFrame) -> bool:
        first = frame.iloc[:COMPARED_ROWS]
        try:
            margins = self._margins(first)
            return are_made_of(self._probabilities(first), margins, scorer(self.estimator))
        except ModelFailed:  # it has no raw scores, or one for each pair of classes
            return False


def predictor_of(
    estimator: Any,
    *,
    digest: str | None = None,
    file_format: str = "memory",
    saved_with: str | None = None,
    where: str = "model",
) -> Predictor:
    """Return the predictor around a fitted estimator, loaded or handed over in memory.

    Raises
    ------
    ModelFailed
        It is no fitted model (E604), or has several targets (E606).
    """
    given, native = estimator, native_of(estimator, where)
    estimator = native or estimator
    found = estimator.title if isinstance(estimator, NativeBooster) else type(estimator).__name__
    if not hasattr(estimator, "predict") or isinstance(estimator, type) or not _is_fitted(estimator):
        raise ModelFailed("E604", where=where, found=found)
    classes = getattr(estimator, "classes_", ())
    several = any(np.ndim(one) for one in classes)
    if several or (len(classes) == 0 and getattr(estimator, "n_outputs_", 1) != 1):
        raise ModelFailed("E606", where=where)
    names = getattr(estimator, "feature_names_in_", None)
    if not getattr(estimator, "named", True):
        names = None
    steps = tuple(
        step if isinstance(step, str) else type(step).__name__
        for _, step in (estimator.steps if found == "Pipeline" else ())
    )
    identity = ModelIdentity(
        digest=digest,
        format=file_format,
        estimator=found,
        steps=steps,
        inputs=() if names is None else tuple(str(name) for name in names),
        classes=tuple(label_text(one) for one in classes),
        saved_with=saved_with,
        makeup=makeup_of(given, native),
    )
    return Predictor(estimator=estimator, identity=identity, named=names is not None)


def _is_fitted(estimator: Any) -> bool:
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if not isinstance(estimator, BaseEstimator):
        return True
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True
