"""The errors of the Athena API, as its JSON protocol carries them.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/CommonErrors.html
"""

INVALID_REQUEST = "InvalidRequestException"
TOO_MANY = "TooManyRequestsException"
UNKNOWN_OPERATION = "UnknownOperationException"
SERIALIZATION = "SerializationException"
NOT_FOUND = "ResourceNotFoundException"


class AthenaError(Exception):
    """Athena refuses a call; nothing was done.

    Attributes:
        code: the name of the error's shape.
        more: other members of the answer.
    """

    def __init__(self, code: str, message: str, **more: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.more = more


def invalid(message: str, error_code: str = "INVALID_INPUT") -> AthenaError:
    """An argument that Athena does not take."""
    return AthenaError(INVALID_REQUEST, message, AthenaErrorCode=error_code)


def malformed(message: str) -> AthenaError:
    """A statement that Athena cannot read."""
    return invalid(message, "MALFORMED_QUERY")
