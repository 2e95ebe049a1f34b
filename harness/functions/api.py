"""Lambda's Invoke API, for functions that call functions.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import json
from urllib.parse import unquote, urlsplit

from harness.functions import limits
from harness.functions.asynchronous import Asynchronous
from harness.functions.fleet import Throttled
from harness.functions.service import LambdaService, NoSuchFunction
from harness.simulation.wire import Call, Reply


class LambdaApi:
    """Answers Invoke: synchronous, asynchronous and dry run."""

    def __init__(self, service: LambdaService, asynchronous: Asynchronous) -> None:
        self._service = service
        self._asynchronous = asynchronous

    async def answer(self, call: Call) -> Reply:
        """The service's answer."""
        if call.operation != "Invoke":
            return _error(501, "NotImplemented", f"This simulator's Lambda does not have {call.operation}.")
        parts = urlsplit(call.request.url).path.split("/")
        try:
            spec = self._service.find(unquote(parts[3]))
        except NoSuchFunction as missing:
            return _error(404, "ResourceNotFoundException", f"Function not found: {missing}", Type="User")
        return await self._invoke(spec.logical_id, call)

    async def _invoke(self, logical_id: str, call: Call) -> Reply:
        event = call.request.body or b"{}"
        kind = call.request.headers.get("x-amz-invocation-type", "RequestResponse")
        limit = limits.ASYNCHRONOUS_PAYLOAD_BYTES if kind == "Event" else limits.SYNCHRONOUS_PAYLOAD_BYTES
        if len(event) > limit:
            message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
            return _error(413, "RequestTooLargeException", message)
        if not _is_json(event):
            return _error(400, "InvalidRequestContentException", "Could not parse request body into json")
        cause = f"{call.caller.function} invoked it"
        if kind == "DryRun":
            return Reply(204, {"x-amz-executed-version": "$LATEST"})
        if kind == "Event":
            return Reply(202, {"x-amzn-requestid": self._asynchronous.accept(logical_id, event, cause=cause)})
        request_id = self._service.new_request_id()
        try:
            result = await self._service.invoke(logical_id, event, cause=cause, request_id=request_id)
        except Throttled as throttled:
            return _error(429, "TooManyRequestsException", "Rate Exceeded.", Reason=throttled.reason, Type="User")
        headers = {
            "x-amz-executed-version": "$LATEST",
            "x-amzn-requestid": request_id,
            "content-type": "application/json",
        }
        if result.function_error:
            headers["x-amz-function-error"] = result.function_error
        return Reply(200, headers, result.payload)


def _is_json(event: bytes) -> bool:
    try:
        json.loads(event)
    except (ValueError, RecursionError):
        return False
    return True


def _error(status: int, code: str, message: str, **more: str) -> Reply:
    body = {"__type": code, "message": message, "Message": message, **more}
    return Reply(status, {"x-amzn-errortype": code, "content-type": "application/json"}, json.dumps(body).encode())
