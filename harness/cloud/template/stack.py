"""The resources of one template after checking: what the builders of specs work on."""

from dataclasses import dataclass, field
from pathlib import Path

from harness.cloud.template.errors import PropertiesContradict, SourceOutside
from harness.cloud.template.references import References
from harness.cloud.template.schema import FUNCTION, RESOURCE_TYPES
from harness.cloud.template.shapes import Spot
from harness.cloud.template.tree import Map, Place


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a function, its properties checked."""

    name: str
    kind: str
    properties: Map
    spot: Spot


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource, its properties resolved and checked.

    Attributes:
        events: of a function.
    """

    logical_id: str
    type: str
    properties: Map
    place: Place
    events: tuple[Event, ...] = ()

    def spot(self, key: str = "") -> Spot:
        """Where to point when this resource, or one of its properties, is wrong."""
        place = self.properties.value_place(key) if key in self.properties else self.place
        return Spot(self.logical_id, key, place, RESOURCE_TYPES[self.type].page)


@dataclass(kw_only=True)
class Stack:
    """All resources, with the way back from an ARN to the resource."""

    folder: Path
    region: str
    references: References
    resources: dict[str, Resource] = field(default_factory=dict)
    needs: dict[str, dict[str, Place]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    _by_value: dict[str, list[str]] = field(default_factory=dict)

    def of(self, *types: str) -> list[Resource]:
        """The resources of these types, in the order of the file."""
        return [resource for resource in self.resources.values() if resource.type in types]

    def name(self, logical_id: str) -> str:
        """Physical name."""
        return self.references.name(logical_id, self.resources[logical_id].place)

    def ref(self, logical_id: str) -> str:
        """What Ref of the resource gives."""
        return self.references.ref(logical_id, self.resources[logical_id].place)

    def attribute(self, logical_id: str, attribute: str) -> str:
        """What GetAtt of the resource gives."""
        return self.references.attribute(logical_id, attribute, self.resources[logical_id].place)

    def register(self, resource: Resource) -> None:
        """Adds a resource, and remembers the values by which others may name it."""
        self.resources[resource.logical_id] = resource
        known = RESOURCE_TYPES[resource.type]
        values = [self.ref(resource.logical_id), self.name(resource.logical_id)]
        for attribute in known.attributes:
            if attribute.endswith("Arn") and known.needs.get(attribute, "") in ("", *resource.properties):
                values.append(self.attribute(resource.logical_id, attribute))
        if resource.type == FUNCTION and "AutoPublishAlias" in resource.properties:
            values += [self.references.ref(f"{resource.logical_id}.{each}", resource.place) for each in known.children]
        for value in values:
            self._by_value.setdefault(value, []).append(resource.logical_id)

    def named(self, value: str, types: tuple[str, ...], spot: Spot, try_: str = "") -> Resource:
        """The resource whose ARN, name or reference this is.

        Args:
            types: what it may be.
            spot: the property that names it.
            try_: what to write instead, for the message.

        Raises:
            SourceOutside: it is not in the template, or of another type.
        """
        candidates = [self.resources[each] for each in self._by_value.get(value, ())]
        resource = next((each for each in candidates if each.type in types), candidates[0] if candidates else None)
        if resource is None or resource.type not in types:
            what = f"{resource.logical_id}, of type {resource.type}" if resource else "nothing in this template"
            raise spot.error(
                SourceOutside,
                f"{spot.path} of {spot.resource} is {value}: {what}.",
                expected=f"{' or '.join(types)} of this template",
                try_=try_,
            )
        return resource

    def arn(self, value: str, types: tuple[str, ...], spot: Spot) -> str:
        """The value again, if it is the ARN of such a resource.

        Raises:
            SourceOutside: it is not.
        """
        candidates = [each.logical_id for each in self.of(*types)]
        resource = self.named(value, types, spot, f"write !GetAtt {candidates[0]}.Arn" if candidates else "")
        if not value.startswith("arn:"):
            raise spot.error(
                SourceOutside,
                f"{spot.path} of {spot.resource} is {value}.",
                expected=f"the ARN of {resource.logical_id}",
                try_=f"write !GetAtt {resource.logical_id}.Arn",
            )
        return value

    def target(self, value: str, types: tuple[str, ...], spot: Spot) -> str:
        """As `arn`, for whatever Lambda or EventBridge sends to by itself: never a FIFO queue.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

        Raises:
            SourceOutside: it is not the ARN of such a resource.
            PropertiesContradict: it is that of a FIFO queue.
        """
        arn = self.arn(value, types, spot)
        resource = self.named(arn, types, spot)
        if resource.properties.get("FifoQueue", False):
            raise spot.error(
                PropertiesContradict,
                f"{spot.path} of {spot.resource} is {resource.logical_id}, a FIFO queue.",
                expected="a standard queue: AWS sends failed events to no other",
            )
        return arn
