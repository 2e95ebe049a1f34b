"""Versions and aliases of functions: their properties, with the ranges AWS takes."""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import Decimal, ListOf, NoEffect, Record, Shape, Text, Unsupported, Whole, choice
from harness.cloud.template.types_data import REFERENCE

_FUNCTION_ARN = "arn:aws:lambda:{region}:{account}:function:{function}"

PROVISIONED = Record(
    {"ProvisionedConcurrentExecutions": Whole(1, 900, "environments")}, required=("ProvisionedConcurrentExecutions",)
)
"""Source: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"""

LOGGING = Record(
    {
        "LogFormat": choice("Text JSON"),
        "ApplicationLogLevel": choice("TRACE DEBUG INFO WARN ERROR FATAL"),
        "SystemLogLevel": choice("DEBUG INFO WARN"),
        "LogGroup": Text(pattern=r"[.\-_/#A-Za-z0-9]{1,512}", called="1 to 512 letters, digits and . - _ / #"),
    }
)
"""Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html"""

VERSION = ResourceType(
    page=f"{REFERENCE}/aws-resource-lambda-version.html",
    ref=_FUNCTION_ARN + ":1",
    attributes={"Version": "1", "FunctionArn": _FUNCTION_ARN + ":1"},
    properties=Record(
        {
            "FunctionName": Text(),
            "Description": NoEffect(),
            "CodeSha256": NoEffect(),
            "RuntimePolicy": NoEffect(),
            "ProvisionedConcurrencyConfig": PROVISIONED,
        },
        required=("FunctionName",),
    ),
)

_WEIGHT: dict[str, Shape] = {"FunctionVersion": Text(), "FunctionWeight": Decimal(0, 1)}

ALIAS = ResourceType(
    page=f"{REFERENCE}/aws-resource-lambda-alias.html",
    name_property="Name",
    ref=_FUNCTION_ARN + ":{name}",
    attributes={"AliasArn": _FUNCTION_ARN + ":{name}"},
    properties=Record(
        {
            "FunctionName": Text(),
            "FunctionVersion": Text(pattern=r"\$LATEST|[0-9]+", called="a version's number, or $LATEST"),
            "Name": Text(pattern=r"(?!^[0-9]+$)[A-Za-z0-9_-]{1,128}", called="letters, digits, - and _"),
            "Description": Text(longest=256),
            "RoutingConfig": Record(
                {
                    "AdditionalVersionWeights": ListOf(
                        Record(_WEIGHT, required=("FunctionVersion", "FunctionWeight")), most=1
                    )
                }
            ),
            "ProvisionedConcurrencyConfig": PROVISIONED,
            "CodeDeployLambdaAliasUpdate": Unsupported(),
        },
        required=("FunctionName", "FunctionVersion", "Name"),
    ),
)
