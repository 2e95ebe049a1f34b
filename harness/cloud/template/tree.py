"""A template as plain dicts and lists that remember where in the file each thing stands."""

from typing import Any, NamedTuple


class Place(NamedTuple):
    """A position in the template, both numbers counted from 1."""

    line: int
    column: int


NOWHERE = Place(0, 0)


class Map(dict[str, Any]):
    """A YAML mapping.

    Attributes:
        place: where it begins; for a tagged value (`!Ref X`) where the tag stands.
        key_places: where each key stands.
        value_places: where each value stands.
    """

    __slots__ = ("key_places", "place", "value_places")

    def __init__(self, place: Place = NOWHERE) -> None:
        super().__init__()
        self.place = place
        self.key_places: dict[str, Place] = {}
        self.value_places: dict[str, Place] = {}

    def put(self, key: str, value: object, key_place: Place, value_place: Place) -> None:
        """Sets a key together with its places."""
        self[key] = value
        self.key_places[key] = key_place
        self.value_places[key] = value_place

    def key_place(self, key: str) -> Place:
        """Where the key stands, or where the mapping begins if it lacks the key."""
        return self.key_places.get(key, self.place)

    def value_place(self, key: str) -> Place:
        """Where the value stands, or where the mapping begins if it lacks the key."""
        return self.value_places.get(key, self.place)


class Items(list[Any]):
    """A YAML sequence.

    Attributes:
        place: where it begins.
        places: where each item stands.
    """

    __slots__ = ("place", "places")

    def __init__(self, place: Place = NOWHERE) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []

    def add(self, value: object, place: Place) -> None:
        """Appends an item together with its place."""
        self.append(value)
        self.places.append(place)


def section(parent: Map, key: str) -> Map:
    """The mapping under a key; an empty one, placed at the parent, if there is none."""
    value = parent.get(key)
    return value if isinstance(value, Map) else Map(parent.value_place(key))


def plain(value: Any) -> Any:
    """The value as ordinary dicts and lists, for libraries that want no more."""
    if isinstance(value, Map):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, Items) else value
