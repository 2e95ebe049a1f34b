"""Operations of the Lambda API by method and path: it is a REST API, and names none.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
"""

from urllib.parse import unquote

_FUNCTIONS = {
    ("GET", ""): "ListFunctions",
    ("GET", "{}"): "GetFunction",
    ("GET", "{}/configuration"): "GetFunctionConfiguration",
    ("PUT", "{}/configuration"): "UpdateFunctionConfiguration",
    ("GET", "{}/versions"): "ListVersionsByFunction",
    ("POST", "{}/versions"): "PublishVersion",
    ("GET", "{}/aliases"): "ListAliases",
    ("POST", "{}/aliases"): "CreateAlias",
    ("GET", "{}/aliases/{}"): "GetAlias",
    ("PUT", "{}/aliases/{}"): "UpdateAlias",
    ("DELETE", "{}/aliases/{}"): "DeleteAlias",
    ("POST", "{}/invocations"): "Invoke",
    ("POST", "{}/response-streaming-invocations"): "InvokeWithResponseStream",
    ("PUT", "{}/concurrency"): "PutFunctionConcurrency",
    ("GET", "{}/concurrency"): "GetFunctionConcurrency",
    ("DELETE", "{}/concurrency"): "DeleteFunctionConcurrency",
    ("PUT", "{}/provisioned-concurrency"): "PutProvisionedConcurrencyConfig",
    ("GET", "{}/provisioned-concurrency"): "GetProvisionedConcurrencyConfig",
    ("DELETE", "{}/provisioned-concurrency"): "DeleteProvisionedConcurrencyConfig",
    ("GET", "{}/recursion-config"): "GetFunctionRecursionConfig",
    ("PUT", "{}/recursion-config"): "PutFunctionRecursionConfig",
    ("GET", "{}/event-invoke-config"): "GetFunctionEventInvokeConfig",
}


def lambda_operation(method: str, path: str) -> tuple[str, list[str]]:
    """The operation, and what stands in its path: the function, then perhaps an alias.

    Of a path that is no operation here: method and path, and nothing.
    """
    parts = path.strip("/").split("/")
    if parts[1:] == ["account-settings"] and method == "GET":
        return "GetAccountSettings", []
    if len(parts) < 2 or parts[1] != "functions":
        return f"{method} {path}", []
    rest = parts[2:]
    form = "/".join("{}" if place in (0, 2) else part for place, part in enumerate(rest))
    operation = _FUNCTIONS.get((method, form))
    if operation is None:
        return f"{method} {path}", []
    return operation, [unquote(part) for part in rest[::2]]
