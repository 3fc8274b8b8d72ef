"""The only room with English in it, and the only one that rounds.

``en/*.toml`` is the catalogue: a key and the text that stands for it, with ``{names}`` where a
parameter goes. `Writer` turns messages and measures into text or HTML.
"""
