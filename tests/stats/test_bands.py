"""Bands of a numeric feature: named exactly, and in the order of the numbers."""

from explainaudit.records.plan import SensitiveFeature
from explainaudit.records.responses import ColumnFacts
from explainaudit.stats.bands import band_names, in_order


def test_names_of_bands():
    assert band_names((18, 30, 60), whole=True) == ["< 18", "18–29", "30–59", "60+"]
    assert band_names((0.5, 1234567), whole=False) == ["< 0.5", "[0.5, 1234567)", "1234567+"]
    assert band_names((20,), whole=True) == ["< 20", "20+"]
    assert band_names((1, 2, 4), whole=True) == ["< 1", "1", "2–3", "4+"]
    assert band_names((1, 2), whole=False) == ["< 1", "[1, 2)", "2+"]


def test_bands_come_in_the_order_of_their_numbers_and_other_groups_by_name():
    columns = (ColumnFacts(name="age", type="integer", role="sensitive"),)
    age = SensitiveFeature(column="age", edges=(5, 20, 100))
    assert in_order({"100+", "20–99", "< 5", "5–19"}, age, columns) == ["< 5", "5–19", "20–99", "100+"]
    assert in_order({"b", "a"}, SensitiveFeature(column="sex"), columns) == ["a", "b"]


def test_groups_named_by_numbers_come_by_value_and_texts_after_them():
    plain = SensitiveFeature(column="age")
    assert in_order({"13", "2", "22", "-1", "2.5"}, plain, ()) == ["-1", "2", "2.5", "13", "22"]
    assert in_order({"b", "10", "a", "9", "nan", "1e+16"}, plain, ()) == ["9", "10", "1e+16", "a", "b", "nan"]
