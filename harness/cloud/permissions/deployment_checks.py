"""What Lambda checks when it is deployed: whether a role allows what Lambda will do in its name.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
"""

from harness.cloud.errors import SubmissionError
from harness.cloud.permissions.evaluation import Decision, Need
from harness.cloud.permissions.gate import Permissions
from harness.cloud.resources import template_file
from harness.cloud.template import EventSourceSpec, FunctionSpec, StreamMapping, Template

_READING = {
    "SQS": ("sqs", "ReceiveMessage DeleteMessage GetQueueAttributes"),
    "Kinesis": ("kinesis", "GetRecords GetShardIterator DescribeStream ListShards ListStreams"),
    "DynamoDB": ("dynamodb", "GetRecords GetShardIterator DescribeStream ListStreams"),
}
"""What a poller does in the name of the function's role."""

_WITHOUT_RESOURCE = ("kinesis:ListStreams",)
_SENDING = {
    "sqs": ("sqs:SendMessage", "SendMessage on SQS"),
    "sns": ("sns:Publish", "Publish on SNS"),
    "lambda": ("lambda:InvokeFunction", "InvokeFunction on Lambda"),
    "events": ("events:PutEvents", "PutEvents on EventBridge"),
    "s3": ("s3:PutObject", "PutObject on S3"),
}


class NotPermitted(SubmissionError):
    """A function's role does not allow what Lambda does in its name."""


def refuse_unpermitted(template: Template, permissions: Permissions) -> None:
    """Every event source may be read, and every destination be sent to.

    Raises:
        NotPermitted: says in AWS's words what is missing.
    """
    for source in template.event_sources:
        if source.kind in _READING:
            _check_source(source, template, permissions)
        if isinstance(source.settings, StreamMapping) and source.settings.on_failure:
            _check_target(source.settings.on_failure, source.function, source.line, template, permissions)
    for function in template.functions.values():
        for arn in _targets(function):
            _check_target(arn, function.logical_id, function.line, template, permissions)


def _targets(function: FunctionSpec) -> list[str]:
    spec = function.asynchronous
    return [arn for arn in (spec.on_success, spec.on_failure, spec.dead_letter_arn) if arn]


def _check_source(source: EventSourceSpec, template: Template, permissions: Permissions) -> None:
    service, names = _READING[source.kind]
    for name in names.split():
        action = f"{service}:{name}"
        need = Need(action, "*" if action in _WITHOUT_RESOURCE else source.source_arn)
        decision = permissions.decision(template.permissions.roles[source.function], need)
        if not decision.allowed:
            happened = f"The function execution role does not have permissions to call {name} on SQS"
            if source.kind != "SQS":
                *others, last = names.split()
                happened = (
                    f"Cannot access stream {source.source_arn}. Please ensure the role can perform the "
                    f"{', '.join(others)}, and {last} Actions on your stream in IAM"
                )
            raise _refused(f"{happened}: {source.function}, which reads {source.source}.", source.line, need, decision,
                           source.function, template)  # fmt: skip


def _check_target(arn: str, function: str, line: int, template: Template, permissions: Permissions) -> None:
    action, words = _SENDING[arn.split(":")[2]]
    need = Need(action, f"{arn}/*" if action.startswith("s3:") else arn)
    decision = permissions.decision(template.permissions.roles[function], need)
    if not decision.allowed:
        happened = f"The provided execution role does not have permissions to call {words}: {function}, for {arn}."
        raise _refused(happened, line, need, decision, function, template)


def _refused(
    happened: str, line: int, need: Need, decision: Decision, function: str, template: Template
) -> NotPermitted:
    from harness.cloud.permissions.remedy import remedy

    role = template.permissions.roles[function]
    return NotPermitted(
        happened,
        expected=f"a role that allows {need.action} on {need.resource}",
        try_=remedy(role, need, decision, template),
        file=template_file(line),
        line=line,
    )
