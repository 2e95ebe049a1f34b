"""FIELD_TYPES: every type a field may have, by name."""

from typing import Any

from harness.cloud.engines.search.analysis.analyzers import Analysis
from harness.cloud.engines.search.errors import PartMissing
from harness.cloud.engines.search.mapping import fields, numbers
from harness.cloud.engines.search.mapping.completion import Completion
from harness.cloud.engines.search.mapping.fields import Field, wrong_mapping

FIELD_TYPES: dict[str, type[Field]] = {
    kind.type_name: kind
    for kind in (
        fields.Text,
        fields.Keyword,
        numbers.Long,
        numbers.Integer,
        numbers.Short,
        numbers.Byte,
        numbers.Double,
        numbers.Float,
        numbers.HalfFloat,
        fields.Boolean,
        fields.Date,
        fields.GeoPoint,
        Completion,
    )
}

_NOT_SIMULATED: tuple[str, ...] = (
    "nested",
    "ip",
    "binary",
    "geo_shape",
    "join",
    "percolator",
    "rank_feature",
    "rank_features",
    "alias",
)
_NOT_SIMULATED += ("scaled_float", "unsigned_long", "date_nanos", "integer_range", "long_range", "float_range")
_NOT_SIMULATED += ("double_range", "date_range", "ip_range", "token_count", "search_as_you_type", "knn_vector")
_NOT_SIMULATED += ("match_only_text", "flat_object", "wildcard", "constant_keyword", "xy_point", "xy_shape")


def build_field(path: str, parameters: dict[str, Any], analysis: Analysis) -> Field:
    """A field out of its definition in a mapping.

    Raises:
        SearchError: no such type, or a parameter it does not take.
    """
    kind = str(parameters.get("type", ""))
    if kind in _NOT_SIMULATED:
        raise PartMissing(f"type [{kind}] of field [{path}]")
    if kind not in FIELD_TYPES:
        raise wrong_mapping(f"No handler for type [{kind}] declared on field [{path.rpartition('.')[2]}]")
    return FIELD_TYPES[kind](path, parameters, analysis)
