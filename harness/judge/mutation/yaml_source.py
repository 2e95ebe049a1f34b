"""A template with the places of its entries, so that a mistake is an edit of a line or two."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from harness.judge.mutation.mutant import Edit


@dataclass(frozen=True)
class Entry:
    """A key of a mapping with its value.

    Attributes:
        path: keys and positions from the top to this one.
        mapping: the one it stands in.
    """

    path: tuple[str, ...]
    key: yaml.Node
    value: yaml.Node
    mapping: yaml.MappingNode

    @property
    def name(self) -> str:
        """The key."""
        return self.path[-1]

    @property
    def line(self) -> int:
        """Where it stands, counted from 1."""
        return int(self.key.start_mark.line) + 1


class Template:
    """A template.

    Attributes:
        entries: all of them in the order of the file.
    """

    def __init__(self, content: bytes) -> None:
        self.text = content.decode()
        self._root = yaml.compose(self.text, Loader=yaml.SafeLoader)
        self.entries = list(_entries(self._root, ())) if self._root else []

    def find(self, *path: str) -> Entry | None:
        """The entry at this path."""
        return next((entry for entry in self.entries if entry.path == path), None)

    def below(self, entry: Entry) -> Iterator[Entry]:
        """Every entry within this one."""
        return (one for one in self.entries if one.path[: len(entry.path)] == entry.path and one is not entry)

    def written(self, entry: Entry) -> str:
        """The entry as it stands there."""
        return self.text[entry.key.start_mark.index : self._end(entry)]

    def replaced(self, entry: Entry, value: str) -> Edit:
        """An edit that gives the entry another value."""
        return self._edit(entry.value.start_mark.index, entry.value.end_mark.index, value)

    def removed(self, entry: Entry) -> Edit:
        """An edit that takes the entry out, and the entry around it if nothing is left in that."""
        around = self.find(*entry.path[:-1]) if len(entry.mapping.value) == 1 else None
        if around:
            return self.removed(around)
        if entry.mapping.flow_style:
            keys = [key for key, _ in entry.mapping.value]
            position = keys.index(entry.key)
            if position + 1 < len(keys):
                return self._edit(entry.key.start_mark.index, keys[position + 1].start_mark.index, "")
            start = entry.mapping.value[position - 1][1].end_mark.index if position else entry.key.start_mark.index
            return self._edit(start, self._end(entry), "")
        start = self.text.rfind("\n", 0, entry.key.start_mark.index) + 1
        indentation = self.text[start : entry.key.start_mark.index]
        end = self.text.find("\n", self._end(entry)) + 1 or len(self.text)
        if indentation.strip():  # the first key of an element of a list: the next one takes its place
            position = [key for key, _ in entry.mapping.value].index(entry.key)
            return self._edit(entry.key.start_mark.index, entry.mapping.value[position + 1][0].start_mark.index, "")
        return self._edit(start, end, "")

    def _end(self, entry: Entry) -> int:
        """Where the text of the entry ends; a block's own end mark is past the comments that follow."""
        last: yaml.Node = entry.value
        while isinstance(last, yaml.MappingNode | yaml.SequenceNode) and last.value and not last.flow_style:
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
        text = self.text[: last.end_mark.index]
        return len(text.rstrip()) if isinstance(last, yaml.ScalarNode) else len(text)

    def _edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(len(self.text[:start].encode()), len(self.text[:end].encode()), text)


def _entries(node: yaml.Node, path: tuple[str, ...]) -> Iterator[Entry]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield Entry(here, key, value, node)
            yield from _entries(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _entries(value, (*path, str(position)))


def meaning(content: bytes) -> str:
    """The same for two templates that mean the same; "" for one that is not YAML."""
    try:
        root = yaml.compose(content.decode(), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        return ""
    return _meaning(root) if root else ""


def _meaning(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "{" + ",".join(f"{_meaning(key)}:{_meaning(value)}" for key, value in node.value) + "}"
    if isinstance(node, yaml.SequenceNode):
        return "[" + ",".join(map(_meaning, node.value)) + "]"
    return f"{node.tag} {node.value!r}"
