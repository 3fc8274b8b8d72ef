"""Bands of a numeric feature: named exactly, and in the order of the numbers."""

from explainaudit.records.plan import SensitiveFeature
from explainaudit.records.responses import ColumnFacts
from explainaudit.stats.bands import band_names, in_order


def test_names_of_bands():
    assert band_names((18, 30, 60), whole=True) == ["< 18", "18–29", "30–59", "60+"]
    assert band_names((0.5, 1234567), whole=False) == ["< 0.5", "[0.5, 1234567)", "1234567+"]
    assert band_names((20,), whole=True) == ["< 20", "20+"]


def test_bands_come_in_the_order_of_their_numbers_and_other_groups_by_name():
    columns = (ColumnFacts(name="age", type="integer", role="sensitive"),)
    age = SensitiveFeature(column="age", edges=(5, 20, 100))
    assert in_order({"100+", "20–99", "< 5", "5–19"}, age, columns) == ["< 5", "5–19", "20–99", "100+"]
    assert in_order({"b", "a"}, SensitiveFeature(column="sex"), columns) == ["a", "b"]
