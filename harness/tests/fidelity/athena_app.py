"""An app that asks Athena, and carries out any other call of boto3's that a test wants made."""

import gzip
import json
from typing import Any

from harness.tests.fidelity.conftest import App

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Data: {Type: AWS::S3::Bucket, Properties: {BucketName: archive}}
  Answers:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: answers
  Database: {Type: AWS::Glue::Database, Properties: {CatalogId: !Ref AWS::AccountId, DatabaseInput: {Name: media}}}
  Clicks:
    Type: AWS::Glue::Table
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: !Ref Database
      TableInput:
        Name: clicks
        TableType: EXTERNAL_TABLE
        PartitionKeys: [{Name: dt, Type: string}, {Name: hr, Type: string}]
        Parameters:
          projection.enabled: true
          projection.dt.type: date
          projection.dt.format: yyyy-MM-dd
          projection.dt.range: 2025-12-01,NOW
          projection.hr.type: integer
          projection.hr.range: 0,23
          projection.hr.digits: 2
          storage.location.template: !Sub "s3://${Data}/clicks/${!dt}/${!hr}"
        StorageDescriptor:
          Columns: [{Name: event_id, Type: string}, {Name: amount_cents, Type: bigint}]
          Location: !Sub "s3://${Data}/clicks/"
          InputFormat: org.apache.hadoop.mapred.TextInputFormat
          SerdeInfo: {SerializationLibrary: org.openx.data.jsonserde.JsonSerDe}
  Analysts:
    Type: AWS::Athena::WorkGroup
    Properties:
      Name: analysts
      WorkGroupConfiguration:
        BytesScannedCutoffPerQuery: 10000000
        ResultConfiguration: {OutputLocation: !Sub "s3://${Answers}/analysts/"}
  Ask:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Timeout: 300
      Policies: [{Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}]
  Told:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.told
      CodeUri: src/
      Events:
        Result:
          Type: S3
          Properties:
            Bucket: !Ref Answers
            Events: s3:ObjectCreated:*
            Filter: {S3Key: {Rules: [{Name: prefix, Value: told/}, {Name: suffix, Value: .csv}]}}
  Guarded:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Timeout: 300
      Policies:
        - AthenaQueryPolicy: {WorkGroupName: primary}
        - S3CrudPolicy: {BucketName: !Ref Answers}
        - Statement: [{Effect: Allow, Action: [glue:GetTable], Resource: "*"}]
"""

SOURCE = '''\
"""Carries out calls one after the other: [service, operation, arguments], or "run" for a whole query."""

import time

import boto3
from botocore.exceptions import ClientError


def handler(event, context):
    return [carry_out(*each) for each in event]


def told(event, context):
    print([record["s3"]["object"]["key"] for record in event["Records"]])


def carry_out(service, operation, arguments):
    client = boto3.client(service)
    if operation == "wait":
        return time.sleep(arguments["s"])
    try:
        if operation == "run":
            return run(client, **arguments)
        if operation == "pages":
            pages = client.get_paginator("get_query_results").paginate(**arguments)
            return [len(page["ResultSet"]["Rows"]) for page in pages]
        answer = getattr(client, operation)(**arguments)
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
    answer.pop("ResponseMetadata", None)
    return plain(answer)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.timestamp() if hasattr(value, "timestamp") else value


def run(client, statement, database="media", to="s3://answers/", **more):
    started = client.start_query_execution(
        QueryString=statement,
        QueryExecutionContext={"Database": database},
        ResultConfiguration={"OutputLocation": to},
        **more,
    )
    while True:
        found = client.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
        if found["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            break
        time.sleep(0.5)
    answer = plain(found)
    if found["Status"]["State"] == "SUCCEEDED":
        results = client.get_query_results(QueryExecutionId=started["QueryExecutionId"])
        rows = results["ResultSet"]["Rows"]
        answer["rows"] = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
        answer["columns"] = results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    return answer
'''

OPENX = "org.openx.data.jsonserde.JsonSerDe"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"


class Console:
    """The deployed app, as a test uses it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.world = app.world

    def call(self, *calls: Any, function: str = "Ask") -> list[Any]:
        """The answers to [service, operation, arguments], all in one invocation."""
        answers: list[Any] = self.app.run(self.world.invoke(function, list(calls)))  # type: ignore[arg-type]
        return answers

    def run(self, statement: str, *, function: str = "Ask", **more: Any) -> dict[str, Any]:
        """One statement from its start to its end, as GetQueryExecution and GetQueryResults have it."""
        (answer,) = self.call(["athena", "run", {"statement": statement, **more}], function=function)
        return answer  # type: ignore[no-any-return]

    def rows(self, statement: str, **more: Any) -> list[list[str | None]]:
        """The rows of a query without its header."""
        answer = self.run(statement, **more)
        assert answer.get("rows") is not None, answer
        return answer["rows"][1:]  # type: ignore[no-any-return]

    def reason(self, statement: str, **more: Any) -> str:
        """Why a statement fails."""
        answer = self.run(statement, **more)
        assert answer["Status"]["State"] == "FAILED", answer
        return answer["Status"]["StateChangeReason"]  # type: ignore[no-any-return]

    def put(self, key: str, content: str | bytes | list[Any]) -> None:
        """Writes an object to the bucket `archive`; a list becomes JSON lines, packed where the name ends in .gz."""
        if isinstance(content, list):
            content = "".join(json.dumps(each) + "\n" for each in content)
        body = content.encode() if isinstance(content, str) else content
        self.world.bucket("Data").put(key, gzip.compress(body, mtime=0) if key.endswith(".gz") else body)

    def table(self, name: str, columns: dict[str, str], **more: Any) -> Any:
        """Creates a table in `media` by Glue's API; its rows are in JSON below a prefix of its name."""
        storage = {
            "Columns": [{"Name": key, "Type": kind} for key, kind in columns.items()],
            "Location": f"s3://archive/{name}/",
            "SerdeInfo": {
                "SerializationLibrary": more.pop("serde", OPENX),
                "Parameters": more.pop("properties", {}),
            },
        }
        keys = [{"Name": key, "Type": kind} for key, kind in more.pop("keys", {}).items()]
        given = {"Name": name, "StorageDescriptor": storage, "PartitionKeys": keys, **more}
        return self.call(["glue", "create_table", {"DatabaseName": "media", "TableInput": given}])


DAYS = [f"2025-12-{number}" for number in range(25, 32)]
HOURS = ("00", "13")


def fill_clicks(console: Console) -> None:
    """Seven equal days of two hours each, five events an hour."""
    for day in DAYS:
        for hour in HOURS:
            events = [{"event_id": f"{day}-{hour}-{each}", "amount_cents": each * 100} for each in range(5)]
            console.put(f"clicks/{day}/{hour}/a.json", events)
