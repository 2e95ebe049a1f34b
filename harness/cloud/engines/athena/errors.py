"""The errors of the Athena API, as its JSON protocol carries them.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/CommonErrors.html
"""

from harness.cloud.engines.aws_json import AwsJsonError

INVALID_REQUEST = "InvalidRequestException"
TOO_MANY = "TooManyRequestsException"
NOT_FOUND = "ResourceNotFoundException"


class AthenaError(AwsJsonError):
    """Athena refuses a call; nothing was done."""


def invalid(message: str, error_code: str = "INVALID_INPUT") -> AthenaError:
    """An argument that Athena does not take."""
    return AthenaError(INVALID_REQUEST, message, AthenaErrorCode=error_code)


def malformed(message: str) -> AthenaError:
    """A statement that Athena cannot read."""
    return invalid(message, "MALFORMED_QUERY")
