"""Lambda's API as functions reach it: Invoke here, everything else in management.py.

Left out: InvokeWithResponseStream, code uploads, layers, permissions.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import base64
import json
from urllib.parse import parse_qs, urlsplit

from harness.cloud.lambda_operations import lambda_operation
from harness.cloud.operations import function_name, is_json
from harness.functions import limits
from harness.functions.api_errors import ApiError, no_such_function, refused
from harness.functions.asynchronous import Asynchronous
from harness.functions.fleet import Throttled
from harness.functions.invocation import InvokeRequest, Result
from harness.functions.management import Management
from harness.functions.service import LambdaService, NoSuchFunction
from harness.functions.versions import NoSuchQualifier, Target
from harness.simulation.wire import Call, Reply


class LambdaApi:
    """Answers calls of Lambda's API."""

    def __init__(self, service: LambdaService, asynchronous: Asynchronous) -> None:
        self._service = service
        self._asynchronous = asynchronous
        self._management = Management(service)

    async def answer(self, call: Call) -> Reply:
        """The service's answer."""
        parts = urlsplit(call.request.url)
        _, named = lambda_operation(call.request.method, parts.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            if call.operation == "Invoke":
                return await self._invoke(named[0], query.get("Qualifier", ""), call)
            return self._management.answer(call.operation, named, query, call.request.body)
        except ApiError as error:
            return refused(error)

    async def _invoke(self, name: str, qualifier: str, call: Call) -> Reply:
        headers = call.request.headers
        event = call.request.body or b"{}"
        kind = headers.get("x-amz-invocation-type", "RequestResponse")
        other = self._service.others.get(function_name(name))
        if other and kind != "DryRun":
            self._check(event, kind, headers)
            return await other.invoke(event, kind, call)
        target = self._target(name, qualifier)
        self._check(event, kind, headers)
        logical_id = target.spec.logical_id
        cause = f"{call.caller.function} invoked it"
        if kind == "DryRun":
            return Reply(204, {"x-amz-executed-version": target.version})
        if kind == "Event":
            request_id = self._asynchronous.accept(logical_id, event, cause=cause, qualifier=target.qualifier)
            return Reply(202, {"x-amzn-requestid": request_id})
        client_context = _client_context(headers.get("x-amz-client-context", ""))
        request = InvokeRequest(qualifier=target.qualifier, client_context=client_context)
        try:
            result = await self._service.invoke(logical_id, event, cause=cause, request=request)
        except Throttled as throttled:
            raise ApiError(429, "TooManyRequestsException", "Rate Exceeded.", reason=throttled.reason) from None
        if result.goes_round:
            raise ApiError(400, "RecursiveInvocationException", json.loads(result.payload)["errorMessage"])
        return self._answer(result, tail=headers.get("x-amz-log-type") == "Tail")

    def _target(self, name: str, qualifier: str) -> Target:
        """What is to be invoked; the qualifier may stand in the name, too."""
        in_name = qualifier_in(name)
        if in_name and qualifier and in_name != qualifier:
            message = "The derived qualifier from the function name does not match the specified qualifier."
            raise ApiError(400, "InvalidParameterValueException", message)
        try:
            spec = self._service.find(name)
            return self._service.resolve(spec.logical_id, in_name or qualifier)
        except (NoSuchFunction, NoSuchQualifier):
            raise no_such_function(name, "" if in_name else qualifier) from None

    def _check(self, event: bytes, kind: str, headers: dict[str, str]) -> None:
        if kind not in ("RequestResponse", "Event", "DryRun"):
            raise ApiError(400, "InvalidParameterValueException", f"Unsupported invocation type: {kind}")
        limit = limits.ASYNCHRONOUS_PAYLOAD_BYTES if kind == "Event" else limits.SYNCHRONOUS_PAYLOAD_BYTES
        if len(event) > limit:
            message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
            raise ApiError(413, "RequestTooLargeException", message)
        if not is_json(event):
            raise ApiError(400, "InvalidRequestContentException", "Could not parse request body into json")

    def _answer(self, result: Result, *, tail: bool) -> Reply:
        headers = {
            "x-amz-executed-version": result.version,
            "x-amzn-requestid": result.request_id,
            "content-type": "application/json",
        }
        if result.function_error:
            headers["x-amz-function-error"] = result.function_error
        if tail:
            log = self._service.log_book.of_invocation(result.request_id).encode()[-limits.LOG_TAIL_BYTES :]
            headers["x-amz-log-result"] = base64.b64encode(log).decode()
        return Reply(200, headers, result.payload)


def qualifier_in(name: str) -> str:
    """The qualifier at the end of a name or ARN; "" if there is none."""
    return name.rpartition("function:")[2].partition(":")[2]


def _client_context(header: str) -> str:
    """The JSON text in the header."""
    if len(header) > limits.CLIENT_CONTEXT_BYTES:
        message = f"Client context must be at most {limits.CLIENT_CONTEXT_BYTES} bytes."
        raise ApiError(413, "RequestTooLargeException", message)
    try:
        text = base64.b64decode(header, validate=True).decode()
        return text if not header or isinstance(json.loads(text), dict) else ""
    except (ValueError, RecursionError):
        raise ApiError(
            400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON."
        ) from None
