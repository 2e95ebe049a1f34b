"""The Data Catalog behind its API.

https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html
"""

import asyncio
import json
from typing import Any

import botocore.session
import pytest

from harness.cloud.engines.glue.service import GlueService
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.simulation.wire import TEST, Call, Request

TABLE = {
    "Name": "Clicks",
    "PartitionKeys": [{"Name": "dt", "Type": "string"}, {"Name": "hr", "Type": "int"}],
    "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "string"}], "Location": "s3://b/clicks/"},
    "Parameters": {"k": "v"},
}
IN_TABLE = {"DatabaseName": "media", "TableName": "clicks"}


class Glue:
    """The service, asked."""

    def __init__(self) -> None:
        self.service = GlueService(clock=Clock(), randomness=Randomness(1), account_id="123456789012")

    def ask(self, operation: str, **parameters: Any) -> Any:
        """The answer; of a refusal, its code and message."""
        headers = {"x-amz-target": f"AWSGlue.{operation}"}
        body = json.dumps(parameters).encode()
        request = Request("POST", "https://glue.eu-west-1.amazonaws.com/", headers, body)
        reply = asyncio.run(self.service.answer(Call(1, TEST, "glue", operation, "", 1, request)))
        answer = json.loads(reply.body)
        return answer if reply.status == 200 else (answer["__type"], answer.get("Message", ""))


@pytest.fixture
def glue() -> Glue:
    """A catalogue with a database and a table."""
    glue = Glue()
    glue.ask("CreateDatabase", DatabaseInput={"Name": "Media"})
    glue.ask("CreateTable", DatabaseName="media", TableInput=TABLE)
    return glue


def test_names_are_lower_case(glue: Glue) -> None:
    assert [each["Name"] for each in glue.ask("GetDatabases")["DatabaseList"]] == ["default", "media"]
    assert glue.ask("GetTable", DatabaseName="MEDIA", Name="CLICKS")["Table"]["Name"] == "clicks"


def test_answers_have_the_shapes_of_botocores_model(glue: Glue) -> None:
    glue.ask("CreatePartition", **IN_TABLE, PartitionInput={"Values": ["a", "1"]})
    model = botocore.session.get_session().get_service_model("glue")
    asked: dict[str, dict[str, Any]] = {
        "GetDatabase": {"Name": "media"},
        "GetTable": {"DatabaseName": "media", "Name": "clicks"},
        "GetTables": {"DatabaseName": "media"},
        "GetPartition": {**IN_TABLE, "PartitionValues": ["a", "1"]},
        "GetPartitions": dict(IN_TABLE),
    }
    for operation, parameters in asked.items():
        output = model.operation_model(operation).output_shape
        assert output is not None
        _fits(glue.ask(operation, **parameters), output)


def _fits(value: Any, shape: Any) -> None:
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), (shape.name, value)
        for key, item in value.items():
            _fits(item, shape.members[key])
    elif shape.type_name == "list":
        for item in value:
            _fits(item, shape.member)


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("GetDatabase", {"Name": "x"}, "EntityNotFoundException"),
        ("CreateDatabase", {"DatabaseInput": {"Name": "MEDIA"}}, "AlreadyExistsException"),
        ("CreateDatabase", {"DatabaseInput": {}}, "ValidationException"),
        ("GetTable", {"DatabaseName": "media", "Name": "x"}, "EntityNotFoundException"),
        ("CreateTable", {"DatabaseName": "media", "TableInput": TABLE}, "AlreadyExistsException"),
        ("CreateTable", {"DatabaseName": "x", "TableInput": TABLE}, "EntityNotFoundException"),
        (
            "CreateTable",
            {"DatabaseName": "media", "TableInput": {"Name": "y", "PartitionKeys": [{"Name": "a"}, {"Name": "A"}]}},
            "InvalidInputException",
        ),
        ("GetPartition", {**IN_TABLE, "PartitionValues": ["x"]}, "EntityNotFoundException"),
        ("CreatePartition", {**IN_TABLE, "PartitionInput": {"Values": ["x"]}}, "InvalidInputException"),
        ("CreatePartition", {**IN_TABLE, "PartitionInput": {"Values": ["x", ""]}}, "InvalidInputException"),
        ("GetPartitions", {**IN_TABLE, "Expression": "dt = 'a' OR hr = 1"}, "InvalidInputException"),
        ("GetPartitions", {**IN_TABLE, "Expression": "nope = 'a'"}, "InvalidInputException"),
        ("BatchCreatePartition", {**IN_TABLE, "PartitionInputList": [{"Values": []}] * 101}, "ValidationException"),
        ("GetPartitions", {"DatabaseName": 3, "TableName": "x"}, "SerializationException"),
        ("StartCrawler", {"Name": "x"}, "UnknownOperationException"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(
    glue: Glue, operation: str, parameters: dict[str, Any], code: str
) -> None:
    assert glue.ask(operation, **parameters)[0] == code


def test_partitions_come_sorted_filtered_and_in_pages(glue: Glue) -> None:
    inputs = [{"Values": [day, str(hour)]} for day in ("b", "a") for hour in (10, 9)]
    assert glue.ask("BatchCreatePartition", **IN_TABLE, PartitionInputList=inputs) == {"Errors": []}

    def values(**more: Any) -> list[list[str]]:
        return [each["Values"] for each in glue.ask("GetPartitions", **IN_TABLE, **more)["Partitions"]]

    assert values() == [["a", "10"], ["a", "9"], ["b", "10"], ["b", "9"]]
    assert values(Expression="dt = 'b' AND hr >= 10") == [["b", "10"]]
    assert values(Expression="hr < 10 and dt <> 'a'") == [["b", "9"]]
    page = glue.ask("GetPartitions", **IN_TABLE, MaxResults=3)
    assert (len(page["Partitions"]), values(NextToken=page["NextToken"])) == (3, [["b", "9"]])


def test_a_batch_says_of_each_partition_that_failed_why(glue: Glue) -> None:
    inputs = [{"Values": ["a", "1"]}, {"Values": ["a", "1"]}, {"Values": ["a"]}]
    errors = glue.ask("BatchCreatePartition", **IN_TABLE, PartitionInputList=inputs)["Errors"]
    gone = glue.ask("BatchDeletePartition", **IN_TABLE, PartitionsToDelete=[{"Values": ["a", "1"]}, {"Values": ["z"]}])

    assert [each["ErrorDetail"]["ErrorCode"] for each in errors] == ["AlreadyExistsException", "InvalidInputException"]
    assert [each["PartitionValues"] for each in gone["Errors"]] == [["z"]]
    assert glue.ask("GetPartitions", **IN_TABLE)["Partitions"] == []


def test_an_update_replaces_and_keeps_what_it_does_not_name(glue: Glue) -> None:
    glue.ask("CreatePartition", **IN_TABLE, PartitionInput={"Values": ["a", "1"]})
    glue.ask("UpdatePartition", **IN_TABLE, PartitionValueList=["a", "1"], PartitionInput={"Values": ["a", "2"]})
    glue.ask("UpdateTable", DatabaseName="media", TableInput={**TABLE, "Parameters": {"k": "w"}})
    table = glue.ask("GetTable", DatabaseName="media", Name="clicks")["Table"]

    assert (table["Parameters"], table["VersionId"]) == ({"k": "w"}, "1")
    assert [each["Values"] for each in glue.ask("GetPartitions", **IN_TABLE)["Partitions"]] == [["a", "2"]]
    glue.ask("DeleteTable", DatabaseName="media", Name="clicks")
    glue.ask("DeleteDatabase", Name="media")
    assert glue.ask("GetTables", DatabaseName="media")[0] == "EntityNotFoundException"
