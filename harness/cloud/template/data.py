"""Builds the specs of queues and tables, and refuses what AWS refuses to create.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

import json
from typing import Any

from harness.cloud.template.errors import DuplicateName, PropertiesContradict, TemplateError
from harness.cloud.template.model import QueueSpec, TableSpec
from harness.cloud.template.schema import QUEUE, SIMPLE_TABLE, TABLE
from harness.cloud.template.shapes import as_text, words
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Map, plain, section
from harness.cloud.template.types_data import STREAM_LABEL

_ATTRIBUTES = words(
    "VisibilityTimeout MessageRetentionPeriod DelaySeconds ReceiveMessageWaitTimeSeconds MaximumMessageSize "
    "ContentBasedDeduplication DeduplicationScope FifoThroughputLimit"
)
_FIFO_ONLY = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
_DEFAULT_MAX_RECEIVE_COUNT = 10
_SIMPLE_TYPES = {"String": "S", "Number": "N", "Binary": "B"}


def queue_specs(stack: Stack) -> dict[str, QueueSpec]:
    """All queues of the template."""
    _refuse_same_names(stack, QUEUE)
    return {queue.logical_id: _queue(queue, stack) for queue in stack.of(QUEUE)}


def table_specs(stack: Stack) -> dict[str, TableSpec]:
    """All tables of the template."""
    _refuse_same_names(stack, TABLE, SIMPLE_TABLE)
    return {
        table.logical_id: _simple_table(table, stack) if table.type == SIMPLE_TABLE else _table(table, stack)
        for table in stack.of(TABLE, SIMPLE_TABLE)
    }


def _refuse_same_names(stack: Stack, *types: str) -> None:
    seen: dict[str, str] = {}
    for resource in stack.of(*types):
        name = stack.name(resource.logical_id)
        if name in seen:
            raise resource.spot().error(
                DuplicateName, f"{resource.logical_id} and {seen[name]} have the same name: {name}.",
                expected="a name of its own for each", try_="leave the name out: CloudFormation makes one",
            )  # fmt: skip
        seen[name] = resource.logical_id


def _queue(queue: Resource, stack: Stack) -> QueueSpec:
    properties = queue.properties
    name = stack.name(queue.logical_id)
    _check_fifo(queue, name)
    attributes = {key: as_text(properties[key]) for key in _ATTRIBUTES if key in properties}
    if name.endswith(".fifo"):
        attributes["FifoQueue"] = "true"
    dead_letter_queue = ""
    if "RedrivePolicy" in properties:
        dead_letter_queue = _dead_letter_queue(queue, stack)
        policy = {"maxReceiveCount": _DEFAULT_MAX_RECEIVE_COUNT} | plain(properties["RedrivePolicy"])
        attributes["RedrivePolicy"] = json.dumps(policy, sort_keys=True)
    if "RedriveAllowPolicy" in properties:
        attributes["RedriveAllowPolicy"] = json.dumps(plain(properties["RedriveAllowPolicy"]), sort_keys=True)
    return QueueSpec(
        logical_id=queue.logical_id,
        name=name,
        url=stack.ref(queue.logical_id),
        arn=stack.attribute(queue.logical_id, "Arn"),
        attributes=attributes,
        tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())},
        visibility_timeout_s=properties.get("VisibilityTimeout", 30),
        dead_letter_queue=dead_letter_queue,
        line=queue.place.line,
    )


def _check_fifo(queue: Resource, name: str) -> None:
    fifo = queue.properties.get("FifoQueue", False)
    if fifo and not name.endswith(".fifo"):
        raise queue.spot("QueueName").error(
            PropertiesContradict, f"QueueName of {queue.logical_id} is {name}, and FifoQueue is true.",
            expected="a name that ends in .fifo", try_=f"{name}.fifo",
        )  # fmt: skip
    if name.endswith(".fifo") and not fifo:
        raise queue.spot("QueueName").error(
            PropertiesContradict, f"QueueName of {queue.logical_id} is {name}, and FifoQueue is not true.",
            expected="a name without .fifo for a standard queue", try_="FifoQueue: true",
        )  # fmt: skip
    for key in _FIFO_ONLY:
        if key in queue.properties and not fifo:
            raise queue.spot(key).error(
                PropertiesContradict, f"{queue.logical_id} has {key}, and is not a FIFO queue.",
                expected=f"{key} on FIFO queues only", try_="FifoQueue: true",
            )  # fmt: skip


def _dead_letter_queue(queue: Resource, stack: Stack) -> str:
    policy: Map = queue.properties["RedrivePolicy"]
    spot = queue.spot("RedrivePolicy").below("deadLetterTargetArn", policy.value_place("deadLetterTargetArn"))
    arn = stack.arn(policy["deadLetterTargetArn"], (QUEUE,), spot)
    target = stack.named(arn, (QUEUE,), spot)
    fifo, target_fifo = (each.properties.get("FifoQueue", False) for each in (queue, target))
    if fifo != target_fifo:
        kinds = {True: "a FIFO queue", False: "a standard queue"}
        raise spot.error(
            PropertiesContradict,
            f"{queue.logical_id} is {kinds[fifo]}, its dead-letter queue {target.logical_id} {kinds[target_fifo]}.",
            expected="two queues of the same kind",
            see="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        )
    return target.logical_id


def _table(table: Resource, stack: Stack) -> TableSpec:
    properties = table.properties
    _check_keys(table)
    name = stack.name(table.logical_id)
    provisioned = properties.get("BillingMode", "PROVISIONED") == "PROVISIONED"
    _check_throughput(table, provisioned)
    creation: dict[str, Any] = {
        "TableName": name,
        "AttributeDefinitions": plain(properties["AttributeDefinitions"]),
        "KeySchema": plain(properties["KeySchema"]),
        "BillingMode": "PROVISIONED" if provisioned else "PAY_PER_REQUEST",
    }
    for key in ("ProvisionedThroughput", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "Tags"):
        if key in properties:
            creation[key] = plain(properties[key])
    view = section(properties, "StreamSpecification").get("StreamViewType", "")
    if view:
        creation["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
    expiry = section(properties, "TimeToLiveSpecification")
    arn = stack.attribute(table.logical_id, "Arn")
    return TableSpec(
        logical_id=table.logical_id,
        name=name,
        arn=arn,
        creation=creation,
        time_to_live_attribute=expiry.get("AttributeName", "") if expiry.get("Enabled") else "",
        stream_view_type=view,
        stream_arn=f"{arn}/stream/{STREAM_LABEL}" if view else "",
        line=table.place.line,
    )


def _simple_table(table: Resource, stack: Stack) -> TableSpec:
    properties = table.properties
    name = stack.name(table.logical_id)
    key = section(properties, "PrimaryKey")
    attribute = key.get("Name", "id")
    throughput = plain(properties.get("ProvisionedThroughput"))
    return TableSpec(
        logical_id=table.logical_id,
        name=name,
        arn=stack.attribute(table.logical_id, "Arn"),
        creation={
            "TableName": name,
            "AttributeDefinitions": [
                {"AttributeName": attribute, "AttributeType": _SIMPLE_TYPES[key.get("Type", "String")]}
            ],
            "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
            "BillingMode": "PROVISIONED" if throughput else "PAY_PER_REQUEST",
            **({"ProvisionedThroughput": throughput} if throughput else {}),
        },
        line=table.place.line,
    )


def _check_keys(table: Resource) -> None:
    properties = table.properties
    indexes = [*properties.get("GlobalSecondaryIndexes", ()), *properties.get("LocalSecondaryIndexes", ())]
    used: dict[str, None] = {}
    for schema in [properties["KeySchema"], *(index["KeySchema"] for index in indexes)]:
        if [key["KeyType"] for key in schema] not in (["HASH"], ["HASH", "RANGE"]):
            raise _at_keys(
                table, f"A KeySchema of {table.logical_id} is {', '.join(key['KeyType'] for key in schema)}.",
                expected="HASH, or HASH and then RANGE",
            )  # fmt: skip
        used.update(dict.fromkeys(key["AttributeName"] for key in schema))
    defined = {definition["AttributeName"] for definition in properties["AttributeDefinitions"]}
    if missing := [name for name in used if name not in defined]:
        raise _at_keys(
            table, f"{table.logical_id} uses {', '.join(missing)} in a key without defining it.",
            expected="every key attribute in AttributeDefinitions",
            try_=f"add {{AttributeName: {missing[0]}, AttributeType: S}}",
        )  # fmt: skip
    if unused := sorted(defined - set(used)):
        raise _at_keys(
            table, f"{table.logical_id} defines {', '.join(unused)}, and no key or index uses it.",
            expected="key attributes only: other attributes need no definition", try_=f"remove {unused[0]}",
        )  # fmt: skip


def _at_keys(table: Resource, happened: str, **fields: str) -> TemplateError:
    return table.spot("AttributeDefinitions").error(PropertiesContradict, happened, **fields)


def _check_throughput(table: Resource, provisioned: bool) -> None:
    given = "ProvisionedThroughput" in table.properties
    if given != provisioned:
        billing = "PROVISIONED" if provisioned else "PAY_PER_REQUEST"
        raise table.spot("ProvisionedThroughput" if given else "").error(
            PropertiesContradict,
            f"BillingMode of {table.logical_id} is {billing}, {'with' if given else 'without'} ProvisionedThroughput.",
            expected="ProvisionedThroughput with PROVISIONED (the default) and only there",
            try_="BillingMode: PAY_PER_REQUEST" if provisioned else "remove ProvisionedThroughput",
        )
