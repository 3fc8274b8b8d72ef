"""Standard errors against brute force and other pools; stability and settling by their definitions."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from explainaudit.explainers.ask import Questions
from explainaudit.explainers.lime_bins import LimeBins
from explainaudit.explainers.lime_certainty import (
    block_overlap,
    by_block,
    influences,
    is_settled,
    standard_errors,
)
from explainaudit.explainers.lime_moments import Level, Moments, Space
from explainaudit.explainers.lime_pool import Part, Pool
from explainaudit.explainers.lime_solve import fit
from explainaudit.records.plan import Explain

COLUMNS = 7


def tangled(frame):
    x = frame.to_numpy()
    steep = np.sin(2 * x[:, 0]) * x[:, 1] + np.exp(x[:, 2]) + (x[:, 3] > 1) * 4 * x[:, 4]
    return np.column_stack([steep, x[:, 5] - 0.2 * x[:, 6] ** 2 * x[:, 0]])


@pytest.fixture
def looked(make_ask):
    draw = np.random.default_rng(6)
    source = pd.DataFrame(draw.normal(size=(250, COLUMNS)), columns=list("abcdefg"))
    ask = make_ask(tangled, source, outputs=("x", "y"))
    bins = LimeBins(ask)
    rows = source.iloc[:6]
    places, own = bins.places(rows), tangled(rows)

    def look(seed, samples=2000, part=None):
        settings = Explain(lime_samples=samples, lime_most=samples)
        part = part or Pool(bins, Questions(ask), settings, seed=seed).part(0)
        level, space = Level.of(part.answers), Space(len(rows), COLUMNS, 2)
        moments = Moments(places, own, kernel=bins.kernel, level=level, space=space)
        moments.add(part)
        found = fit(moments)
        influence = influences(moments, found) * level.unit[:, None, None]
        return part, found, influence

    return look, bins, places, own


def test_standard_errors_are_the_sandwich_by_hand(looked):
    look, bins, places, own = looked
    part, found, influence = look(1)
    errors = standard_errors(influence)
    for i in range(len(places)):
        matches = (places[i] == part.places.T).astype(float)
        weights = bins.kernel[matches.sum(axis=1).astype(int)]
        centre = (weights @ matches + 1) / (weights.sum() + 1)
        bread = (matches - centre).T @ (weights[:, None] * (matches - centre))
        bread += np.outer(1 - centre, 1 - centre) + np.eye(COLUMNS)
        for k in range(2):
            residual = part.answers[:, k] - found.intercept[i, k] - matches @ found.coefficients[i, k]
            scores = (weights * residual)[:, None] * (matches - centre)
            sums = scores.reshape(50, -1, COLUMNS).sum(axis=1)
            sums -= sums.mean(axis=0)
            half = np.linalg.inv(bread)
            covariance = half @ (sums.T @ sums * 50 / 49) @ half
            np.testing.assert_allclose(errors[i, k] ** 2, np.diag(covariance), rtol=1e-8)
            own_residual = own[i, k] - found.local_prediction[i, k]
            total = scores.sum(axis=0) + own_residual * (1 - centre)
            np.testing.assert_allclose(total, found.coefficients[i, k], atol=1e-8)  # the ridge's own equation


def test_standard_errors_are_the_spread_over_independent_pools(looked):
    look, _, _, _ = looked
    values, errors = [], []
    for seed in range(100):
        _, found, influence = look(seed, samples=500)
        values.append(found.coefficients)
        errors.append(standard_errors(influence))
    ratio = np.sqrt(np.mean(np.square(errors), axis=0)) / np.std(values, axis=0, ddof=1)
    assert np.median(ratio) == pytest.approx(1, abs=0.06)
    assert (np.abs(ratio - 1) < 0.3).all()


def test_overlap_is_that_of_the_leading_columns_moved_by_each_block(looked):
    look, _, _, _ = looked
    part, found, influence = look(1, samples=5000)
    overlap = block_overlap(found.coefficients, by_block(found.coefficients, influence))
    exact = np.empty(overlap.shape)
    moved = influence.reshape(6, 2, COLUMNS, 10, 5).sum(axis=4) * 10
    for i, k in np.ndindex(exact.shape):
        whole = set(np.argsort(-np.abs(found.coefficients[i, k]))[:4])
        answers = (found.coefficients[i, k] + moved[i, k, :, b] for b in range(10))
        blocks = [set(np.argsort(-np.abs(answer))[:4]) for answer in answers]
        exact[i, k] = np.mean([len(whole & block) / len(whole | block) for block in blocks])
    np.testing.assert_allclose(overlap, exact)
    # To first order: what each block answers when it is the whole pool.
    own = np.zeros((10, 6, 2, COLUMNS))
    for b in range(10):
        some = slice(500 * b, 500 * (b + 1))
        own[b] = look(1, part=Part(part.places[:, some], part.answers[some]))[1].coefficients
    gaps = own - np.moveaxis(found.coefficients[..., None] + moved, 3, 0)
    assert np.abs(gaps).mean() < 0.25 * np.abs(own - found.coefficients).mean()


def settled(contributions, error, *, varying=6, looks=4):
    """Whether a row is settled whose contributions have one standard error and no covariance."""
    values = np.array(contributions, dtype=float)[None, None]
    draw = np.linalg.qr(np.random.default_rng(0).normal(size=(50, values.shape[2])))[0].T
    influence = draw[None, None] * error * np.sqrt(49 / 50)
    assert standard_errors(influence) == pytest.approx(error)
    return bool(is_settled(values, influence, varying=varying, looks=looks)[0, 0])


def test_a_case_is_settled_when_all_its_eight_comparisons_are_clear():
    limit = t.isf(0.05 / 4 / 8 / 2, 49)
    gap = limit * np.sqrt(2)
    clear = np.array([-9.0, 8, -7, 6, 5, 0]) * gap * 1.001
    assert settled(clear, 1.0)
    assert not settled(clear * 0.99, 1.0)
    assert not settled(clear, 1.0, looks=8)
    assert settled(clear * [1, 1, 1, 1, 1, 1e9] + [0, 0, 0, 0, 0, 4.5 * gap], 1.0)  # sixth by size: not asked
    assert not settled([9 * gap, 8 * gap, 7 * gap, 6 * gap, -5.5 * gap, 0], 1.0)
    assert not settled([9 * gap, 8 * gap, 7 * gap, 0.9 * limit, 0, 0], 1.0)


def test_fewer_columns_have_fewer_comparisons():
    assert settled([t.isf(0.05 / 1 / 2, 49) * 1.001, 0, 0], 1.0, varying=1, looks=1)
    assert not settled([t.isf(0.05 / 1 / 2, 49) * 0.999, 0, 0], 1.0, varying=1, looks=1)
    limit = t.isf(0.05 / 3 / 2, 49)
    assert settled([limit * 2.5, limit * 1.001], 1.0, varying=2, looks=1)
    assert not settled([limit * 2.4, limit * 1.001], 1.0, varying=2, looks=1)


def test_naming_an_order_by_chance_is_rare(looked):
    """Two columns of equal weight: told apart in far fewer than one pool in twenty."""
    draw = np.random.default_rng(0)
    values = np.array([5.0, 4, 3, 2, 2, 0])
    moved = draw.normal(size=(2000, 1, 6, 50)) * np.sqrt(1e-4 / 50)
    found = is_settled(values + moved.sum(axis=3), moved, varying=6, looks=1)
    assert found.mean() < 0.02
    apart = is_settled(np.array([5.0, 4, 3, 2, 1, 0]) + moved.sum(axis=3), moved, varying=6, looks=1)
    assert apart.all()
