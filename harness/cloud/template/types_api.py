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
from harness.cloud.template.types_openapi import DEFINITION_BODY

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
_NO_IAM = Unsupported("signatures are not checked here: use a Lambda or a JWT authorizer")
_NO_COGNITO = Unsupported("Cognito is not simulated: use a Lambda authorizer")
_ISSUER = Text(pattern=r"https?://[^?#\s]+", called="the URL of the issuer")
_HTTP_AUTHORIZER = Record(
    {
        "FunctionArn": Text(),
        "Identity": Record(_IDENTITY),
        "AuthorizerPayloadFormatVersion": choice("2.0 1.0"),
        "EnableSimpleResponses": Flag(),
        "EnableFunctionDefaultPermissions": Flag(),
        "FunctionInvokeRole": Text(),
        "JwtConfiguration": Record({"issuer": _ISSUER, "audience": _TEXTS, "Issuer": _ISSUER, "Audience": _TEXTS}),
        "IdentitySource": Text(),
        "AuthorizationScopes": _TEXTS,
        "OpenIdConnectUrl": Unsupported("use JwtConfiguration"),
    }
)
_GATEWAY_RESPONSE = Record(
    {
        "StatusCode": Whole(200, 599),
        "ResponseParameters": Record(
            {
                "Headers": MapOf(Text()),
                "Paths": Unsupported(),
                "QueryStrings": Unsupported(),
            }
        ),
        "ResponseTemplates": MapOf(Text()),
    }
)
_RESPONSE_TYPES = words(
    "ACCESS_DENIED API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE BAD_REQUEST_PARAMETERS "
    "BAD_REQUEST_BODY DEFAULT_4XX DEFAULT_5XX EXPIRED_TOKEN INTEGRATION_FAILURE INTEGRATION_TIMEOUT INVALID_API_KEY "
    "INVALID_SIGNATURE MISSING_AUTHENTICATION_TOKEN QUOTA_EXCEEDED REQUEST_TOO_LARGE RESOURCE_NOT_FOUND THROTTLED "
    "UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE WAF_FILTERED"
)
_USAGE_PLAN = Record(
    {
        "CreateUsagePlan": choice("PER_API NONE"),
        "Throttle": Record({"BurstLimit": _BURST, "RateLimit": _RATE}),
        "Quota": Record(
            {"Limit": Whole(0, 2_147_483_647), "Offset": Whole(0, 2_147_483_647), "Period": choice("DAY WEEK MONTH")},
            required=("Limit", "Period"),
        ),
        **dict.fromkeys(words("UsagePlanName Description Tags"), NoEffect()),
    },
    required=("CreateUsagePlan",),
)
_REST_AUTHORIZER = Record(
    {
        "FunctionArn": Text(),
        "FunctionPayloadType": choice("TOKEN REQUEST"),
        "Identity": Record({**_IDENTITY, "Header": Text(), "ValidationExpression": Text()}),
        "FunctionInvokeRole": Text(),
        "DisableFunctionDefaultPermissions": Flag(),
        "AuthorizationScopes": _NO_COGNITO,
        "UserPoolArn": _NO_COGNITO,
    },
    required=("FunctionArn",),
)


def instead_of(kind: str) -> str:
    """What to write in the place of one of API Gateway's own resource types; "" for any other type."""
    if kind.startswith("AWS::ApiGatewayV2::"):
        return "use AWS::Serverless::HttpApi, with the routes as events of the functions"
    if kind in ("AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::UsagePlanKey"):
        return "use AWS::Serverless::Api with Auth: {ApiKeyRequired: true, UsagePlan: {CreateUsagePlan: PER_API}}"
    if kind.startswith("AWS::ApiGateway::"):
        return "use AWS::Serverless::Api, with the routes as events of the functions or a DefinitionBody"
    return ""


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
                    "EnableIamAuthorizer": _NO_IAM,
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
                    "Description Tags PropagateTags FailOnWarnings AccessLogSetting TracingEnabled OpenApiVersion "
                    "EndpointConfiguration AlwaysDeploy SecurityPolicy EndpointAccessMode Mode"
                ),
                NoEffect(),
            ),
            "Name": Text(),
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
                    "AddApiKeyRequiredToCorsPreflight": Flag(),
                    "InvokeRole": NoEffect(),
                    "ApiKeyRequired": Flag(),
                    "ResourcePolicy": Unsupported("use a Lambda authorizer"),
                    "UsagePlan": _USAGE_PLAN,
                }
            ),
            "DefinitionBody": DEFINITION_BODY,
            "MergeDefinitions": Flag(),
            "GatewayResponses": MapOf(
                _GATEWAY_RESPONSE, key_pattern="|".join(_RESPONSE_TYPES), key_called="a gateway response type"
            ),
            "ApiKeySourceType": choice("HEADER AUTHORIZER"),
            "DefinitionUri": Unsupported("write the document into DefinitionBody"),
            "Models": Unsupported("validate in the function"),
            "MinimumCompressionSize": Unsupported("compress in the function"),
            **dict.fromkeys(("CacheClusterEnabled", "CacheClusterSize"), Unsupported("cache in the function")),
            **dict.fromkeys(("Domain", "DisableExecuteApiEndpoint"), Unsupported("use the API's own address")),
            **dict.fromkeys(("CanarySetting", "Policy"), Unsupported()),
        },
        required=("StageName",),
    ),
)
