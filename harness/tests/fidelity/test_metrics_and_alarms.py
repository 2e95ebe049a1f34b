"""CloudWatch: metrics of functions and queues, embedded metrics, metrics put by clients, alarms."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Client:
    Type: AWS::Serverless::Function
    Properties: {Handler: client.handler, Timeout: 900}
  Worker:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: worker, Handler: worker.handler}
  Pager:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: pager, Handler: worker.page}
  Front:
    Type: AWS::Serverless::Function
    Properties:
      Handler: worker.front
      Events:
        Order: {Type: Api, Properties: {Path: /orders, Method: GET, RestApiId: !Ref Orders}}
        Part: {Type: Api, Properties: {Path: /orders, Method: GET, RestApiId: !Ref Parts}}
        Partner: {Type: HttpApi, Properties: {Path: /orders, Method: GET}}
  Orders: {Type: AWS::Serverless::Api, Properties: {StageName: prod, Name: orders}}
  Parts: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}
  Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: dead}}
  Failing:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: failing
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{Name: FunctionName, Value: !Ref Worker}]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 3
      DatapointsToAlarm: 2
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: [!GetAtt Pager.Arn]
      OKActions: [!GetAtt Pager.Arn]
  Waiting:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: ApproximateAgeOfOldestMessage
      Dimensions: [{Name: QueueName, Value: !GetAtt Dead.QueueName}]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 600
      ComparisonOperator: GreaterThanOrEqualToThreshold
      AlarmActions: [!GetAtt Pager.Arn]
  Slow:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: shop
      MetricName: latency
      ExtendedStatistic: p90
      Period: 60
      EvaluationPeriods: 1
      Threshold: 500
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref Alerts]
  Alerts:
    Type: AWS::SNS::Topic
    Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Inbox.Arn}]}
  Inbox: {Type: AWS::SQS::Queue}
  MayPublish:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Inbox.Arn
  Share:
    Type: AWS::CloudWatch::Alarm
    Properties:
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      Threshold: 0.5
      Metrics:
        - {Id: share, Expression: failed / (failed + done)}
        - Id: failed
          ReturnData: false
          MetricStat: {Metric: {Namespace: shop, MetricName: failed}, Period: 60, Stat: Sum}
        - Id: done
          ReturnData: false
          MetricStat: {Metric: {Namespace: shop, MetricName: done}, Period: 60, Stat: Sum}
"""

WORKER = """\
import json
import time


def handler(event, context):
    if event.get("raise"):
        raise ValueError("no")
    if "embedded" in event:
        print(json.dumps(event["embedded"]))
    time.sleep(event.get("s", 0))


def page(event, context):
    return None


def front(event, context):
    return {"statusCode": 200, "body": event["requestContext"]["apiId"]}
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/client.py": CLIENT, "src/worker.py": WORKER})


def ask(app: App, name: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Client", {"service": "cloudwatch", "calls": [[name, parameters]]}))[0]


def run(app: App, **payload: Any) -> None:
    app.run(app.world.invoke("Worker", payload))


def next_minute(app: App) -> int:
    """Waits until a minute begins; virtual milliseconds."""
    app.run(app.world.run_for(ms=60_000 - app.world.now_ms % 60_000))
    return app.world.now_ms


def span(app: App, minutes: int = 60) -> dict[str, str]:
    """The last minutes, as a client writes them."""
    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC) + timedelta(milliseconds=app.world.now_ms)
    return {"StartTime": str(now - timedelta(minutes=minutes)), "EndTime": str(now + timedelta(minutes=1))}


# ---- metrics ---------------------------------------------------------------------------------------


def test_lambda_counts_invocations_errors_and_their_duration(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
    minute = next_minute(app)
    run(app, s=0.2)
    run(app, s=0.4)
    run(app, **{"raise": True})

    wanted: Any = {"FunctionName": "worker"}
    assert app.world.metric("AWS/Lambda", "Invocations", **wanted)[minute] == 3
    assert app.world.metric("AWS/Lambda", "Errors", **wanted)[minute] == 1
    assert app.world.metric("AWS/Lambda", "Duration", statistic="Maximum", **wanted)[minute] == 400
    assert app.world.metric("AWS/Lambda", "ConcurrentExecutions", statistic="Maximum", **wanted)[minute] == 1


def test_each_api_counts_its_own_requests(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"""
    minute = next_minute(app)
    api_id = app.run(app.world.request("GET", "/orders", api="ServerlessHttpApi")).text
    for api, path in (("Orders", "/orders"), ("Orders", "/nowhere"), ("Parts", "/orders")):
        app.run(app.world.request("GET", path, api=api))

    assert app.world.metric("AWS/ApiGateway", "Count", ApiName="orders")[minute] == 2
    assert app.world.metric("AWS/ApiGateway", "4XXError", ApiName="orders", Stage="prod")[minute] == 1
    assert app.world.metric("AWS/ApiGateway", "Count", ApiName="kata")[minute] == 1
    assert app.world.metric("AWS/ApiGateway", "Count", ApiId=api_id)[minute] == 1


def test_a_client_reads_them_with_get_metric_statistics(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html"""
    next_minute(app)
    run(app, s=1)

    answer = ask(
        app, "get_metric_statistics", Namespace="AWS/Lambda", MetricName="Duration", Period=60,
        Dimensions=[{"Name": "FunctionName", "Value": "worker"}],
        Statistics=["Average", "SampleCount"], ExtendedStatistics=["p99"], **span(app, 1),
    )  # fmt: skip

    assert answer["Label"] == "Duration"
    point = answer["Datapoints"][-1]
    assert (point["Average"], point["SampleCount"], point["Unit"]) == (1000, 1, "Milliseconds")
    assert point["ExtendedStatistics"] == {"p99": 1000}


def test_queues_count_what_comes_and_sample_what_waits(app: App) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"""
    minute = next_minute(app)
    app.world.queue("Dead").send("one")
    app.world.queue("Dead").send("two")
    app.run(app.world.run_for(minutes=3))

    sent = app.world.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="dead")
    visible = app.world.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", statistic="Maximum", QueueName="dead")
    age = app.world.metric("AWS/SQS", "ApproximateAgeOfOldestMessage", statistic="Maximum", QueueName="dead")
    assert sent == {minute: 2}
    assert list(visible.values()) == [2, 2, 2]
    assert list(age.values()) == [59, 119, 179]


def test_a_log_line_in_embedded_metric_format_becomes_a_metric(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    minute = next_minute(app)
    metrics = [{"Name": "Orders", "Unit": "Count"}]
    directive = {"Namespace": "shop", "Dimensions": [["service"], []], "Metrics": metrics}
    timestamp = 1_767_603_600_000 + minute
    run(
        app,
        embedded={
            "_aws": {"Timestamp": timestamp, "CloudWatchMetrics": [directive]},
            "service": "checkout",
            "Orders": [1, 2],
        },
    )

    assert app.world.metric("shop", "Orders", service="checkout") == {minute: 3}
    assert app.world.metric("shop", "Orders", statistic="SampleCount") == {minute: 2}


def test_metrics_put_by_a_client_are_listed_and_read(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"""
    minute = next_minute(app)
    data = [
        {"MetricName": "basket", "Dimensions": [{"Name": "shop", "Value": "Cork"}], "Values": [5, 7], "Counts": [1, 3]}
    ]
    ask(app, "put_metric_data", Namespace="baskets", MetricData=data)

    listed = ask(app, "list_metrics", Namespace="baskets")["Metrics"]
    stat = {"Metric": {key: listed[0][key] for key in listed[0]}, "Period": 60, "Stat": "Average"}
    queries = [
        {"Id": "half", "Expression": "average / 2"},
        {"Id": "average", "MetricStat": stat, "ReturnData": False},
    ]
    answer = ask(app, "get_metric_data", MetricDataQueries=queries, **span(app, 2))["MetricDataResults"]

    assert listed[0]["Dimensions"] == [{"Name": "shop", "Value": "Cork"}]
    assert [result["Values"] for result in answer] == [[3.25]]
    assert app.world.metric("baskets", "basket", statistic="p50", shop="Cork") == {minute: 7}


def test_the_namespaces_of_aws_are_reserved(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"""
    answer = ask(app, "put_metric_data", Namespace="AWS/Lambda", MetricData=[{"MetricName": "Errors", "Value": 1}])

    assert answer["Error"]["Code"] == "InvalidParameterValue"


# ---- alarms --------------------------------------------------------------------------------------------


def pages(app: App) -> list[Any]:
    """What the pager was told: alarm, and the state it entered."""
    events = [invocation.event["alarmData"] for invocation in app.world.invocations("Pager")]
    return [(event["alarmName"], event["state"]["value"]) for event in events]


def test_an_alarm_is_raised_when_enough_periods_are_breaching_and_falls_back_when_data_is_missing(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"""
    app.run(app.world.run_for(minutes=5))
    begins = next_minute(app)
    run(app, **{"raise": True})
    app.run(app.world.run_for(minutes=1))
    after_one = app.world.alarm("Failing").state
    run(app, **{"raise": True})
    app.run(app.world.settle())

    changes = [(change.at_ms - begins, change.after) for change in app.world.alarm("Failing").history[-2:]]
    assert after_one == "OK"
    assert changes == [(120_000, "ALARM"), (360_000, "OK")]  # it looks five periods back for three data points
    assert [page for page in pages(app) if page[0] == "failing"][-2:] == [("failing", "ALARM"), ("failing", "OK")]


def test_an_alarm_on_a_percentile_reads_what_a_client_put(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html"""
    before = app.world.alarm("Slow").state
    next_minute(app)
    ask(
        app,
        "put_metric_data",
        Namespace="shop",
        MetricData=[{"MetricName": "latency", "Values": [100, 900], "Counts": [8, 2]}],
    )
    next_minute(app)
    during = app.world.alarm("Slow").state
    app.run(app.world.run_for(minutes=5))

    assert (before, during, app.world.alarm("Slow").state) == ("INSUFFICIENT_DATA", "ALARM", "INSUFFICIENT_DATA")


def test_an_alarm_tells_a_topic_what_it_saw(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"""
    notice = json.loads(app.world.queue("Inbox").arrivals[0].body)
    message = json.loads(notice["Message"])

    assert notice["Subject"] == f'ALARM: "{message["AlarmName"]}" in EU (Ireland)'
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert "[900]" in message["NewStateReason"]
    assert message["Trigger"]["ExtendedStatistic"] == "p90"


def test_an_alarm_on_a_calculation_compares_its_result(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"""
    next_minute(app)
    data = [{"MetricName": "failed", "Value": 3}, {"MetricName": "done", "Value": 2}]
    ask(app, "put_metric_data", Namespace="shop", MetricData=data)
    next_minute(app)

    described = ask(app, "describe_alarms", AlarmNamePrefix="kata-Share")["MetricAlarms"]

    assert app.world.alarm("Share").state == "ALARM"
    assert [alarm["StateValue"] for alarm in described] == ["ALARM"]
    assert "0.6" in described[0]["StateReason"]


def test_a_message_that_waits_raises_the_alarm_on_its_age_without_anything_else_happening(deploy: Deploy) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"""
    fresh = deploy(TEMPLATE, {"src/client.py": CLIENT, "src/worker.py": WORKER})
    fresh.world.queue("Dead").send("nobody reads this")

    fresh.run(fresh.world.settle())

    change = fresh.world.alarm("Waiting").history[-1]
    assert (change.after, change.at_ms) == ("ALARM", 660_000)
    assert json.loads(json.dumps(fresh.world.invocations("Pager")[0].event))["source"] == "aws.cloudwatch"
