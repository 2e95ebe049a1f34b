"""What the reader knows of one CloudFormation resource type, in the form of one table entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.cloud.template.shapes import Anything, Record


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One entry of the table of supported types.

    `ref` and `attributes` are format strings over name, api_id, logical_id, stage, account,
    region, stack and what belongs to the resource: suffix (twelve characters), hex (sixteen
    hexadecimal digits), digits (ten), below (see there).

    Attributes:
        properties: the shape of each property.
        page: where AWS documents the type.
        name_property: the property with an explicit physical name, dotted where it is inside another; "" if
            there is none.
        name_limit: characters a generated name may have.
        ref: what Ref gives.
        attributes: what GetAtt gives, by attribute.
        needs: property without which an attribute does not exist.
        children: what Ref of `LogicalId.Child` gives (SAM only).
        below: property with the ARN of the resource it belongs to, and the text in that ARN
            after which `below` begins.
    """

    properties: Record
    page: str
    name_property: str = ""
    name_limit: int = 255
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)
    below: tuple[str, str] = ("", "")


def accepted(page: str, **more: object) -> ResourceType:
    """A type that is accepted with whatever properties it has: it changes nothing here."""
    return ResourceType(properties=AnyRecord({}), page=page, **more)  # type: ignore[arg-type]


class AnyRecord(Record):
    """A mapping that is kept as it is."""

    def check(self, value: object, spot: object) -> object:  # type: ignore[override]
        return Anything().check(value, spot)  # type: ignore[arg-type]
