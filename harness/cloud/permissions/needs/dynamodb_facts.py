"""Condition keys of DynamoDB: whose items, and which attributes, a request is about.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

import re
from typing import Any

from harness.cloud.permissions.needs.asked import items, mapping, text

_EXPRESSIONS = (
    "ProjectionExpression",
    "UpdateExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
)
_NAMED = ("Key", "Item", "Expected", "AttributeUpdates", "KeyConditions", "QueryFilter", "ScanFilter")
_WORD = re.compile(r"[#:]?[A-Za-z_][\w-]*(?=(?P<call>\s*\()?)")
_NOT_NAMES = ("SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN")


def item_facts(
    request: dict[str, Any], table: dict[str, Any], index: str, enclosing: str
) -> dict[str, tuple[str, ...]]:
    """The keys of one request, or of one part of a batch or transaction.

    Args:
        table: as CreateTable has it; {} if it is not known.
        index: name of the index that is read; "": the table.
        enclosing: the batch or transaction it is a part of; "".
    """
    names = {name: text(value) for name, value in mapping(request.get("ExpressionAttributeNames")).items()}
    facts = {
        "dynamodb:leadingkeys": _leading_keys(request, _hash_key(table, index), names),
        "dynamodb:attributes": _attributes(request, names),
        "dynamodb:select": _given(request, "Select"),
        "dynamodb:returnvalues": _given(request, "ReturnValues"),
        "dynamodb:enclosingoperation": (enclosing,) if enclosing else (),
    }
    return {key: values for key, values in facts.items() if values}


def _given(request: dict[str, Any], key: str) -> tuple[str, ...]:
    return (text(request[key]),) if text(request.get(key)) else ()


def _hash_key(table: dict[str, Any], index: str) -> str:
    indexes = [*items(table.get("GlobalSecondaryIndexes")), *items(table.get("LocalSecondaryIndexes"))]
    schema = next((each["KeySchema"] for each in indexes if each.get("IndexName") == index), table.get("KeySchema"))
    return next((each["AttributeName"] for each in items(schema) if each.get("KeyType") == "HASH"), "")


def _parts(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The items and keys that a request names."""
    parts = [mapping(request.get("Key")), mapping(request.get("Item")), *map(mapping, items(request.get("Keys")))]
    for each in map(mapping, items(request.get("Requests"))):
        parts.append(mapping(mapping(each.get("PutRequest")).get("Item")))
        parts.append(mapping(mapping(each.get("DeleteRequest")).get("Key")))
    return [part for part in parts if part]


def _leading_keys(request: dict[str, Any], key: str, names: dict[str, str]) -> tuple[str, ...]:
    values = [part.get(key) for part in _parts(request)]
    condition = mapping(mapping(request.get("KeyConditions")).get(key))
    values += items(condition.get("AttributeValueList"))
    given = mapping(request.get("ExpressionAttributeValues"))
    for name, value in re.findall(r"([#\w.-]+)\s*=\s*(:\w+)", text(request.get("KeyConditionExpression"))):
        if names.get(name, name) == key:
            values.append(given.get(value))
    return tuple(dict.fromkeys(str(each) for value in values for each in mapping(value).values()))


def _attributes(request: dict[str, Any], names: dict[str, str]) -> tuple[str, ...]:
    found = [name for part in _parts(request) for name in part]
    for key in _NAMED:
        found += mapping(request.get(key))
    found += [text(name) for name in items(request.get("AttributesToGet"))]
    for key in _EXPRESSIONS:
        found += _names_in(text(request.get(key)), names)
    return tuple(dict.fromkeys(name for name in found if name))


def _names_in(expression: str, names: dict[str, str]) -> list[str]:
    """The top-level attributes of an expression: what stands behind a dot is inside one."""
    found = []
    for match in _WORD.finditer(expression):
        word = match[0]
        is_name = match["call"] is None and not word.startswith(":") and word.upper() not in _NOT_NAMES
        if is_name and expression[: match.start()][-1:] != ".":
            found.append(names.get(word, word))
    return found
