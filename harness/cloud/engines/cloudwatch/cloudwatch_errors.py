"""Errors of CloudWatch's API.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
"""


class CloudWatchError(Exception):
    """A call that CloudWatch refuses."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid(message: str) -> CloudWatchError:
    """A parameter has a value CloudWatch does not take."""
    return CloudWatchError("InvalidParameterValue", message)
