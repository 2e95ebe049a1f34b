"""Builds the specs of authorizers, and says which one guards a route.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-controlling-access-to-apis-lambda-authorizer.html
and https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-oauth2authorizer.html
"""

import re

from harness.cloud.template.errors import (
    MissingProperty,
    PropertiesContradict,
    UnresolvedReference,
    UnsupportedProperty,
    did_you_mean,
)
from harness.cloud.template.invoke_permissions import has_permission
from harness.cloud.template.model_api import AuthorizerSpec
from harness.cloud.template.schema import FUNCTION, REST_API
from harness.cloud.template.shapes import Spot, words
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.tree import Map, section

OPEN = "NONE"
"""What a route says to have no authorizer although the API has a default one."""

IAM = "AWS_IAM"
REST_DEFAULT_TTL_S = 300
_SOURCES = {"Headers": "header", "QueryStrings": "querystring"}
_OF_LAMBDA = words("FunctionArn Identity AuthorizerPayloadFormatVersion EnableSimpleResponses FunctionInvokeRole")
_OF_JWT = words("JwtConfiguration IdentitySource AuthorizationScopes")
_REPEATED_REPETITION = re.compile(r"[*+}]\??\)+[*+{]")


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


def default_guard(api: Resource) -> str:
    """Name of the authorizer of routes that name none; "" if those are open."""
    name: str = section(api.properties, "Auth").get("DefaultAuthorizer", "")
    return name


def route_authorizer(event: Event, api: Resource) -> str:
    """Name of the authorizer in front of a route; "" if it is open."""
    own = section(event.properties, "Auth")
    if "Authorizer" not in own:
        return default_guard(api)
    if own["Authorizer"] == OPEN:
        return ""
    _check_declared(own["Authorizer"], "Authorizer", own, api)
    name: str = own["Authorizer"]
    return name


def route_scopes(event: Event, authorizer: str, api: Resource) -> tuple[str, ...]:
    """The scopes of which a route's token must have one.

    Raises:
        PropertiesContradict: the route has scopes, and no JWT authorizer.
    """
    declared = section(section(api.properties, "Auth"), "Authorizers")
    guard = section(declared, authorizer)
    own = section(event.properties, "Auth")
    if "AuthorizationScopes" in own and "JwtConfiguration" not in guard:
        spot = event.spot.below("Auth.AuthorizationScopes", own.key_place("AuthorizationScopes"))
        raise spot.error(
            PropertiesContradict, f"{spot.path} of {spot.resource} stands without a JWT authorizer.",
            expected="scopes on routes with a JWT authorizer only",
        )  # fmt: skip
    return tuple(own.get("AuthorizationScopes", guard.get("AuthorizationScopes", ())))


def _check_declared(name: str, key: str, where: Map, api: Resource) -> None:
    declared = section(section(api.properties, "Auth"), "Authorizers")
    spot = api.spot().below(key, where.value_place(key))
    if name == IAM:
        raise spot.error(
            UnsupportedProperty, f"{key} of {api.logical_id} is {IAM}: signatures are not checked by this simulator.",
            try_="use a Lambda authorizer, or a JWT authorizer of an HttpApi",
        )  # fmt: skip
    if name not in declared:
        raise spot.error(
            UnresolvedReference, f"{api.logical_id} has no authorizer {name}.",
            expected=f"one of {', '.join(declared) or 'none'}", try_=did_you_mean(name, declared),
        )  # fmt: skip


def _authorizer(name: str, declared: Map, api: Resource, stack: Stack) -> AuthorizerSpec:
    properties: Map = declared[name]
    spot = api.spot().below(f"Auth.Authorizers.{name}", declared.key_place(name))
    if "JwtConfiguration" in properties:
        return _jwt(name, properties, spot)
    _refuse_others(properties, _OF_JWT, "a JWT authorizer", spot)
    rest = api.type == REST_API
    for key in ("FunctionArn",) if rest else ("FunctionArn", "AuthorizerPayloadFormatVersion"):
        if key not in properties:
            raise spot.error(
                MissingProperty, f"{spot.path} of {spot.resource} lacks {key}.", expected=f"a value for {key}"
            )
    identity = section(properties, "Identity")
    at_arn = spot.below("FunctionArn", properties.value_place("FunctionArn"))
    function = stack.named(properties["FunctionArn"], (FUNCTION,), at_arn, "write !GetAtt and the function's id, .Arn")
    kind = properties.get("FunctionPayloadType", "TOKEN").lower() if rest else "lambda"
    ttl_s = identity.get("ReauthorizeEvery", REST_DEFAULT_TTL_S if rest else 0)
    sources = _token_source(identity) if kind == "token" else _identity_sources(identity, rest)
    if not sources and ttl_s:
        raise spot.below("Identity", properties.place).error(
            MissingProperty, f"Authorizer {name} of {api.logical_id} has no identity source.",
            expected="Identity with Headers, QueryStrings, StageVariables or Context",
        )  # fmt: skip
    return AuthorizerSpec(
        name=name,
        kind=kind,
        function=function.logical_id,
        identity_sources=sources,
        validation=_validation(identity, spot) if kind == "token" else "",
        ttl_s=ttl_s,
        payload_format_version="1.0" if rest else properties["AuthorizerPayloadFormatVersion"],
        simple_responses=properties.get("EnableSimpleResponses", False),
        may_invoke=_may_invoke(name, properties, function, api, stack),
        line=spot.place.line,
    )


def _may_invoke(name: str, properties: Map, function: Resource, api: Resource, stack: Stack) -> bool:
    """SAM adds the permission to a REST API's authorizers by itself, to an HTTP API's only when told so."""
    if api.type == REST_API:
        by_sam = not properties.get("DisableFunctionDefaultPermissions", False)
    else:
        by_sam = properties.get("EnableFunctionDefaultPermissions", False)
    by_role = properties.get("FunctionInvokeRole", OPEN) != OPEN
    allowed: bool = by_sam or by_role or has_permission(function, api, stack)
    if not allowed:
        stack.warnings.append(
            f"{api.logical_id} may not invoke its authorizer {name}: every request it guards is answered 500. "
            "Set EnableFunctionDefaultPermissions: true (HttpApi), or add an AWS::Lambda::Permission."
        )
    return allowed


def _jwt(name: str, properties: Map, spot: Spot) -> AuthorizerSpec:
    _refuse_others(properties, _OF_LAMBDA, "a Lambda authorizer", spot)
    configuration: Map = properties["JwtConfiguration"]
    values = {key.lower(): configuration[key] for key in configuration}
    for key in ("issuer", "audience"):
        if not values.get(key):
            raise spot.below("JwtConfiguration", configuration.place).error(
                MissingProperty, f"{spot.path}.JwtConfiguration of {spot.resource} lacks {key}.",
                expected="the issuer's URL, and a list of audiences",
            )  # fmt: skip
    if "IdentitySource" not in properties:
        raise spot.error(
            MissingProperty,
            f"{spot.path} of {spot.resource} lacks IdentitySource.",
            expected="$request.header.Authorization",
        )
    source = properties["IdentitySource"]
    if not re.fullmatch(r"\$request\.(header|querystring)\.[^.\s]+", source):
        raise spot.below("IdentitySource", properties.value_place("IdentitySource")).refused(
            source, "$request.header.Authorization"
        )
    return AuthorizerSpec(
        name=name,
        kind="jwt",
        identity_sources=(source,),
        issuer=values["issuer"],
        audience=tuple(values["audience"]),
        line=spot.place.line,
    )


def _refuse_others(properties: Map, keys: tuple[str, ...], kind: str, spot: Spot) -> None:
    for key in keys:
        if key in properties:
            raise spot.below(key, properties.key_place(key)).error(
                PropertiesContradict, f"{spot.path} of {spot.resource} has {key}, which is {kind}'s.",
                expected="either FunctionArn and its like, or JwtConfiguration, IdentitySource, AuthorizationScopes",
            )  # fmt: skip


def _validation(identity: Map, spot: Spot) -> str:
    """A pattern that Python can read, and that cannot keep the judge busy for ever."""
    pattern: str = identity.get("ValidationExpression", "")
    inside = spot.below("Identity.ValidationExpression", identity.value_place("ValidationExpression"))
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        raise inside.refused(pattern, "a regular expression") from None
    if _REPEATED_REPETITION.search(pattern) or len(pattern) > 256:
        raise inside.refused(pattern, "at most 256 characters, and no repetition of a repetition as in (a+)+")
    return pattern


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
