"""Errors of Lambda's API, in the form its clients expect.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
"""

import json

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.simulation.wire import Reply


class ApiError(Exception):
    """A call that Lambda refuses.

    Attributes:
        code: "ResourceNotFoundException", ...
        reason: of a 429.
    """

    def __init__(self, status: int, code: str, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.reason = reason


def refused(error: ApiError) -> Reply:
    """The answer that carries an error."""
    body = {"__type": error.code, "message": error.message, "Message": error.message, "Type": "User"}
    if error.reason:
        body["Reason"] = error.reason
    return Reply(
        error.status, {"x-amzn-errortype": error.code, "content-type": "application/json"}, json.dumps(body).encode()
    )


def no_such_function(name: str, qualifier: str = "") -> ApiError:
    """There is no function, version or alias of this name."""
    arn = name
    if not name.startswith("arn:"):
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name.rpartition('function:')[2]}"
    arn += f":{qualifier}" if qualifier else ""
    return ApiError(404, "ResourceNotFoundException", f"Function not found: {arn}")


def invalid(message: str) -> ApiError:
    """A parameter Lambda does not take."""
    return ApiError(400, "InvalidParameterValueException", message)
