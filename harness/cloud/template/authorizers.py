"""Builds the specs of Lambda authorizers, and says which one guards a route.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-controlling-access-to-apis-lambda-authorizer.html
"""

from harness.cloud.template.errors import MissingProperty, UnresolvedReference, did_you_mean
from harness.cloud.template.model import AuthorizerSpec
from harness.cloud.template.schema import FUNCTION, REST_API
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.tree import Map, section

OPEN = "NONE"
"""What a route says to have no authorizer although the API has a default one."""

REST_DEFAULT_TTL_S = 300
_SOURCES = {"Headers": "header", "QueryStrings": "querystring"}


def authorizer_specs(api: Resource, stack: Stack) -> dict[str, AuthorizerSpec]:
    """The authorizers an API declares.

    Raises:
        UnresolvedReference: DefaultAuthorizer names none of them.
    """
    auth = section(api.properties, "Auth")
    declared = section(auth, "Authorizers")
    if "DefaultAuthorizer" in auth:
        _check_declared(auth["DefaultAuthorizer"], "DefaultAuthorizer", auth, api)
    return {name: _authorizer(name, declared, api, stack) for name in declared}


def route_authorizer(event: Event, api: Resource) -> str:
    """Name of the authorizer in front of a route; "" if it is open."""
    auth = section(api.properties, "Auth")
    own = section(event.properties, "Auth")
    if "Authorizer" not in own:
        default: str = auth.get("DefaultAuthorizer", "")
        return default
    if own["Authorizer"] == OPEN:
        return ""
    _check_declared(own["Authorizer"], "Authorizer", own, api)
    name: str = own["Authorizer"]
    return name


def _check_declared(name: str, key: str, where: Map, api: Resource) -> None:
    declared = section(section(api.properties, "Auth"), "Authorizers")
    if name not in declared:
        raise api.spot().below(key, where.value_place(key)).error(
            UnresolvedReference, f"{api.logical_id} has no authorizer {name}.",
            expected=f"one of {', '.join(declared) or 'none'}", try_=did_you_mean(name, declared),
        )  # fmt: skip


def _authorizer(name: str, declared: Map, api: Resource, stack: Stack) -> AuthorizerSpec:
    properties: Map = declared[name]
    identity = section(properties, "Identity")
    spot = api.spot().below(f"Auth.Authorizers.{name}.FunctionArn", properties.value_place("FunctionArn"))
    function = stack.named(properties["FunctionArn"], (FUNCTION,), spot, "write !GetAtt and the function's id, .Arn")
    rest = api.type == REST_API
    kind = properties.get("FunctionPayloadType", "TOKEN").lower() if rest else "lambda"
    ttl_s = identity.get("ReauthorizeEvery", REST_DEFAULT_TTL_S if rest else 0)
    sources = _token_source(identity) if kind == "token" else _identity_sources(identity, rest)
    if not sources and (ttl_s or rest):
        raise api.spot().below(f"Auth.Authorizers.{name}.Identity", properties.place).error(
            MissingProperty, f"Authorizer {name} of {api.logical_id} has no identity source.",
            expected="Identity with Headers, QueryStrings, StageVariables or Context",
        )  # fmt: skip
    return AuthorizerSpec(
        name=name,
        kind=kind,
        function=function.logical_id,
        identity_sources=sources,
        validation=identity.get("ValidationExpression", ""),
        ttl_s=ttl_s,
        payload_format_version="1.0" if rest else properties["AuthorizerPayloadFormatVersion"],
        simple_responses=properties.get("EnableSimpleResponses", False),
        line=declared.key_place(name).line,
    )


def _token_source(identity: Map) -> tuple[str, ...]:
    return (f"method.request.header.{identity.get('Header', 'Authorization')}",)


def _identity_sources(identity: Map, rest: bool) -> tuple[str, ...]:
    request, variables, context = ("method.request", "stageVariables", "context")
    if not rest:
        request, variables, context = ("$request", "$stageVariables", "$context")
    sources = [f"{request}.{kind}.{name}" for key, kind in _SOURCES.items() for name in identity.get(key, ())]
    sources += [f"{variables}.{name}" for name in identity.get("StageVariables", ())]
    sources += [f"{context}.{name}" for name in identity.get("Context", ())]
    return tuple(sources)
