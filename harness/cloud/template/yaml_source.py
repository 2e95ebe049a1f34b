"""Reads YAML as CloudFormation does, and never more than that.

The tree is built straight from the parser's events, so that every limit holds while the
file is being read: nothing is composed or constructed first (PyYAML's C composer crashes the
process on 30,000 nested brackets, its constructors expand merge keys exponentially). Values
that YAML 1.1 readers disagree about are refused instead of guessed.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import re
from typing import Any

import yaml

from harness.cloud.template.errors import (
    AmbiguousValue,
    DuplicateKey,
    EmptyValue,
    TemplateError,
    TemplateNotYaml,
    TemplateTooLarge,
    UnknownTag,
    UnsupportedYaml,
    did_you_mean,
)
from harness.cloud.template.shapes import words
from harness.cloud.template.tree import NOWHERE, Items, Map, Place

BYTES_LIMIT = 200_000
DEPTH_LIMIT = 50
NODE_LIMIT = 50_000
ALIAS_LIMIT = 100
NUMBER_LIMIT = 64
"""Characters: a longer plain value is a text, whatever it looks like."""

_TOO_DEEP = f"The template is nested more than {DEPTH_LIMIT} levels deep."

PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html"

TAGS = {
    tag: tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    for tag in words(
        "Ref Condition And Base64 Cidr Equals FindInMap GetAtt GetAZs If ImportValue Join Length Not Or Select Split "
        "Sub ToJsonString Transform"
    )
}
"""Short form of each intrinsic function, without its exclamation mark, and the long form."""

_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq")}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?")
_AMBIGUOUS = re.compile(
    r"(?P<boolean>yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)"
    r"|(?P<octal>[-+]?0o?[0-7_]*[0-7][0-7_]*)"
    r"|(?P<hexadecimal>[-+]?0x[0-9a-fA-F_]+)|(?P<binary>[-+]?0b[01_]+)"
    r"|(?P<grouped>[-+]?[1-9][0-9]*_[0-9_]*)"
    r"|(?P<sexagesimal>[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?)"
)
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = {"", "~", "null", "Null", "NULL"}
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(data: bytes, file: str) -> Map:
    """Reads a template.

    Args:
        data: the file's content.
        file: its name, for messages.

    Returns:
        The tree: `Map`, `Items`, str, int, float and bool. Short forms of intrinsic functions
        come out as their long forms.

    Raises:
        TemplateError: one of its subclasses, with line and column.
    """
    try:
        text = _text(data)
        try:
            return _Reader(text).document()
        except yaml.YAMLError as error:
            raise _not_yaml(error, text) from None
    except TemplateError as error:
        raise error.at(file) from None


def _text(data: bytes) -> str:
    if len(data) > BYTES_LIMIT:
        raise TemplateTooLarge(
            f"The template has {len(data)} bytes.", expected=f"at most {BYTES_LIMIT} bytes", try_="move code into src/"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TemplateNotYaml(
            f"Byte {data[error.start]:#04x} is not UTF-8.", expected="a text in UTF-8", line=line
        ) from None
    if strange := _FORBIDDEN.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        raise TemplateNotYaml(f"Character {strange.group()!r} is not allowed in YAML.", line=line)
    return text


def _not_yaml(error: yaml.YAMLError, text: str) -> TemplateError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    place = _place(mark) if mark else NOWHERE
    if "nesting depth" in problem:
        return TemplateTooLarge(_TOO_DEEP, line=place.line, column=place.column)
    hint = "check the indentation and the quotes on this line and the one before"
    if any("\t" in line for line in text.splitlines()[place.line - 1 : place.line]):
        hint = "indent with spaces: this line holds a tab"
    return TemplateNotYaml(f"This is not YAML: {problem}.", try_=hint, line=place.line, column=place.column)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


class _Reader:
    """Builds the tree from one parser's events, counting as it goes."""

    def __init__(self, text: str) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events = yaml.parse(text, Loader=loader)
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._aliases = 0
        self._nodes = 0

    def document(self) -> Map:
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            raise TemplateNotYaml("The template is empty.", expected="a mapping with Resources")
        first = next(self._events)
        tree = self._value(first, depth=1)
        next(self._events)  # the document's end
        if not isinstance(next(self._events), yaml.StreamEndEvent):
            raise TemplateNotYaml("The file holds more than one YAML document.", expected="one, without further `---`")
        if not isinstance(tree, Map):
            kind = "a list" if isinstance(tree, Items) else f"the text {tree}"
            raise TemplateNotYaml("The template is not a mapping.", expected="a mapping with Resources", got=kind)
        return tree

    def _value(self, event: Any, depth: int) -> Any:
        self._count(event, 1)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > DEPTH_LIMIT:
            raise _at(event, TemplateTooLarge, _TOO_DEEP)
        before = self._nodes
        if event.anchor:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            value: Any = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._items(event, depth)
        else:
            value = self._map(event, depth)
        value = self._tagged(event, value)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._nodes - before)
        return value

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > NODE_LIMIT:
            raise _at(event, TemplateTooLarge, f"The template has more than {NODE_LIMIT} values, aliases expanded.")

    def _alias(self, event: Any) -> Any:
        self._aliases += 1
        if self._aliases > ALIAS_LIMIT:
            raise _at(event, TemplateTooLarge, f"The template uses more than {ALIAS_LIMIT} aliases.")
        if event.anchor not in self._anchors:
            raise _at(event, TemplateNotYaml, f"The alias *{event.anchor} has no anchor before it.")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            raise _at(event, UnsupportedYaml, f"The alias *{event.anchor} lies inside what it stands for.")
        value, nodes = anchored
        self._count(event, nodes)
        return value

    def _items(self, start: Any, depth: int) -> Items:
        items = Items(_place(start.start_mark))
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.add(self._value(event, depth + 1), _place(event.start_mark))
        return items

    def _map(self, start: Any, depth: int) -> Map:
        tree = Map(_place(start.start_mark))
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, tree)
            value_event = next(self._events)
            value = self._value(value_event, depth + 1)
            tree.put(key, value, _place(event.start_mark), _place(value_event.start_mark))
        return tree

    def _key(self, event: Any, tree: Map) -> str:
        self._count(event, 1)
        if not isinstance(event, yaml.ScalarEvent):
            raise _at(event, UnsupportedYaml, "A key must be a text, not a list, mapping or alias.")
        key: str = event.value
        if event.implicit[0]:
            if key == "<<":
                raise _at(
                    event, UnsupportedYaml, "Merge keys (`<<`) are not part of CloudFormation's YAML.",
                    try_="use Globals, or write the keys out", see=PAGE,
                )  # fmt: skip
            _refuse_ambiguous(event)
        if key in tree:
            raise _at(
                event, DuplicateKey, f"The key {key} stands twice in one mapping, on lines "
                f"{tree.key_place(key).line} and {_place(event.start_mark).line}.",
                expected="each key once: the first would be lost silently",
            )  # fmt: skip
        return key

    def _scalar(self, event: Any) -> str | int | float | bool:
        text: str = event.value
        if not event.implicit[0] or len(text) > NUMBER_LIMIT:
            return text
        if text in _NULLS:
            raise _at(
                event, EmptyValue, "This key has no value, and CloudFormation refuses null.",
                try_="give it a value, or remove the key",
            )  # fmt: skip
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        _refuse_ambiguous(event)
        return text

    def _tagged(self, event: Any, value: Any) -> Any:
        tag: str | None = event.tag
        if not tag or tag == "!" or tag in _PLAIN_TAGS:
            return value
        if tag.startswith("!") and tag[1:] in TAGS:
            place = _place(event.start_mark)
            function = Map(place)
            function.put(TAGS[tag[1:]], value, place, place)
            return function
        name = tag.replace("tag:yaml.org,2002:", "!!")
        raise _at(
            event, UnknownTag, f"{name} is not a tag of CloudFormation's YAML.",
            expected=" ".join(f"!{known}" for known in TAGS), try_=did_you_mean(name.lstrip("!"), TAGS), see=PAGE,
        )  # fmt: skip


def _refuse_ambiguous(event: Any) -> None:
    text: str = event.value
    match = _AMBIGUOUS.fullmatch(text) if len(text) <= NUMBER_LIMIT else None
    if not match:
        return
    if match.lastgroup == "boolean":
        word = "true" if text.lower() in ("yes", "on") else "false"
        problem, way_out = f"Some YAML readers take {text} for a boolean, others for a text.", f"write {word}"
    else:
        problem = f"Some YAML readers take {text} for a {match.lastgroup} number, others do not."
        way_out = "write a plain decimal number"
    raise _at(event, AmbiguousValue, problem, try_=f'{way_out}, or "{text}" in quotes if a text is meant')


def _at(event: Any, kind: type[TemplateError], happened: str, **fields: str) -> TemplateError:
    place = _place(event.start_mark)
    return kind(happened, line=place.line, column=place.column, **fields)
