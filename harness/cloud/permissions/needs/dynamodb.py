"""What calls of DynamoDB and its Streams need: a table, an index or a stream, item by item in transactions.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
"""

import base64
import binascii
import json
import re

from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked, items, mapping, text

_ANY = ("ListTables", "DescribeLimits", "DescribeEndpoints", "ListBackups", "ListExports", "ListImports")
_IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_STATEMENT = re.compile(
    r"""\s*(?:EXISTS\s*\(\s*)?(?P<verb>SELECT|INSERT|UPDATE|DELETE)\b
    (?:.*?\b(?:FROM|INTO)\b)?\s*"?(?P<table>[\w.-]+?)"?(?:\."(?P<index>[\w.-]+)")?(?:\s|$)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def dynamodb(asked: Asked) -> list[Need]:
    """Needs of a call of DynamoDB."""
    operation = asked.operation
    if operation in _ANY:
        return [Need(f"dynamodb:{operation}", "*")]
    if operation in ("BatchGetItem", "BatchWriteItem"):
        return _batch(asked)
    if operation in ("TransactWriteItems", "TransactGetItems"):
        return _transaction(asked)
    if operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"):
        return _statements(asked)
    name = table_name(asked.named("TableName"))
    if name and operation in ("Query", "Scan") and asked.named("IndexName"):
        name = f"{name}/index/{asked.named('IndexName')}"
    resource = asked.arn("dynamodb", f"table/{name}") if name else asked.named("ResourceArn")
    return [_need(asked, operation, resource, asked.parameters)] if resource else []


def streams(asked: Asked) -> list[Need]:
    """Needs of a call of DynamoDB Streams."""
    action = f"dynamodb:{asked.operation}"
    if asked.operation == "ListStreams":
        table = table_name(asked.named("TableName")) or "*"
        return [Need(action, asked.arn("dynamodb", f"table/{table}/stream/*"))]
    arn = asked.named("StreamArn") or _stream_of(asked.named("ShardIterator"))
    return [Need(action, arn)] if arn else []


def table_name(given: str) -> str:
    """The table's name in its name or ARN."""
    return given.rpartition(":table/")[2].partition("/")[0]


def _need(asked: Asked, operation: str, resource: str, request: dict[str, object], enclosing: str = "") -> Need:
    table = asked.template.tables.values()

    def facts() -> dict[str, tuple[str, ...]]:
        from harness.cloud.permissions.needs.dynamodb_facts import item_facts

        name = table_name(resource)
        spec = next((each for each in table if each.name == name), None)
        return item_facts(request, spec.creation if spec else {}, resource.partition("/index/")[2], enclosing)

    return Need(f"dynamodb:{operation}", resource, facts)


def _batch(asked: Asked) -> list[Need]:
    needs = []
    for table, requests in mapping(asked.parameters.get("RequestItems")).items():
        about = {"Keys": mapping(requests).get("Keys"), "Requests": items(requests)}
        resource = asked.arn("dynamodb", f"table/{table_name(table)}")
        needs.append(_need(asked, asked.operation, resource, {**mapping(requests), **about}, asked.operation))
    return needs


def _transaction(asked: Asked) -> list[Need]:
    needs = []
    for item in items(asked.parameters.get("TransactItems")):
        for kind, request in mapping(item).items():
            name = table_name(text(mapping(request).get("TableName")))
            if kind in _IN_TRANSACTIONS and name:
                resource = asked.arn("dynamodb", f"table/{name}")
                needs.append(_need(asked, _IN_TRANSACTIONS[kind], resource, mapping(request), asked.operation))
    return needs


def _statements(asked: Asked) -> list[Need]:
    listed = items(asked.parameters.get("Statements") or asked.parameters.get("TransactStatements"))
    statements = [text(mapping(each).get("Statement")) for each in listed] or [asked.named("Statement")]
    needs = []
    for found in map(_STATEMENT.match, statements):
        if found:
            table = found["table"] + (f"/index/{found['index']}" if found["index"] else "")
            action = f"dynamodb:PartiQL{found['verb'].capitalize()}"
            needs.append(Need(action, asked.arn("dynamodb", f"table/{table}")))
    return needs


def _stream_of(iterator: str) -> str:
    """The stream's ARN in a shard iterator of ours."""
    try:
        found = json.loads(base64.b64decode(iterator, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return ""
    return text(found[0]) if isinstance(found, list) and found else ""
