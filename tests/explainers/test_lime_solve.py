"""The ridge over the pool is lime's own: the pool is put into lime itself, and every number compared."""

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers.ask import Questions
from explainaudit.explainers.lime_bins import LimeBins
from explainaudit.explainers.lime_moments import Level, Moments, Space
from explainaudit.explainers.lime_pool import Part, Pool
from explainaudit.explainers.lime_solve import fit
from explainaudit.explainers.quiet import importing, undisturbed
from explainaudit.records.plan import Explain

WAYS = [
    ("none", 10),
    ("highest_weights", 5),
    ("auto", 7),
    ("auto", 4),
    ("forward_selection", 3),
    ("forward_selection", 20),
]
LABELS = 3


def source(rows=300):
    draw = np.random.default_rng(4)
    numbers = {f"n{j}": draw.normal(size=rows) ** (1 + j % 2) for j in range(6)}
    words = {f"w{j}": draw.choice(list("abcdefgh")[: 2 + 2 * j], rows) for j in range(3)}
    return pd.DataFrame({**numbers, **words})


def probabilities(frame):
    """Three classes with interactions of numbers and words."""
    n, w = frame[[f"n{j}" for j in range(6)]].to_numpy(), frame[["w0", "w1", "w2"]].to_numpy(dtype=str)
    raw = np.column_stack(
        [
            n[:, 0] * n[:, 1] + 1.5 * (w[:, 0] == "a"),
            np.sin(3 * n[:, 2]) - n[:, 3] * (w[:, 1] == "b") + 0.3 * n[:, 5],
            0.8 * n[:, 4] + 2.0 * (w[:, 2] == "e") * (w[:, 0] == "b"),
        ]
    )
    powers = np.exp(raw - raw.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.fixture
def pooled(make_ask):
    """The bins, a pool with its codes, and rows with their bins and answers."""
    frame = source()
    kinds = {name: "number" if name[0] == "n" else "text" for name in frame}
    asked = []

    def listen(rows):
        asked.append(rows)
        return probabilities(rows)

    ask = make_ask(listen, frame, kinds=kinds, outputs=("x", "y", "z"))
    bins = LimeBins(ask)
    part = Pool(bins, Questions(ask), Explain(lime_samples=500), seed=7).part(0)
    rows = frame.iloc[:9]
    return bins, part, bins.encode(asked[0]), rows, bins.places(rows), probabilities(rows)


def solved(bins, part, places, own, *way):
    columns, outputs = places.shape[1], own.shape[1]
    space = Space(len(places), columns, outputs)
    moments = Moments(places, own, kernel=bins.kernel, level=Level.of(part.answers), space=space)
    moments.add(part)
    return fit(moments, *way)


def of_lime(bins, mode, way, pool, label):
    """What lime answers for the first of ``pool`` when it is given these perturbations and answers."""
    with importing():
        from lime.lime_tabular import LimeTabularExplainer
    binary, codes, answers = pool
    coded = np.flatnonzero(bins.coded).tolist()
    options = {"categorical_features": coded, "mode": mode, "feature_selection": way[0]}
    explainer = LimeTabularExplainer(bins.encode(source()), feature_names=bins.names, **options)
    explainer._LimeTabularExplainer__data_inverse = lambda _row, _size: (binary, codes)
    with undisturbed():
        return explainer.explain_instance(
            codes[0], lambda _coded: answers, num_features=way[1], num_samples=len(codes), labels=[label]
        )


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("mode", ["classification", "regression"])
def test_every_number_is_limes_own(pooled, mode, way):
    bins, part, codes, rows, places, own = pooled
    found = solved(bins, part, places, own, *way)
    for i in (0, 8):
        binary = np.vstack([np.ones(len(bins.names)), (places[i] == part.places.T).astype(float)])
        stood = np.vstack([bins.encode(rows.iloc[[i]]), codes])
        for k in range(LABELS):
            answers = np.vstack([own[[i]], part.answers])
            answers = answers if mode == "classification" else answers[:, k]
            label = k if mode == "classification" else 1
            explained = of_lime(bins, mode, way, (binary, stood, answers), label)
            expected = np.zeros(len(bins.names))
            for column, coefficient in explained.local_exp[label]:
                expected[column] = coefficient
            np.testing.assert_allclose(found.coefficients[i, k], expected, rtol=0, atol=1e-8)
            assert (found.coefficients[i, k] != 0).sum() == min(way[1], 9) or way[0] == "none"
            assert found.intercept[i, k] == pytest.approx(explained.intercept[label], abs=1e-8)
            assert found.score[i, k] == pytest.approx(explained.score, abs=1e-8)
            assert found.local_prediction[i, k] == pytest.approx(explained.local_pred[0], abs=1e-8)


def test_a_row_has_the_same_bits_whichever_rows_stand_beside_it(pooled):
    bins, part, _, _, places, own = pooled
    together = solved(bins, part, places, own)
    orders = [np.arange(9)[::-1], np.array([4]), np.array([3, 3, 1]), np.arange(7)]
    for order in orders:
        some = solved(bins, part, places[order], own[order])
        for name in ("coefficients", "intercept", "score", "inverse", "deviation"):
            np.testing.assert_array_equal(getattr(some, name), getattr(together, name)[order])


def test_looks_add_up_to_one_pool(pooled):
    """Three parts one after the other, the last in larger groups, against all perturbations at once."""
    bins, part, _, _, places, own = pooled
    repeated = [part, Part(part.places[:, ::-1], part.answers[::-1])]
    repeated.append(Part(np.hstack([p.places for p in repeated]), np.vstack([p.answers for p in repeated])))
    whole = Part(np.hstack([p.places for p in repeated]), np.vstack([p.answers for p in repeated]))
    level, space = Level.of(part.answers), Space(9, 9, LABELS)
    moments = Moments(places, own, kernel=bins.kernel, level=level, space=space)
    for each in repeated:
        moments.add(each)
        left = np.array([7, 0, 2])
    some = fit(moments.of(left))
    once = solved(bins, whole, places, own)
    np.testing.assert_allclose(some.coefficients, once.coefficients[left], rtol=1e-10)
    np.testing.assert_allclose(some.score, once.score[left], rtol=1e-10)


@pytest.mark.parametrize(("shift", "scale"), [(1e9, 1.0), (0.0, 1e200), (0.0, 1e-200)])
def test_answers_far_from_zero_or_of_any_size_are_solved(pooled, shift, scale):
    bins, part, _, _, places, own = pooled
    plain = solved(bins, part, places, own)
    moved = solved(bins, Part(part.places, part.answers * scale + shift), places, own * scale + shift)
    np.testing.assert_allclose(moved.coefficients / scale, plain.coefficients, atol=1e-6)
    np.testing.assert_allclose(moved.score, plain.score, atol=1e-6)


def test_a_column_that_says_nothing_new_is_chosen_last(pooled):
    """Twins and constants: lime's own choice among equals is rounding, so only what is fitted is compared."""
    _, part, _, _, places, own = pooled
    double = Part(np.vstack([part.places, part.places[:1], 0 * part.places[:1]]), part.answers)
    columns = np.column_stack([places, places[:, 0], 0 * places[:, 0]])
    wider = type("Bins", (), {"kernel": np.ones(columns.shape[1] + 1)})
    found = solved(wider, double, columns, own, "forward_selection", 9)
    assert ((found.coefficients != 0).sum(axis=2) <= 9).all()
    assert (found.coefficients[:, :, -1] == 0).all()
    assert not ((found.coefficients[:, :, 0] != 0) & (found.coefficients[:, :, 9] != 0)).any()


@pytest.mark.parametrize("way", ["lasso_path", "unheard_of"])
def test_other_ways_of_choosing_are_refused(pooled, way):
    bins, part, _, _, places, own = pooled
    with pytest.raises(ValueError, match=way):
        solved(bins, part, places, own, way, 3)
