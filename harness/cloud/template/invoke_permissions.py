"""Whether API Gateway may invoke a function: without the permission it answers 500 in its place.

SAM adds the permission for every event of a function, and for the authorizers of a REST API,
but not for those of an HTTP API.

Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Map

PERMISSION = "AWS::Lambda::Permission"
_ACTIONS = ("lambda:InvokeFunction", "lambda:*", "*")


def has_permission(function: Resource, api: Resource, stack: Stack) -> bool:
    """Whether an AWS::Lambda::Permission of the template lets this API invoke this function."""
    api_id = stack.ref(api.logical_id)
    return any(_grants(each.properties, function, api_id, stack) for each in stack.of(PERMISSION))


def _grants(permission: Map, function: Resource, api_id: str, stack: Stack) -> bool:
    arn, name = stack.attribute(function.logical_id, "Arn"), stack.name(function.logical_id)
    source = permission.get("SourceArn", "")
    return (
        permission.get("Principal") == "apigateway.amazonaws.com"
        and permission.get("Action") in _ACTIONS
        and permission.get("FunctionName") in (arn, name)
        and (not source or api_id in str(source))
    )
