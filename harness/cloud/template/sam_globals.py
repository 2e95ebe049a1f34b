"""The Globals section: what all SAM resources of one type have in common.

Mappings merge key by key, lists are put one behind the other (global first), of anything
else the resource's own value wins. SAM merges before references are resolved, and so do we.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from typing import Any

from harness.cloud.template.errors import UnknownProperty, UnknownSection, WrongType, did_you_mean
from harness.cloud.template.intrinsics import function_name
from harness.cloud.template.schema import FUNCTION, HTTP_API, REST_API, SIMPLE_TABLE
from harness.cloud.template.shapes import described, words
from harness.cloud.template.tree import Items, Map, Place, section

PAGE = (
    "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
    "sam-specification-template-anatomy-globals.html"
)

SUPPORTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "Function": (
        FUNCTION,
        words(
            "Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags "
            "PropagateTags Tracing KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties Layers "
            "DeploymentPreference "
            "RolePath PermissionsBoundary ReservedConcurrentExecutions ProvisionedConcurrencyConfig "
            "AssumeRolePolicyDocument EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart "
            "EphemeralStorage FunctionUrlConfig RuntimeManagementConfig LoggingConfig RecursiveLoop "
            "SourceKMSKeyArn"
        ),
    ),
    "Api": (
        REST_API,
        words(
            "Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables "
            "EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors GatewayResponses "
            "AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain AlwaysDeploy PropagateTags "
            "SecurityPolicy EndpointAccessMode"
        ),
    ),
    "HttpApi": (
        HTTP_API,
        words(
            "Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings "
            "FailOnWarnings PropagateTags"
        ),
    ),
    "SimpleTable": (SIMPLE_TABLE, ("SSESpecification",)),
}
"""Keys of Globals, the type each is for, and the properties it may hold."""

IMPLICIT_APIS = {"Api": ("ServerlessRestApi", REST_API), "HttpApi": ("ServerlessHttpApi", HTTP_API)}
"""Event type of a route, the API SAM makes if it names none, and that API's type."""

API_ID = {"Api": "RestApiId", "HttpApi": "ApiId"}
"""The property in which a route names its API."""

REPLACED = frozenset({("Function", "Architectures")})
"""Lists of which the resource's own replaces the global one."""


def merge_globals(globals_section: Map, resources: Map) -> None:
    """Puts the global properties into every SAM resource of `resources`, in place.

    Raises:
        UnknownSection: Globals has a key that is not a SAM resource type.
        UnknownProperty: a property cannot be global.
    """
    for kind in globals_section:
        _check(kind, globals_section)
        for name, resource in list(resources.items()):
            if resource["Type"] == SUPPORTED[kind][0]:
                merged = _with_globals(kind, globals_section[kind], resource)
                resources.put(name, merged, resources.key_place(name), resources.value_place(name))


def _check(kind: str, globals_section: Map) -> None:
    place = globals_section.key_place(kind)
    if kind not in SUPPORTED:
        raise UnknownSection(
            f"Globals has no {kind} here.", expected=f"one of {', '.join(SUPPORTED)}",
            try_=did_you_mean(kind, SUPPORTED), see=PAGE, line=place.line, column=place.column,
        )  # fmt: skip
    properties = globals_section[kind]
    if not isinstance(properties, Map):
        raise WrongType(f"Globals.{kind} is {described(properties)}.", expected="a mapping", see=PAGE, line=place.line)
    allowed = SUPPORTED[kind][1]
    for key in properties:
        if key not in allowed:
            place = properties.key_place(key)
            raise UnknownProperty(
                f"{key} cannot stand in Globals.{kind}.", expected=f"one of {', '.join(allowed)}",
                try_=did_you_mean(key, allowed) or "write it into each resource",
                see=PAGE, line=place.line, column=place.column,
            )  # fmt: skip


def _with_globals(kind: str, common: Map, resource: Map) -> Map:
    own = section(resource, "Properties")
    ignored = resource.get("IgnoreGlobals", ())
    merged = Map(own.place)
    for key in [*common, *(key for key in own if key not in common)]:
        used = key in common and ignored != "*" and key not in ignored
        if key in own and (not used or (kind, key) in REPLACED):
            merged.put(key, own[key], own.key_place(key), own.value_place(key))
        elif key in own:
            merged.put(key, _merge(common[key], own[key]), own.key_place(key), own.value_place(key))
        elif used:
            merged.put(key, common[key], common.key_place(key), common.value_place(key))
    result = Map(resource.place)
    for key in [*resource, *([] if "Properties" in resource else ["Properties"])]:
        value = merged if key == "Properties" else resource[key]
        result.put(key, value, resource.key_place(key), resource.value_place(key))
    return result


def _merge(common: Any, own: Any) -> Any:
    if isinstance(common, Map) and isinstance(own, Map) and not function_name(common) and not function_name(own):
        merged = Map(own.place)
        for key in [*common, *(key for key in own if key not in common)]:
            source = own if key in own else common
            both = key in own and key in common
            value = _merge(common[key], own[key]) if both else source[key]
            merged.put(key, value, source.key_place(key), source.value_place(key))
        return merged
    if isinstance(common, Items) and isinstance(own, Items):
        together = Items(own.place)
        for part in (common, own):
            for item, place in zip(part, part.places, strict=True):
                together.add(item, place)
        return together
    return own


def add_implicit_apis(resources: Map) -> None:
    """Adds the APIs which SAM makes for routes that name none, in place.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
    """
    for resource in list(resources.values()):
        events = section(section(resource, "Properties"), "Events") if resource["Type"] == FUNCTION else Map()
        for name in events:
            event = section(events, name)
            kind = str(event.get("Type"))
            if kind not in IMPLICIT_APIS or API_ID[kind] in section(event, "Properties"):
                continue
            api_name, api_type = IMPLICIT_APIS[kind]
            if api_name not in resources:
                place = events.key_place(name)
                resources.put(api_name, _api(api_type, place), place, place)


def _api(kind: str, place: Place) -> Map:
    api, properties = Map(place), Map(place)
    if kind == REST_API:
        properties.put("StageName", "Prod", place, place)
    api.put("Type", kind, place, place)
    api.put("Properties", properties, place, place)
    return api
