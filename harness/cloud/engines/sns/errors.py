"""The errors of Amazon SNS, as its query protocol carries them.

Source: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html and the operations' own pages.
"""


class SnsError(Exception):
    """SNS refuses a call; nothing was done.

    Attributes:
        code: as boto3 shows it in `error.response["Error"]["Code"]`.
        status: of the HTTP answer; from 500 on it is not the sender's fault.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    @property
    def is_senders_fault(self) -> bool:
        """Whether the caller must change something."""
        return self.status < 500


def invalid_parameter(what: str) -> SnsError:
    """The error SNS gives for a parameter it understands but does not accept."""
    return SnsError("InvalidParameter", f"Invalid parameter: {what}")


def invalid_value(message: str) -> SnsError:
    """The error SNS gives for a message attribute it does not accept."""
    return SnsError("ParameterValueInvalid", message)


def no_value(name: str) -> SnsError:
    """The error SNS gives for a required parameter that is absent."""
    return invalid_parameter(f"{name} Reason: no value for required parameter")


def not_found(what: str) -> SnsError:
    """The error SNS gives for something it does not know."""
    return SnsError("NotFound", f"{what} does not exist", 404)


class DeliveryError(Exception):
    """A subscriber did not take a notification.

    Attributes:
        retriable: the other side's trouble, which may pass; SNS does not try again where it is
            itself refused (the endpoint is gone, or its policy does not let SNS in).

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
    """

    def __init__(self, reason: str, *, retriable: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retriable = retriable
