"""Creates the queues and tables of a template, as CloudFormation would."""

from harness.cloud.account import Account
from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.engines.sqs.service import SqsService
from harness.cloud.errors import SubmissionError
from harness.cloud.template import QueueSpec, TableSpec, Template
from harness.cloud.template.schema import PARAMETER


class ResourceRefused(SubmissionError):
    """AWS would not create this resource."""


def create_queues(template: Template, sqs: SqsService) -> None:
    """Creates every queue, a dead-letter queue before the queues that name it.

    Raises:
        ResourceRefused: SQS refuses a queue.
    """
    waiting = list(template.queues.values())
    while waiting:
        ids = {spec.logical_id for spec in waiting}
        ready = [spec for spec in waiting if spec.dead_letter_queue not in ids - {spec.logical_id}] or waiting
        for spec in ready:
            _create_queue(spec, sqs)
        waiting = [spec for spec in waiting if spec not in ready]


def _create_queue(spec: QueueSpec, sqs: SqsService) -> None:
    try:
        sqs.create_queue(spec.name, spec.attributes)
    except SqsError as error:
        raise ResourceRefused(
            f"SQS refuses the queue {spec.logical_id}: {error}", file=template_file(spec.line), line=spec.line
        ) from error


def create_tables(template: Template, account: Account) -> None:
    """Creates every table.

    Raises:
        ResourceRefused: DynamoDB refuses a table.
    """
    for spec in template.tables.values():
        _create_table(spec, account)


def _create_table(spec: TableSpec, account: Account) -> None:
    try:
        account.json_call("dynamodb", "DynamoDB_20120810.CreateTable", **spec.creation)
        if spec.stream_arn:
            account.label_stream(spec.name, spec.stream_arn.rpartition("/")[2])
        if spec.time_to_live_attribute:
            setting = {"Enabled": True, "AttributeName": spec.time_to_live_attribute}
            account.json_call(
                "dynamodb", "DynamoDB_20120810.UpdateTimeToLive", TableName=spec.name, TimeToLiveSpecification=setting
            )
    except RuntimeError as error:
        raise ResourceRefused(
            f"DynamoDB refuses the table {spec.logical_id}: {error}", file=template_file(spec.line), line=spec.line
        ) from error


def create_parameters(template: Template, account: Account) -> None:
    """Creates every parameter of Systems Manager.

    Raises:
        ResourceRefused: Systems Manager refuses a parameter.
    """
    for spec in template.accepted.values():
        if spec.type == PARAMETER:
            settings = {name: spec.properties[name] for name in _OF_PARAMETER if name in spec.properties}
            try:
                account.json_call("ssm", "AmazonSSM.PutParameter", Name=spec.name, Overwrite=True, **settings)
            except RuntimeError as error:
                raise ResourceRefused(
                    f"Systems Manager refuses the parameter {spec.logical_id}: {error}",
                    file=template_file(spec.line),
                    line=spec.line,
                ) from error


_OF_PARAMETER = ("Type", "Value", "Description", "AllowedPattern", "DataType", "Tier")


def template_file(line: int) -> str:
    """The file to name beside a line of the template."""
    return "template.yaml" if line else ""
