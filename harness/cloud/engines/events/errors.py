"""The errors of Amazon EventBridge, as its JSON protocol carries them.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
"""

from harness.cloud.engines.aws_json import AwsJsonError


class EventsError(AwsJsonError):
    """EventBridge refuses a call; nothing was done."""


def invalid(message: str) -> EventsError:
    """A parameter that EventBridge does not accept."""
    return EventsError("ValidationException", message)


def missing(message: str) -> EventsError:
    """A bus, rule, archive or replay that is not there."""
    return EventsError("ResourceNotFoundException", message)


def exists(message: str) -> EventsError:
    """Something of this name is there already."""
    return EventsError("ResourceAlreadyExistsException", message)
