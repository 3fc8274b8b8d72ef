"""LightGBM files whose lines do not fit are refused; the library, which would crash, never sees them."""

import re

import pytest
from native_models import THREE, TRAINED, YES, lightgbm_of

from explainaudit.errors import ModelFailed
from explainaudit.loading.formats.lightgbm_native import load_lightgbm

TEXT = lightgbm_of("binary", YES, TRAINED).model_to_string()
SEVERAL = lightgbm_of("multiclass", THREE, num_class=3).model_to_string()

LINES = {
    "header": (r"^tree\n", "tree\nnum_class=1\n"),
    "more inputs": (r"max_feature_idx=\d+", "max_feature_idx=3000000000"),
    "fewer inputs": (r"max_feature_idx=\d+", "max_feature_idx=-1"),
    "a name too few": (r"feature_names=\S+ ", "feature_names="),
    "a name twice": (r"feature_names=\S+ \S+", "feature_names=a a"),
    "classes": (r"num_class=1\n", "num_class=2000000000\n"),
    "trees in a turn": (r"num_tree_per_iteration=1", "num_tree_per_iteration=0"),
    "no slope": (r"sigmoid:1", "sigmoid:0"),
    "sizes of other trees": (r"tree_sizes=\d+ ", "tree_sizes="),
    "a size that lies": (r"tree_sizes=\d+", "tree_sizes=99999999"),
    "a line of text in a tree": (r"\nshrinkage=1\n", "\nshrinkage=1\nnote=edited\n"),
    "huge leaf count": (r"num_leaves=\d+", "num_leaves=2000000000"),
    "no leaves": (r"num_leaves=\d+", "num_leaves=0"),
    "infinite leaf": (r"leaf_value=\S+", "leaf_value=inf"),
    "missing leaf": (r"leaf_value=\S+ ", "leaf_value="),
    "leaf of text": (r"leaf_value=\S+", "leaf_value=1_0"),
    "infinite threshold": (r"threshold=\S+", "threshold=1e999"),
    "threshold that is none": (r"threshold=\S+", "threshold=nan"),
    "negative column": (r"split_feature=\d+", "split_feature=-1"),
    "column beyond": (r"split_feature=\d+", "split_feature=4"),
    "cycle": (r"left_child=\S+", "left_child=0"),
    "leaf beyond": (r"left_child=\S+", "left_child=-900000"),
    "split beyond": (r"right_child=\S+", "right_child=900000"),
    "kind of split": (r"decision_type=\S+", "decision_type=99"),
    "categories uncounted": (r"num_cat=[1-9]\d*", "num_cat=0"),
    "categories unbounded": (r"cat_boundaries=0 \d+", "cat_boundaries=0 2000000000"),
    "bits beyond": (r"cat_threshold=\d+", "cat_threshold=99999999999"),
    "a line twice": (r"\nleaf_value=", "\nleaf_value=7\nleaf_value="),
    "a tree twice": (r"\nTree=1\n", "\nTree=0\n"),
    "no end": (r"\nend of trees", "\n"),
    "levels of text": (r"pandas_categorical:.*", "pandas_categorical:{"),
}


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("sized", [True, False])
def test_a_damaged_text_is_refused(name, sized):
    """With the sizes of trees in its header, where any change of length shows, and as without them."""
    pattern, instead = LINES[name]
    sizes = sized or "size" in name or "text in a tree" in name
    text = TEXT if sizes else re.sub(r"\ntree_sizes=.*", "", TEXT)
    assert load_lightgbm(text.encode(), "m").classes_ == ("0", "1")
    damaged, changes = re.subn(pattern, instead, text, count=1)
    assert changes == 1
    with pytest.raises(ModelFailed, match="E616") as caught:
        load_lightgbm(damaged.encode(), "m")
    assert caught.value.where == "m"


@pytest.mark.parametrize("change", [("num_class:3", "num_class:9"), ("num_class=3", "num_class=2")])
def test_a_text_whose_counts_of_classes_differ_is_refused(change):
    with pytest.raises(ModelFailed, match="E616"):
        load_lightgbm(SEVERAL.replace(*change).encode(), "m")
