"""Resolves intrinsic functions: what is left are texts, numbers, booleans, lists and maps.

On the way it notes which resource needs which, so that a circle can be refused as
CloudFormation refuses it.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.cloud.template.conditions import Conditions
from harness.cloud.template.errors import (
    MalformedFunction,
    TemplateError,
    TemplateTooLarge,
    UnresolvedReference,
    UnsupportedFunction,
    did_you_mean,
)
from harness.cloud.template.references import References
from harness.cloud.template.shapes import as_text, described
from harness.cloud.template.tree import Items, Map, Place

PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html"

TEXT_LIMIT = 65_536
EXPANSION_LIMIT = 1_000_000

NO_VALUE = object()
"""What `!Ref AWS::NoValue` gives: the property or item it stands for is left out."""

_PLACEHOLDER = re.compile(r"\$\{(!?)([^{}]*)\}")


class Resolver:
    """Resolves values against one template's parameters, mappings, conditions and resources."""

    def __init__(self, values: Mapping[str, Any], mappings: Map, conditions: Map) -> None:
        """Args:
        values: parameters and pseudo parameters.
        mappings: the template's Mappings.
        conditions: the template's Conditions.
        """
        self._values = values
        self._mappings = mappings
        self.conditions = Conditions(conditions, self.resolve)
        self.references: References | None = None
        self.owner = ""
        self.needs: dict[str, dict[str, Place]] = {}
        self._expanded = 0
        self._functions: dict[str, Callable[[Any, Place], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_attribute,
            "Fn::Sub": self._substitute,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Base64": self._base64,
        }

    def resolve(self, value: Any) -> Any:
        """The value without intrinsic functions; NO_VALUE if nothing of it is left."""
        if isinstance(value, Map):
            name = function_name(value)
            return self._call(name, value) if name else self._map(value)
        return self._items(value) if isinstance(value, Items) else value

    def text(self, value: Any, place: Place, what: str) -> str:
        """The value as a text.

        Args:
            what: what it is for, for the message.
        """
        resolved = self.resolve(value)
        if resolved is NO_VALUE or isinstance(resolved, Map | Items):
            shown = "nothing" if resolved is NO_VALUE else described(resolved)
            raise _malformed(f"{what} is {shown}.", "a text", place)
        return as_text(resolved)

    def _map(self, value: Map) -> Map:
        resolved = Map(value.place)
        for key, item in value.items():
            result = self.resolve(item)
            if result is not NO_VALUE:
                resolved.put(key, result, value.key_place(key), value.value_place(key))
        return resolved

    def _items(self, value: Items) -> Items:
        resolved = Items(value.place)
        for item, place in zip(value, value.places, strict=True):
            result = self.resolve(item)
            if result is not NO_VALUE:
                resolved.add(result, place)
        return resolved

    def _call(self, name: str, value: Map) -> Any:
        place = value.place
        if name not in self._functions:
            raise UnsupportedFunction(
                f"{name} is not supported by this simulator.", expected=f"one of {', '.join(self._functions)}",
                try_=did_you_mean(name, self._functions), see=PAGE, line=place.line, column=place.column,
            )  # fmt: skip
        result = self._functions[name](value[name], place)
        if isinstance(result, str):
            self._count(result, name, place)
        return result

    def _count(self, text: str, name: str, place: Place) -> None:
        self._expanded += len(text)
        if len(text) > TEXT_LIMIT or self._expanded > EXPANSION_LIMIT:
            raise TemplateTooLarge(
                f"{name} makes a text of {len(text)} characters.",
                expected=f"at most {TEXT_LIMIT} characters, and {EXPANSION_LIMIT} in the whole template",
                line=place.line, column=place.column,
            )  # fmt: skip

    def _ref(self, argument: Any, place: Place) -> Any:
        if not isinstance(argument, str):
            raise _malformed(f"Ref of {described(argument)}.", "the name of a parameter or resource", place)
        if argument == "AWS::NoValue":
            return NO_VALUE
        if argument in self._values:
            return self._values[argument]
        references = self._resources(argument, place)
        if argument.partition(".")[0] not in references:
            raise _unresolved(argument, [*self._values, *references.names], place)
        self._note(references, argument, place)
        return references.ref(argument, place)

    def _get_attribute(self, argument: Any, place: Place) -> str:
        parts = argument.split(".", 1) if isinstance(argument, str) else self._items_of(argument, "Fn::GetAtt", place)
        texts = [self.text(part, place, "Fn::GetAtt") for part in parts]
        if len(texts) < 2:
            raise _malformed(f"Fn::GetAtt of {described(argument)}.", "LogicalId.Attribute", place)
        name, attribute = texts[0], ".".join(texts[1:])
        references = self._resources(name, place)
        if name not in references:
            raise _unresolved(name, references.names, place)
        self._note(references, name, place)
        return references.attribute(name, attribute, place)

    def _resources(self, name: str, place: Place) -> References:
        if self.references is None:
            raise _unresolved(name, self._values, place, "Conditions may use parameters only. ")
        return self.references

    def _note(self, references: References, name: str, place: Place) -> None:
        needed = references.owner(name)
        own_role = needed == self.owner and name.partition(".")[0] != needed
        if self.owner and not own_role:
            self.needs.setdefault(self.owner, {}).setdefault(needed, place)

    def _substitute(self, argument: Any, place: Place) -> str:
        own: dict[str, str] = {}
        template = argument
        if isinstance(argument, Items) and len(argument) == 2 and isinstance(argument[1], Map):
            template = argument[0]
            own = {name: self.text(item, place, f"{name} in Fn::Sub") for name, item in argument[1].items()}
        if not isinstance(template, str):
            raise _malformed(f"Fn::Sub of {described(argument)}.", "a text, or [text, mapping]", place)
        return _PLACEHOLDER.sub(lambda match: self._placeholder(match, own, place), template)

    def _placeholder(self, match: re.Match[str], own: Mapping[str, str], place: Place) -> str:
        literal, name = match.group(1), match.group(2).strip()
        if literal:
            return f"${{{name}}}"
        if name in own:
            return own[name]
        base, _, attribute = name.partition(".")
        if attribute and base not in self._values and not self._is_child(base, attribute):
            return self._get_attribute(name, place)
        result = self._ref(name, place)
        if not isinstance(result, str):
            raise _malformed(f"${{{name}}} in Fn::Sub is not a text.", "something with a text as its value", place)
        return result

    def _is_child(self, name: str, child: str) -> bool:
        return self.references is not None and self.references.is_child(name, child)

    def _join(self, argument: Any, place: Place) -> str:
        delimiter, parts = self._two(argument, "Fn::Join", "[delimiter, [text, ...]]", place)
        parts = self._items_of(self.resolve(parts), "Fn::Join", place)
        return self.text(delimiter, place, "The delimiter of Fn::Join").join(
            self.text(part, place, "A part of Fn::Join") for part in parts
        )

    def _select(self, argument: Any, place: Place) -> Any:
        index, choices = self._two(argument, "Fn::Select", "[index, [value, ...]]", place)
        choices = self._items_of(self.resolve(choices), "Fn::Select", place)
        position = self.text(index, place, "The index of Fn::Select")
        if not position.isascii() or not position.isdigit() or int(position[:9]) >= len(choices):
            raise _malformed(f"Fn::Select takes item {position} of {len(choices)}.", "an index, from 0", place)
        return choices[int(position)]

    def _split(self, argument: Any, place: Place) -> Items:
        delimiter, source = self._two(argument, "Fn::Split", "[delimiter, text]", place)
        separator = self.text(delimiter, place, "The delimiter of Fn::Split")
        if not separator:
            raise _malformed("The delimiter of Fn::Split is empty.", "at least one character", place)
        items = Items(place)
        for part in self.text(source, place, "The text of Fn::Split").split(separator):
            items.add(part, place)
        return items

    def _if(self, argument: Any, place: Place) -> Any:
        if not isinstance(argument, Items) or len(argument) != 3 or not isinstance(argument[0], str):
            raise _malformed(f"Fn::If of {described(argument)}.", "[condition, value if true, value if false]", place)
        return self.resolve(argument[1] if self.conditions.holds(argument[0], place) else argument[2])

    def _find_in_map(self, argument: Any, place: Place) -> Any:
        keys = self._items_of(argument, "Fn::FindInMap", place)
        if len(keys) != 3:
            raise _malformed(f"Fn::FindInMap of {len(keys)} values.", "[mapping, first key, second key]", place)
        found: Any = self._mappings
        for key in keys:
            text = self.text(key, place, "A key of Fn::FindInMap")
            if not isinstance(found, Map) or text not in found:
                raise _unresolved(text, found if isinstance(found, Map) else (), place, "Mappings have no such key. ")
            found = found[text]
        return found

    def _base64(self, argument: Any, place: Place) -> str:
        return base64.b64encode(self.text(argument, place, "Fn::Base64").encode()).decode()

    def _two(self, argument: Any, name: str, form: str, place: Place) -> tuple[Any, Any]:
        if not isinstance(argument, Items) or len(argument) != 2:
            raise _malformed(f"{name} of {described(argument)}.", form, place)
        return argument[0], argument[1]

    def _items_of(self, value: Any, name: str, place: Place) -> Items:
        if not isinstance(value, Items):
            raise _malformed(f"{name} of {described(value)}.", "a list", place)
        return value


def function_name(value: Map) -> str:
    """The intrinsic function this mapping is a call of; "" if it is an ordinary mapping."""
    functions = [key for key in value if key == "Ref" or key.startswith("Fn::")]
    if functions and len(value) > 1:
        others = ", ".join(key for key in value if key != functions[0])
        raise _malformed(f"{functions[0]} stands beside {others}.", "the function alone in its mapping", value.place)
    return functions[0] if functions else ""


def _malformed(happened: str, expected: str, place: Place) -> TemplateError:
    return MalformedFunction(happened, expected=expected, see=PAGE, line=place.line, column=place.column)


def _unresolved(name: str, known: Any, place: Place, why: str = "") -> TemplateError:
    return UnresolvedReference(
        f"{why}Nothing in this template is called {name}.",
        expected=f"one of {', '.join(each for each in known if not each.startswith('AWS::')) or 'none'}",
        try_=did_you_mean(name, known), line=place.line, column=place.column,
    )  # fmt: skip
