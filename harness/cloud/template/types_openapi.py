"""The OpenAPI document of a REST API (`DefinitionBody`): what of API Gateway's extensions there is here."""

from harness.cloud.template.shapes import (
    Anything,
    Flag,
    ListOf,
    MapOf,
    NoEffect,
    Record,
    Shape,
    Text,
    Unsupported,
    Whole,
    choice,
    words,
)

PAGE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html"
INTEGRATION = "x-amazon-apigateway-integration"
ANY_METHOD = "x-amazon-apigateway-any-method"
METHODS = words("get put post delete patch head options")

_TEMPLATES = MapOf(Text())
_MAPPED_RESPONSE = Record(
    {
        "statusCode": Whole(100, 599),
        "responseParameters": MapOf(Text()),
        "responseTemplates": _TEMPLATES,
        "contentHandling": Unsupported("leave it out: bodies are passed on as they are"),
    },
    required=("statusCode",),
)
_TYPES = "aws aws_proxy http http_proxy mock"
_INTEGRATION = Record(
    {
        "type": choice(f"{_TYPES} {_TYPES.upper()}"),
        "httpMethod": Text(),
        "uri": Text(),
        "credentials": Text(),
        "requestParameters": MapOf(Text()),
        "requestTemplates": _TEMPLATES,
        "passthroughBehavior": choice("when_no_match when_no_templates WHEN_NO_MATCH WHEN_NO_TEMPLATES"),
        "responses": MapOf(_MAPPED_RESPONSE),
        "timeoutInMillis": Whole(50, 29_000, "milliseconds"),
        "connectionType": choice("INTERNET"),
        "payloadFormatVersion": choice("1.0"),
        "contentHandling": Unsupported("leave it out: bodies are passed on as they are"),
        "responseTransferMode": choice("BUFFERED"),
        **dict.fromkeys(words("cacheNamespace cacheKeyParameters connectionId tlsConfig"), Unsupported()),
    },
    required=("type",),
)
_PARAMETERS = ListOf(
    Record(
        {
            "name": Text(),
            "in": choice("path query header"),
            "required": Flag(),
            **dict.fromkeys(words("schema type description style explode example"), NoEffect()),
        },
        required=("name", "in"),
    )
)
_DESCRIPTIVE: dict[str, Shape] = dict.fromkeys(
    words("summary description operationId tags consumes produces"), NoEffect()
)
_OPERATION = Record(
    {
        **_DESCRIPTIVE,
        "parameters": _PARAMETERS,
        "requestBody": NoEffect(),
        "responses": MapOf(
            Record(
                {
                    "headers": MapOf(Anything()),
                    **dict.fromkeys(words("description content schema"), NoEffect()),
                }
            )
        ),
        INTEGRATION: _INTEGRATION,
        "security": Unsupported("declare authorizers in Auth of the API"),
        "x-amazon-apigateway-request-validator": Unsupported("validate in the function"),
    },
    required=(INTEGRATION,),
)
_PATH = Record({**dict.fromkeys((*METHODS, ANY_METHOD), _OPERATION), "parameters": _PARAMETERS})

DEFINITION_BODY = Record(
    {
        "openapi": Text(pattern=r"3\.0(\.[0-9])?", called="3.0.1"),
        "swagger": Text(pattern=r"2\.0", called="2.0"),
        "paths": MapOf(_PATH, key_pattern="/.*", key_called="a path that begins with /"),
        "x-amazon-apigateway-binary-media-types": ListOf(Text()),
        **dict.fromkeys(words("info tags servers schemes basePath host"), NoEffect()),
        "components": Unsupported("declare authorizers in Auth of the API, and leave models out"),
        "securityDefinitions": Unsupported("declare authorizers in Auth of the API"),
    },
    required=("paths",),
)
