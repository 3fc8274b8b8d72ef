"""A page as a tree, and its visible text in blocks, with what is masked replaced by a mark."""

from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr", "link", "input"}
INLINE = {"a", "b", "bdi", "code", "data", "span"}
MASK = "\ufffc"


class Node:
    """An element: its tag, attributes, children (elements and text) and parent."""

    def __init__(self, tag, attrs=(), parent=None):
        self.tag, self.attrs, self.parent = tag, {name: value or "" for name, value in attrs}, parent
        self.children = []

    def __getitem__(self, name):
        return self.attrs.get(name, "")

    @property
    def classes(self):
        return self["class"].split()

    def walk(self):
        """Yield this element and all below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, *tags, cls=None):
        """Return the elements below of these tags (any, if none is given) and of this class."""
        return [
            node for node in self.walk()
            if node is not self and (not tags or node.tag in tags) and (cls is None or cls in node.classes)
        ]  # fmt: skip

    def one(self, name):
        """Return the element with this id."""
        (found,) = [node for node in self.walk() if node["id"] == name]
        return found

    def above(self):
        """Yield the elements around this one, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def blocks(self, masked=lambda node: False):
        """Return the text of each block, spaces made one; a masked element leaves `MASK` behind."""
        runs = [""]
        self._flow(runs, masked)
        return [text for run in runs if (text := " ".join(run.split()))]

    def _flow(self, runs, masked):
        block = self.tag not in INLINE
        if block:
            runs.append("")
        if masked(self):
            runs[-1] += MASK
        else:
            for child in self.children:
                if isinstance(child, Node):
                    child._flow(runs, masked)
                else:
                    runs[-1] += child
        if block:
            runs.append("")

    @property
    def text(self):
        return " ".join(self.blocks())


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("#page")
        self.errors = []

    def handle_starttag(self, tag, attrs):
        if len({name for name, _ in attrs}) != len(attrs):
            self.errors.append(("attribute twice", tag, attrs))
        node = Node(tag, attrs, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_endtag(self, tag):
        if self.at.tag != tag:
            self.errors.append(("closed", tag, "in", self.at.tag))
        elif self.at.parent is not None:
            self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


def read(html):
    """Return the tree of a page; raises ``ValueError`` where elements are not closed in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.errors or reader.at is not reader.root:
        raise ValueError(reader.errors[:3] or f"{reader.at.tag} is not closed")
    return reader.root
