"""What a shareable edition may not show: small counts, and whatever they could be counted back from.

A count crosses traits: the columns that its groups are made of, the decision, the outcome, and others
(`explainaudit.edition.traits`). Where a count that crosses a set S of them is small, every figure is hidden
that crosses all of S, alone or with more, whatever its analysis and its group.

What is left does not determine the count. All figures left are sums over persons, and each leaves out some
trait of S. Of every trait of S take two values, one of them that of the small count, and all else alike: put
one person more where an even number of traits has the second value, and one less where an odd number has. The
small count has changed. No sum has that leaves out a trait of S, be it the size of a group, a total over all
groups, or a count of another feature: the persons more and less, alike but for that trait, cancel out.

A person less cannot be had where there is nobody, and an empty count that is shown says so. Three rules are
wider for that reason. Where an outcome by decision is small within a group, all goes that is known of the
outcomes of the feature: an error that nobody makes would otherwise leave one count less to guess. Of several
classes such an empty count is taken for a small one. And where decisions are few within groups of several
features taken together, the sizes of these go as well.

Small counts that no figure is about have to be found first (`explainaudit.edition.cells`). Most are of those
of whom a column is missing: a group more of that column, which tables of several columns leave out. How many
they are in groups of other columns follows from the tables of those columns with none, any and all of the
missing ones, and from no fewer: no such table is a sum of the others. Where all these are shown, the numbers
are computed; a table that leaves a column out is one of them where that column is missing for nobody. Where
one is not shown, a table of three columns, two of them missing for some, is withheld. So is one by strata,
unless a feature that is missing for nobody tells how many persons a stratum has, or the table is the only one
by these strata, so that there is nothing to subtract it from.
An empty group may tell what a table would, as where all who lack one column lack another. So of any two
columns that are missing for some it is computed, by the groups of every third, how many must lack both; if
that makes a small count, the two columns are shown together nowhere.
"""

from explainaudit.edition.cells import left_over
from explainaudit.edition.references import table_refs
from explainaudit.edition.traits import Crossing, widened
from explainaudit.records.bundle import Bundle
from explainaudit.records.measure import Measure
from explainaudit.records.table import Table


def hidden_ids(bundle: Bundle, min_cell: int) -> set[str]:
    """Return the ids that may not be shown: small cells, cases, what tells them, and what shares a table."""
    crossing = Crossing(bundle.provenance.plan)
    figures = [(each, crossing.of(each)) for each in bundle.measures().values()]
    few = {traits for each, traits in figures if traits and (is_small(each, min_cell) or _is_empty(each))}
    small = {widened(traits) for traits in few | left_over(bundle, crossing, min_cell)}
    hidden = {
        each.id
        for each, traits in figures
        if is_small(each, min_cell) or (traits is not None and any(one <= traits for one in small))
    }
    tables = [table for found in bundle.evidence for table in found.tables]
    # Figures by group go by what they cross. Of any other the whole table might tell what one cell does not.
    alone = {each.id for each, traits in figures if traits is not None}
    while True:
        refs = {name for table in tables if withheld(table, hidden) for name in table_refs(table)}
        if (more := refs - alone) <= hidden:
            return hidden
        hidden |= more


def is_small(measure: Measure, min_cell: int) -> bool:
    """Return whether a figure rests on few persons, or is about a single one."""
    if measure.kind == "fact":
        return False
    return (
        "case" in measure.dimensions or measure.smallest_cell is None or 0 < measure.smallest_cell < min_cell
    )


def beside_weights(measure: Measure) -> bool:
    """Return whether a figure counts the records decided one way, or of one outcome, in a group.

    Beside a weighted share such a count tells how many of them have which weight, where weights take a few
    values; and as weights are often made by outcome, it tells how many there are of each.
    """
    return measure.metric in {"selected", "ll144_selected", "group_events", "events"}


def _is_empty(measure: Measure) -> bool:
    """Return whether a rate says that some class is never, or always, mistaken within a group."""
    of_class = measure.metric in {"recall", "class_fpr"} and "sensitive" in measure.dimensions
    return of_class and measure.smallest_cell in {0, measure.n}


def withheld(table: Table, hidden: set[str]) -> bool:
    """Return whether a table would show what is hidden, or whom it is about."""
    marks = {column.mark for column in table.columns}
    return None in marks or "identifies" in marks or not hidden.isdisjoint(table_refs(table))
