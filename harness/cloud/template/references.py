"""What resources are called, and what Ref and GetAtt of them give.

Nothing needs to exist yet: a physical name is the explicit one, or `{stack}-{LogicalId}-` and
twelve characters from the harness, and everything else follows from the name.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/resources-reference.html
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.cloud.template.errors import CircularReference, UnresolvedReference, did_you_mean
from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.schema import BUCKET, FUNCTION, HTTP_API, QUEUE, RESOURCE_TYPES, TOPIC
from harness.cloud.template.tree import Map, Place, section
from harness.cloud.template.types_lambda import GENERATED_ROLE

SUFFIX_LENGTH = 12
API_ID_LENGTH = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """Where, and under which names, the stack is deployed.

    Attributes:
        names: twelve characters for a logical id, the same at every call; None: derived from
            stack and id.
    """

    account_id: str
    region: str
    stack_name: str
    names: Callable[[str], str] | None = None

    def suffix(self, logical_id: str) -> str:
        """The twelve characters that make a generated name unique."""
        if self.names:
            return self.names(logical_id)
        digest = hashlib.blake2b(f"{self.stack_name}/{logical_id}".encode(), digest_size=16).digest()
        return "".join("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[byte % 32] for byte in digest[:SUFFIX_LENGTH])

    def generated_name(self, logical_id: str, limit: int) -> str:
        """`{stack}-{LogicalId}-{suffix}`, its middle cut so that it fits."""
        suffix = self.suffix(logical_id)
        return f"{f'{self.stack_name}-{logical_id}'[: limit - len(suffix) - 1]}-{suffix}"


class References:
    """Answers Ref and GetAtt for the resources of one template."""

    def __init__(
        self, resources: Mapping[str, Map], deployment: Deployment, property_text: Callable[[str, str], str]
    ) -> None:
        """Args:
        resources: raw resources by logical id; only those whose condition holds.
        property_text: resolves one property (second) of one resource (first) to a text.
        """
        self._resources = resources
        self._deployment = deployment
        self._property_text = property_text
        self._names: dict[str, str] = {}
        self._naming: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._resources or self._owner_of_role(name) is not None

    @property
    def names(self) -> list[str]:
        """The logical ids, in the order of the file."""
        return list(self._resources)

    @property
    def account_id(self) -> str:
        """The account the stack is deployed in."""
        return self._deployment.account_id

    def generated_name(self, logical_id: str, limit: int) -> str:
        """The name of something SAM makes beside the resources of the file."""
        return self._deployment.generated_name(logical_id, limit)

    def is_child(self, name: str, child: str) -> bool:
        """Whether `name.child` is one of the resources SAM makes beside a resource."""
        return name in self._resources and child in RESOURCE_TYPES[self._resources[name]["Type"]].children

    def owner(self, name: str) -> str:
        """The resource in the template whose Ref or GetAtt this is (`X` for `XRole`, `X.Alias`)."""
        base = name.partition(".")[0]
        return base if base in self._resources else self._owner_of_role(base) or base

    def ref(self, name: str, place: Place) -> str:
        """What `Ref: name` gives. Also `Api.Stage`, `Function.Alias`, `Function.Version`."""
        base, _, child = name.partition(".")
        known = self._type(base, place)
        if not child:
            return self._format(known.ref, base, place)
        if child not in known.children:
            raise UnresolvedReference(
                f"Ref {name} gives nothing: {base} has no {child}.",
                expected=f"one of {', '.join(f'{base}.{each}' for each in known.children) or base}",
                line=place.line, column=place.column,
            )  # fmt: skip
        return self._format(known.children[child], base, place)

    def attribute(self, name: str, attribute: str, place: Place) -> str:
        """What `Fn::GetAtt: [name, attribute]` gives."""
        known = self._type(name, place)
        if attribute not in known.attributes:
            raise UnresolvedReference(
                f"GetAtt {name}.{attribute} gives nothing: the type has no such attribute here.",
                expected=f"one of {', '.join(known.attributes) or 'none'}",
                try_=did_you_mean(attribute, known.attributes), see=known.page, line=place.line, column=place.column,
            )  # fmt: skip
        needed = known.needs.get(attribute)
        if needed and needed not in section(self._resources[name], "Properties"):
            raise UnresolvedReference(
                f"GetAtt {name}.{attribute} gives nothing: {name} has no {needed}.",
                try_=f"add {needed} to {name}", see=known.page, line=place.line, column=place.column,
            )  # fmt: skip
        return self._format(known.attributes[attribute], name, place)

    def name(self, logical_id: str, place: Place) -> str:
        """The physical name of a resource."""
        if logical_id not in self._names:
            if logical_id in self._naming:
                path = " -> ".join([*self._naming[self._naming.index(logical_id) :], logical_id])
                raise CircularReference(
                    f"The names depend on each other: {path}.", line=place.line, column=place.column
                )
            self._naming.append(logical_id)
            self._names[logical_id] = self._new_name(logical_id, self._type(logical_id, place))
            self._naming.pop()
        return self._names[logical_id]

    def _new_name(self, logical_id: str, known: ResourceType) -> str:
        properties = section(self._resources.get(logical_id, Map()), "Properties")
        explicit = ""
        if known.name_property.partition(".")[0] in properties:
            explicit = self._property_text(logical_id, known.name_property)
        if explicit:
            return explicit
        if known is RESOURCE_TYPES[BUCKET]:
            return self._deployment.generated_name(logical_id, known.name_limit).lower()
        kind = "FifoTopic" if known is RESOURCE_TYPES[TOPIC] else "FifoQueue" if known is RESOURCE_TYPES[QUEUE] else ""
        if kind in properties and self._property_text(logical_id, kind).lower() == "true":
            return self._deployment.generated_name(logical_id, known.name_limit - len(".fifo")) + ".fifo"
        return self._deployment.generated_name(logical_id, known.name_limit)

    def _format(self, pattern: str, logical_id: str, place: Place) -> str:
        deployment = self._deployment
        suffix = deployment.suffix(logical_id)
        return pattern.format(
            name=self.name(logical_id, place) if "{name}" in pattern else "",
            api_id=suffix[:API_ID_LENGTH].lower(),
            stage=self._stage(logical_id) if "{stage}" in pattern else "",
            alias=self._alias(logical_id, place) if "{alias}" in pattern else "",
            function=self._function(logical_id) if "{function}" in pattern else "",
            bus_path=self._bus_path(logical_id) if "{bus_path}" in pattern else "",
            below=self._below(logical_id, place) if "{below}" in pattern else "",
            hex=_digest(suffix).hex(), digits=int.from_bytes(_digest(suffix)) % 9_000_000_000 + 1_000_000_000,
            logical_id=logical_id, suffix=suffix,
            account=deployment.account_id, region=deployment.region, stack=deployment.stack_name,
        )  # fmt: skip

    def _stage(self, logical_id: str) -> str:
        if "StageName" in section(self._resources[logical_id], "Properties"):
            return self._property_text(logical_id, "StageName")
        return "$default" if self._resources[logical_id]["Type"] == HTTP_API else "Prod"

    def _below(self, logical_id: str, place: Place) -> str:
        key, after = self._type(logical_id, place).below
        given = key in section(self._resources[logical_id], "Properties")
        return self._property_text(logical_id, key).partition(after)[2] if given else ""

    def _bus_path(self, logical_id: str) -> str:
        """What stands before a rule's name in its ARN: nothing for the default bus."""
        if "EventBusName" not in section(self._resources[logical_id], "Properties"):
            return ""
        bus = self._property_text(logical_id, "EventBusName").rpartition("event-bus/")[2]
        return "" if bus == "default" else f"{bus}/"

    def _function(self, logical_id: str) -> str:
        """Name of the function a version or alias belongs to, of which it has the name or the ARN."""
        given = "FunctionName" in section(self._resources[logical_id], "Properties")
        named = self._property_text(logical_id, "FunctionName") if given else ""
        return named.rpartition("function:")[2].partition(":")[0]

    def _alias(self, logical_id: str, place: Place) -> str:
        if "AutoPublishAlias" not in section(self._resources[logical_id], "Properties"):
            raise UnresolvedReference(
                f"{logical_id} has no alias.", try_=f"add AutoPublishAlias to {logical_id}",
                see=RESOURCE_TYPES[FUNCTION].page, line=place.line, column=place.column,
            )  # fmt: skip
        return self._property_text(logical_id, "AutoPublishAlias")

    def _type(self, name: str, place: Place) -> ResourceType:
        if name in self._resources:
            return RESOURCE_TYPES[self._resources[name]["Type"]]
        if self._owner_of_role(name):
            return GENERATED_ROLE
        raise UnresolvedReference(
            f"Nothing in this template is called {name}.",
            expected=f"a parameter, or a resource: {', '.join(self._resources) or 'there is none'}",
            try_=did_you_mean(name, self._resources), line=place.line, column=place.column,
        )  # fmt: skip

    def _owner_of_role(self, name: str) -> str | None:
        """SAM makes `{LogicalId}Role` for each function that brings no role."""
        owner = self._resources.get(name.removesuffix("Role")) if name.endswith("Role") else None
        if owner is None or owner["Type"] != FUNCTION or "Role" in section(owner, "Properties"):
            return None
        return name.removesuffix("Role")


def _digest(suffix: str) -> bytes:
    """Eight bytes that belong to a resource."""
    return hashlib.blake2b(suffix.encode(), digest_size=8).digest()
