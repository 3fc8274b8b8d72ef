"""Encoders that make each column from one column: every encoded column answers to its raw input alone."""

import numpy as np
import pandas as pd
import pytest
from sklearn import feature_selection as choice
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)
from summing import AMOUNT, FULL, GAPS, TABLE, THREE, UNSEEN, YES, inside

NUMBERS = ["a", "count", "same"]
QUANTILES = QuantileTransformer(n_quantiles=20, output_distribution="normal")
CODES = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
PLAIN = TABLE.astype({"kind": object})


def players(found):
    return [found.inputs[place] for place in found.player]


def before(model, rows):
    """Return what reaches the last step, by the model's own steps."""
    made = model[:-1].transform(rows)
    return made.toarray() if hasattr(made, "toarray") else np.asarray(made, dtype=float)


def assert_each_answers_to_its_own(found, rows):
    """Change one raw column at a time, throughout: no encoded column of another may change."""
    encoded = found.encode(rows)
    for place, name in enumerate(found.inputs):
        moved = rows.assign(**{name: rows[name].sample(frac=1, random_state=3).to_numpy()})
        changed = ~np.isclose(found.encode(moved), encoded, rtol=1e-9, atol=0, equal_nan=True).all(axis=0)
        assert set(found.player[changed]) <= {place}


@pytest.mark.parametrize(
    ("step", "widths"),
    [
        (StandardScaler(), [1, 1, 1]),
        (StandardScaler(copy=False), [1, 1, 1]),
        (MinMaxScaler(clip=True), [1, 1, 1]),
        (MaxAbsScaler(), [1, 1, 1]),
        (RobustScaler(), [1, 1, 1]),
        (QUANTILES, [1, 1, 1]),
        (PowerTransformer(), [1, 1, 1]),
        (Binarizer(threshold=0.5), [1, 1, 1]),
        (FunctionTransformer(), [1, 1, 1]),
        (FunctionTransformer(np.exp), [1, 1, 1]),
        (SimpleImputer(), [1, 1, 1]),
        (SimpleImputer(strategy="constant", fill_value=-1.0), [1, 1, 1]),
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), [1, 1, 1]),
        (OneHotEncoder(max_categories=3, handle_unknown="infrequent_if_exist"), [3, 3, 1]),
        (OneHotEncoder(drop="first", handle_unknown="ignore", max_categories=4), [3, 3, 0]),
        (KBinsDiscretizer(4, encode="ordinal", quantile_method="averaged_inverted_cdf"), [1, 1, 1]),
        (KBinsDiscretizer([4, 3, 2], strategy="uniform"), [4, 3, 1]),
        (KBinsDiscretizer([4, 3, 2], encode="onehot-dense", strategy="uniform"), [4, 3, 1]),
        (SplineTransformer(4, sparse_output=True), [6, 6, 6]),
        (SplineTransformer(4, include_bias=False, extrapolation="linear"), [5, 5, 5]),
        (TargetEncoder(cv=2), [1, 1, 1]),
        (choice.VarianceThreshold(), [1, 1, 0]),
        (choice.SelectKBest(choice.f_regression, k=1), [0, 1, 0]),
        (choice.SelectFromModel(LinearRegression(), threshold=-np.inf, max_features=2), [1, 1, 0]),
        (choice.RFE(LinearRegression(), n_features_to_select=2), [1, 1, 0]),
    ],
    ids=lambda given: type(given).__name__ if not isinstance(given, list) else "",
)
@pytest.mark.filterwarnings("ignore")
def test_a_step_and_the_columns_it_makes(step, widths):
    rows = FULL[NUMBERS]
    model = make_pipeline(step, LinearRegression()).fit(rows, AMOUNT)
    found = inside(model, rows, "target")
    assert players(found) == [name for name, width in zip(NUMBERS, widths, strict=True) for _ in range(width)]
    assert np.array_equal(found.encode(rows), before(model, rows))
    assert_each_answers_to_its_own(found, rows)


def test_imputers_drop_empty_columns_and_tell_what_was_missing():
    rows = GAPS.assign(empty=np.nan, late=GAPS["a"].shift(1))[["late", "empty", "a", "count"]]
    for settings, expected in (
        ({}, ["late", "a", "count"]),
        ({"add_indicator": True}, ["late", "a", "count", "late", "empty", "a"]),
        (
            {"add_indicator": True, "keep_empty_features": True},
            ["late", "empty", "a", "count", "late", "empty", "a"],
        ),
    ):
        model = make_pipeline(SimpleImputer(**settings), GradientBoostingClassifier(n_estimators=3))
        with pytest.warns() if not settings.get("keep_empty_features") else np.errstate():
            model.fit(rows, YES)
        found = inside(model, rows, "log_odds")
        assert players(found) == expected
        assert_each_answers_to_its_own(found, rows)
    for features, expected in (("missing-only", ["late", "empty", "a"]), ("all", list(rows.columns))):
        model = make_pipeline(MissingIndicator(features=features), LogisticRegression()).fit(rows, YES)
        assert players(inside(model, rows, "log_odds")) == expected


def test_objects_that_are_imputed():
    columns = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="most_frequent", add_indicator=True), OneHotEncoder()),
            ["kind"],
        ),
    )
    model = make_pipeline(columns, LogisticRegression()).fit(PLAIN, YES)
    assert players(inside(model, TABLE, "log_odds")) == ["kind"] * 6


@pytest.mark.parametrize("dense", [0.0, 1.0])
def test_columns_by_name_place_mask_slice_and_selector_may_overlap(dense):
    branches = [
        ("names", StandardScaler(), ["count", "large"]),
        ("gone", "drop", ["same"]),
        ("none", StandardScaler(), []),
        ("places", make_pipeline(SimpleImputer(add_indicator=True), MinMaxScaler()), [0, 1]),
        ("mask", OneHotEncoder(handle_unknown="ignore"), [False, False, False, False, True, False]),
        ("slice", "passthrough", slice("count", "same")),
        ("selector", CODES, make_column_selector(dtype_include=object)),
    ]  # fmt: skip
    columns = ColumnTransformer(branches, remainder="passthrough", sparse_threshold=dense)
    model = make_pipeline(columns, GradientBoostingClassifier(n_estimators=3)).fit(PLAIN, YES)
    found = inside(model, UNSEEN, "log_odds", "0")
    expected = ["count", "large", "a", "count", "a", *["kind"] * 5, "count", "large", "same", "kind", "code"]
    assert players(found) == expected
    assert_each_answers_to_its_own(found, UNSEEN)


def test_names_are_not_read():
    # a + "b_c" and "a_b" + "c" make one name; so do two columns of positions.
    rows = pd.DataFrame({"a": ["b_c", "c"] * 150, "a_b": ["c", "d"] * 75 + ["d", "c"] * 75, "1": FULL["a"]})
    encoder = make_column_transformer((OneHotEncoder(), ["a_b", "a"]), remainder="passthrough")
    model = make_pipeline(encoder, LogisticRegression()).fit(rows, YES)
    found = inside(model, rows, "log_odds")
    assert players(found) == ["a_b", "a_b", "a", "a", "1"]
    assert_each_answers_to_its_own(found, rows)


def test_pipelines_within_and_frames_between():
    inner = Pipeline(
        [("none", "passthrough"), ("fill", SimpleImputer()), ("choose", choice.VarianceThreshold())]
    )
    columns = make_column_transformer((inner, ["same", "count", "a"]), (StandardScaler(), ["count"]))
    last = make_pipeline(StandardScaler(), LogisticRegression())
    model = make_pipeline(columns.set_output(transform="pandas"), last).fit(GAPS, YES)
    assert players(inside(model, GAPS, "log_odds")) == ["count", "a", "count"]


def test_target_encoding_of_several_classes_makes_a_column_for_each():
    model = make_pipeline(
        make_column_transformer((TargetEncoder(cv=2), ["kind", "code"])), LogisticRegression()
    ).fit(PLAIN, THREE)
    found = inside(model, UNSEEN, "margin")
    assert players(found) == ["kind"] * 3 + ["code"] * 3
    assert_each_answers_to_its_own(found, UNSEEN)
