"""Expressions answered with what is kept, and as moto answers them: the same, wrong ones too."""

import json
from typing import Any

import pytest
from moto.dynamodb.comparisons import ConditionExpressionParser

from harness.cloud.account import Account
from harness.cloud.moto_sparing import MOTOS
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.simulation.wire import Request

NAMES = {"#s": "status", "#m": "tags", "#l": "list"}
VALUES = {
    ":n": {"N": "3"},
    ":s": {"S": "done"},
    ":l": {"L": [{"S": "x"}]},
    ":ss": {"SS": ["a", "z"]},
    ":e": {"S": ""},
}
UPDATES = (
    "SET #s = :s",
    "SET #s = :s, seen = if_not_exists(seen, :n) REMOVE body ADD hits :n",
    "SET #l = list_append(#l, :l), #m.inner.deep = :n",
    "SET hits = hits + :n, #l[0] = :s REMOVE #l[1], #l[2]",
    "DELETE labels :ss",
    "ADD labels :ss SET #m = :n",
    "SET pk = :s",
    "SET #s = :s, #s = :n",
    "SET #s = :unknown",
    "SET #unknown = :s",
    "SET #m.nowhere.deep = :n",
    "SET hits = #s + :n",
    "SET #s :s",
    "ADD #s :n",
)
CONDITIONS = (
    "attribute_exists(pk) AND #s = :s",
    "attribute_not_exists(pk) OR (hits BETWEEN :n AND :n AND NOT #s <> :s)",
    "#m.inner.deep < :n",
    "size(#l) > :n OR #s IN (:s, :e)",
    "begins_with(#s, :s) AND contains(labels, :s)",
    "#s = ",
    "((#s = :s))",
    "#s ~ :s",
)
ITEM: dict[str, Any] = {
    "pk": {"S": "1"},
    "status": {"S": "open"},
    "hits": {"N": "1"},
    "list": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]},
    "tags": {"M": {"inner": {"M": {"deep": {"N": "1"}}}}},
    "labels": {"SS": ["a", "b"]},
    "body": {"S": "text"},
}


def answers() -> list[tuple[int, bytes, bytes]]:
    """Status, body and the item afterwards, for every update and every condition."""
    account = with_table()
    expressions = [{"UpdateExpression": one} for one in UPDATES]
    expressions += [{"UpdateExpression": UPDATES[0], "ConditionExpression": one} for one in CONDITIONS]
    found = []
    for expression in expressions:
        ask(account, "PutItem", Item=ITEM)
        used = " ".join(expression.values())
        names = {name: value for name, value in NAMES.items() if name in used}
        values = {name: value for name, value in VALUES.items() if name in used}
        more = {"ExpressionAttributeNames": names} if names else {}
        status, body = ask(
            account,
            "UpdateItem",
            Key={"pk": ITEM["pk"]},
            ReturnValues="ALL_NEW",
            ExpressionAttributeValues=values,
            **expression,
            **more,
        )
        found.append((status, body, ask(account, "GetItem", Key={"pk": ITEM["pk"]})[1]))
    return found


def with_table() -> Account:
    account = Account(Clock(), Randomness(0))
    key = {"AttributeName": "pk", "KeyType": "HASH"}
    attributes = [{"AttributeName": "pk", "AttributeType": "S"}]
    settings: dict[str, Any] = {"KeySchema": [key], "AttributeDefinitions": attributes}
    account.json_call(
        "dynamodb", "DynamoDB_20120810.CreateTable", TableName="t", BillingMode="PAY_PER_REQUEST", **settings
    )
    return account


def ask(account: Account, operation: str, **parameters: Any) -> tuple[int, bytes]:
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}", "content-type": "application/x-amz-json-1.0"}
    body = json.dumps({"TableName": "t", **parameters}).encode()
    answer = account.answer(Request("POST", "https://dynamodb.eu-west-1.amazonaws.com/", headers, body))
    return answer.status, answer.body


def test_every_expression_is_answered_as_moto_answers_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = answers()
    again = answers()
    monkeypatch.setattr(ConditionExpressionParser, "_lex_condition_expression", MOTOS.lex)
    monkeypatch.setattr("moto.dynamodb.parsing.ast_nodes.DepthFirstTraverser.traverse_node_recursively", MOTOS.traverse)
    monkeypatch.setattr("moto.dynamodb.parsing.ast_nodes.Node.find_clauses", MOTOS.find_clauses)

    assert ours == again == answers()
    assert {status for status, _, _ in ours} == {200, 400}


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (
            {"UpdateExpression": "SET #unknown = :n"},
            "Invalid UpdateExpression: An expression attribute name used in the document path is not defined; "
            "attribute name: #unknown",
        ),
        (
            {"UpdateExpression": "SET hits = :n", "ConditionExpression": "hits ~ :n"},
            'Invalid ConditionExpression: Syntax error; token: "~", near: "hits ~ :n"',
        ),
        (
            {"UpdateExpression": "SET hits = :n", "ConditionExpression": "hits < "},
            'Invalid ConditionExpression: Syntax error; token: "<", near: "hits < "',
        ),
    ],
)
def test_an_expression_that_moto_fails_on_is_refused_as_aws_refuses_it(expression: dict[str, str], said: str) -> None:
    account = with_table()

    status, body = ask(
        account, "UpdateItem", Key={"pk": ITEM["pk"]}, ExpressionAttributeValues={":n": VALUES[":n"]}, **expression
    )

    assert status == 400
    assert json.loads(body) == {"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "message": said}
