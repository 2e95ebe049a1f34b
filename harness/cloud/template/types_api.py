"""API Gateway's two kinds of API as SAM writes them: properties, with the ranges AWS takes."""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import (
    Decimal,
    Flag,
    ListOf,
    MapOf,
    NoEffect,
    OneOf,
    Record,
    Shape,
    Text,
    Unsupported,
    Whole,
    choice,
    words,
)
from harness.cloud.template.types_event import SAM

_STAGE = Text(pattern=r"\$default|[A-Za-z0-9_-]{1,128}", called="letters, digits, hyphens and underscores")
_TEXTS = ListOf(Text())
_VARIABLES = MapOf(Text(), key_pattern=r"[A-Za-z0-9_]+", key_called="letters, digits and underscores")
_ROUTES = "write the routes as events of the functions"
_BURST = Whole(0, 10_000, "requests")
_RATE = Decimal(0, 10_000)
_ROUTE_SETTINGS = Record(
    {
        "ThrottlingBurstLimit": _BURST,
        "ThrottlingRateLimit": _RATE,
        "DetailedMetricsEnabled": NoEffect(),
        "DataTraceEnabled": NoEffect(),
        "LoggingLevel": NoEffect(),
    }
)
_IDENTITY: dict[str, Shape] = {
    "Headers": _TEXTS,
    "QueryStrings": _TEXTS,
    "StageVariables": _TEXTS,
    "Context": _TEXTS,
    "ReauthorizeEvery": Whole(0, 3600, "seconds"),
}
_ONLY_LAMBDA = Unsupported("use a Lambda authorizer")
_HTTP_AUTHORIZER = Record(
    {
        "FunctionArn": Text(),
        "Identity": Record(_IDENTITY),
        "AuthorizerPayloadFormatVersion": choice("2.0 1.0"),
        "EnableSimpleResponses": Flag(),
        "EnableFunctionDefaultPermissions": NoEffect(),
        "FunctionInvokeRole": NoEffect(),
        "JwtConfiguration": _ONLY_LAMBDA,
        "IdentitySource": _ONLY_LAMBDA,
        "AuthorizationScopes": _ONLY_LAMBDA,
        "OpenIdConnectUrl": _ONLY_LAMBDA,
    },
    required=("FunctionArn", "AuthorizerPayloadFormatVersion"),
)
_REST_AUTHORIZER = Record(
    {
        "FunctionArn": Text(),
        "FunctionPayloadType": choice("TOKEN REQUEST"),
        "Identity": Record({**_IDENTITY, "Header": Text(), "ValidationExpression": Text()}),
        "FunctionInvokeRole": NoEffect(),
        "DisableFunctionDefaultPermissions": NoEffect(),
        "AuthorizationScopes": _ONLY_LAMBDA,
        "UserPoolArn": _ONLY_LAMBDA,
    },
    required=("FunctionArn",),
)

HTTP_API = ResourceType(
    page=f"{SAM}/sam-resource-httpapi.html",
    ref="{api_id}",
    attributes={"ApiEndpoint": "https://{api_id}.execute-api.{region}.amazonaws.com", "ApiId": "{api_id}"},
    children={"Stage": "{stage}"},
    properties=Record(
        {
            "Name": NoEffect(),
            "Description": NoEffect(),
            "Tags": NoEffect(),
            "PropagateTags": NoEffect(),
            "FailOnWarnings": NoEffect(),
            "AccessLogSettings": NoEffect(),
            "StageName": _STAGE,
            "StageVariables": _VARIABLES,
            "CorsConfiguration": OneOf(
                single=Flag(),
                mapping=Record(
                    {
                        "AllowOrigins": _TEXTS,
                        "AllowMethods": _TEXTS,
                        "AllowHeaders": _TEXTS,
                        "ExposeHeaders": _TEXTS,
                        "AllowCredentials": Flag(),
                        "MaxAge": Whole(-1, 86_400, "seconds"),
                    }
                ),
            ),
            "DefaultRouteSettings": _ROUTE_SETTINGS,
            "RouteSettings": MapOf(_ROUTE_SETTINGS),
            "Auth": Record(
                {
                    "Authorizers": MapOf(_HTTP_AUTHORIZER),
                    "DefaultAuthorizer": Text(),
                    "EnableIamAuthorizer": _ONLY_LAMBDA,
                }
            ),
            "DefinitionBody": Unsupported(_ROUTES),
            "DefinitionUri": Unsupported(_ROUTES),
            "Domain": Unsupported("use the API's own address"),
            "DisableExecuteApiEndpoint": Unsupported("use the API's own address"),
        }
    ),
)

REST_API = ResourceType(
    page=f"{SAM}/sam-resource-api.html",
    ref="{api_id}",
    attributes={"RootResourceId": "{suffix}", "RestApiId": "{api_id}"},
    children={"Stage": "{stage}"},
    properties=Record(
        {
            **dict.fromkeys(
                words(
                    "Name Description Tags PropagateTags FailOnWarnings AccessLogSetting TracingEnabled OpenApiVersion "
                    "EndpointConfiguration AlwaysDeploy MergeDefinitions SecurityPolicy EndpointAccessMode "
                    "MinimumCompressionSize Mode"
                ),
                NoEffect(),
            ),
            "StageName": Text(pattern=r"[A-Za-z0-9_-]{1,128}", called="letters, digits, hyphens and underscores"),
            "Variables": _VARIABLES,
            "BinaryMediaTypes": _TEXTS,
            "Cors": OneOf(
                single=Text(),
                mapping=Record(
                    {
                        "AllowOrigin": Text(),
                        "AllowMethods": Text(),
                        "AllowHeaders": Text(),
                        "AllowCredentials": Flag(),
                        "MaxAge": Text(pattern="'?[0-9]+'?", called="a number of seconds, in single quotes"),
                    },
                    required=("AllowOrigin",),
                ),
            ),
            "MethodSettings": ListOf(
                Record(
                    {
                        "HttpMethod": Text(),
                        "ResourcePath": Text(),
                        "ThrottlingBurstLimit": _BURST,
                        "ThrottlingRateLimit": _RATE,
                        **dict.fromkeys(
                            words("DataTraceEnabled LoggingLevel MetricsEnabled CacheDataEncrypted CacheTtlInSeconds"),
                            NoEffect(),
                        ),
                        "CachingEnabled": Unsupported("cache in the function or in a table"),
                    }
                )
            ),
            "Auth": Record(
                {
                    "Authorizers": MapOf(_REST_AUTHORIZER),
                    "DefaultAuthorizer": Text(),
                    "AddDefaultAuthorizerToCorsPreflight": Flag(),
                    "AddApiKeyRequiredToCorsPreflight": NoEffect(),
                    "InvokeRole": NoEffect(),
                    "ApiKeyRequired": _ONLY_LAMBDA,
                    "ResourcePolicy": _ONLY_LAMBDA,
                    "UsagePlan": _ONLY_LAMBDA,
                }
            ),
            **dict.fromkeys(("DefinitionBody", "DefinitionUri", "Models"), Unsupported(_ROUTES)),
            **dict.fromkeys(("CacheClusterEnabled", "CacheClusterSize"), Unsupported("cache in the function")),
            **dict.fromkeys(("Domain", "DisableExecuteApiEndpoint"), Unsupported("use the API's own address")),
            **dict.fromkeys(("GatewayResponses", "CanarySetting", "ApiKeySourceType", "Policy"), Unsupported()),
        },
        required=("StageName",),
    ),
)
