"""What calls of SQS, SNS, EventBridge and its Scheduler need.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
"""

import base64
import binascii
import json
from urllib.parse import parse_qs, unquote, urlsplit

from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked, items, mapping, passing, text

_MOVING = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
"""What StartMessageMoveTask needs on the dead-letter queue besides itself.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html"""

_SNS_ANY = (
    "ListTopics",
    "ListSubscriptions",
    "Unsubscribe",
    "GetSubscriptionAttributes",
    "SetSubscriptionAttributes",
    "CheckIfPhoneNumberIsOptedOut",
)
_EVENTS_ANY = (
    "ListRules",
    "ListRuleNamesByTarget",
    "ListEventBuses",
    "ListArchives",
    "ListReplays",
    "TestEventPattern",
)


def sqs(asked: Asked) -> list[Need]:
    """Needs of a call of SQS: a batch needs what its entries need."""
    operation = asked.operation.removesuffix("Batch")
    if operation == "ListQueues":
        return [Need("sqs:ListQueues", "*")]
    if operation.endswith(("MessageMoveTask", "MessageMoveTasks")):
        return _move_task(asked)
    name = asked.named("QueueName") or _path(asked.named("QueueUrl")).rpartition("/")[2]
    return [Need(f"sqs:{operation}", asked.arn("sqs", name))] if name else []


def _move_task(asked: Asked) -> list[Need]:
    source = asked.named("SourceArn") or _source_of(asked.named("TaskHandle"))
    if not source:
        return []
    needs = [Need(f"sqs:{asked.operation}", source)]
    if asked.operation == "StartMessageMoveTask":
        needs += [Need(f"sqs:{each}", source) for each in _MOVING]
        given = asked.named("DestinationArn")
        needs += [Need("sqs:SendMessage", arn) for arn in ([given] if given else _where_from(source, asked))]
    return needs


def _where_from(dead_letters_arn: str, asked: Asked) -> list[str]:
    """The queues whose messages go to this dead-letter queue, and back from it."""
    queues = asked.template.queues.values()
    own = [each.logical_id for each in queues if each.arn == dead_letters_arn]
    return [each.arn for each in queues if each.dead_letter_queue in own]


def _source_of(handle: str) -> str:
    try:
        return text(mapping(json.loads(base64.b64decode(handle, validate=True))).get("sourceArn"))
    except (binascii.Error, ValueError, RecursionError):
        return ""


def _path(url: str) -> str:
    """The path of a URL; "" where it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def sns(asked: Asked) -> list[Need]:
    """Needs of a call of SNS."""
    operation, form = asked.operation.removesuffix("Batch"), asked.form
    if operation in _SNS_ANY:
        return [Need(f"sns:{operation}", "*")]
    given = [form[key] for key in ("TopicArn", "TargetArn", "ResourceArn", "PhoneNumber") if key in form]
    if operation == "CreateTopic":
        given = [asked.arn("sns", form.get("Name", ""))]
    facts = {"sns:protocol": (form.get("Protocol", ""),), "sns:endpoint": (form.get("Endpoint", ""),)}
    return [Need(f"sns:{operation}", given[0], lambda: facts if operation == "Subscribe" else {})] if given else []


def events(asked: Asked) -> list[Need]:
    """Needs of a call of EventBridge."""
    operation = asked.operation
    if operation in _EVENTS_ANY:
        return [Need(f"events:{operation}", "*")]
    if operation == "PutEvents":
        return [_put_event(mapping(entry), asked) for entry in items(asked.parameters.get("Entries"))]
    resource = _events_resource(asked)
    needs = [Need(f"events:{operation}", asked.arn("events", resource))] if resource else []
    targets = [mapping(each) for each in items(asked.parameters.get("Targets"))]
    roles = [asked.named("RoleArn"), *(text(each.get("RoleArn")) for each in targets)]
    return needs + passing(roles, "events.amazonaws.com")


def _put_event(entry: dict[str, object], asked: Asked) -> Need:
    facts = {
        "events:source": (text(entry.get("Source")),),
        "events:detail-type": (text(entry.get("DetailType")),),
    }
    bus = text(entry.get("EventBusName")).rpartition("event-bus/")[2] or "default"
    return Need("events:PutEvents", asked.arn("events", f"event-bus/{bus}"), lambda: facts)


def _events_resource(asked: Asked) -> str:
    operation = asked.operation
    if "Archive" in operation:
        return f"archive/{asked.named('ArchiveName')}"
    if "Replay" in operation:
        return f"replay/{asked.named('ReplayName')}"
    bus = (asked.named("EventBusName") or "default").rpartition("event-bus/")[2]
    if operation.endswith(("EventBus", "Permission")):
        return f"event-bus/{asked.named('Name') or bus}"
    rule = asked.named("Rule") or asked.named("Name")
    return f"rule/{rule if bus == 'default' else f'{bus}/{rule}'}" if rule else ""


def scheduler(asked: Asked) -> list[Need]:
    """Needs of a call of the Scheduler: who makes a schedule passes its role on."""
    operation = asked.operation
    if operation in ("ListSchedules", "ListScheduleGroups"):
        return [Need(f"scheduler:{operation}", "*")]
    parts = urlsplit(asked.call.request.url)
    kind, _, name = unquote(parts.path).strip("/").partition("/")
    if kind == "schedule-groups":
        return [Need(f"scheduler:{operation}", asked.arn("scheduler", f"schedule-group/{name}"))]
    in_query = parse_qs(parts.query).get("groupName", ["default"])[0]
    group = asked.named("GroupName") or in_query
    roles = [text(mapping(asked.parameters.get("Target")).get("RoleArn"))]
    needs = [Need(f"scheduler:{operation}", asked.arn("scheduler", f"schedule/{group}/{name}"))]
    return needs + passing(roles, "scheduler.amazonaws.com")
