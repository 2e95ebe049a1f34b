"""Clients that make every call of SQS, SNS, EventBridge and its Scheduler, and many that are refused."""

import json
from collections.abc import Callable
from typing import Any

from harness.tests.fidelity.oracle_refusals import ACCOUNT, ARN, ROLE, UNIX_S, refused


def sqs(client: Any, settle: Callable[[], None]) -> None:
    url = client.create_queue(QueueName="made", Attributes={"VisibilityTimeout": "5"}, tags={"by": "ann"})["QueueUrl"]
    letters = client.get_queue_url(QueueName="letters")["QueueUrl"]
    dead = client.get_queue_url(QueueName="dead")["QueueUrl"]
    kind = {"kind": {"DataType": "String", "StringValue": "note"}, "raw": {"DataType": "Binary", "BinaryValue": b"x"}}
    client.send_message(QueueUrl=letters, MessageBody="a", MessageAttributes=kind)
    client.send_message_batch(
        QueueUrl=letters,
        Entries=[{"Id": "1", "MessageBody": "b"}, {"Id": "2", "MessageBody": "c", "DelaySeconds": 901}],
    )
    messages = client.receive_message(
        QueueUrl=letters, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )["Messages"]
    first, second = (message["ReceiptHandle"] for message in messages)
    client.change_message_visibility(QueueUrl=letters, ReceiptHandle=first, VisibilityTimeout=60)
    changes = [
        {"Id": "1", "ReceiptHandle": second, "VisibilityTimeout": 9},
        {"Id": "2", "ReceiptHandle": "x", "VisibilityTimeout": 9},
    ]
    client.change_message_visibility_batch(QueueUrl=letters, Entries=changes)
    client.delete_message(QueueUrl=letters, ReceiptHandle=first)
    deleted = [{"Id": "1", "ReceiptHandle": second}, {"Id": "2", "ReceiptHandle": "x"}]
    client.delete_message_batch(QueueUrl=letters, Entries=deleted)
    client.get_queue_attributes(QueueUrl=letters, AttributeNames=["All"])
    client.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})
    client.list_queues(MaxResults=2)
    client.list_dead_letter_source_queues(QueueUrl=dead)
    client.tag_queue(QueueUrl=url, Tags={"for": "bob"})
    client.list_queue_tags(QueueUrl=url)
    client.untag_queue(QueueUrl=url, TagKeys=["for"])
    client.add_permission(QueueUrl=url, Label="any", AWSAccountIds=[ACCOUNT], Actions=["SendMessage"])
    client.remove_permission(QueueUrl=url, Label="any")
    client.send_message_batch(QueueUrl=dead, Entries=[{"Id": str(n), "MessageBody": "lost"} for n in range(9)])
    source = ARN.format("sqs", "dead")
    move = {"SourceArn": source, "DestinationArn": ARN.format("sqs", "letters"), "MaxNumberOfMessagesPerSecond": 1}
    task = client.start_message_move_task(**move)
    refused(client.start_message_move_task, **move)
    client.list_message_move_tasks(SourceArn=source)
    refused(client.cancel_message_move_task, TaskHandle="x")
    client.cancel_message_move_task(TaskHandle=task["TaskHandle"])
    client.purge_queue(QueueUrl=url)
    refused(client.purge_queue, QueueUrl=url)
    refused(client.create_queue, QueueName="made", Attributes={"VisibilityTimeout": "6"})
    refused(client.create_queue, QueueName="not good")
    refused(client.create_queue, QueueName="odd", Attributes={"VisibilityTimeout": "-1"})
    refused(client.create_queue, QueueName="odd", Attributes={"Colour": "red"})
    client.delete_queue(QueueUrl=url)
    refused(client.create_queue, QueueName="made")
    refused(client.send_message, QueueUrl=url, MessageBody="x")
    refused(client.send_message, QueueUrl=letters, MessageBody="\x00")
    refused(client.send_message, QueueUrl=letters, MessageBody="")
    refused(client.send_message_batch, QueueUrl=letters, Entries=[])
    refused(client.send_message_batch, QueueUrl=letters, Entries=[{"Id": "a", "MessageBody": "x"}] * 2)
    refused(client.send_message_batch, QueueUrl=letters, Entries=[{"Id": "a b", "MessageBody": "x"}])
    refused(client.delete_message, QueueUrl=letters, ReceiptHandle="x")
    refused(client.change_message_visibility, QueueUrl=letters, ReceiptHandle=first, VisibilityTimeout=1)
    refused(client.receive_message, QueueUrl=letters, MaxNumberOfMessages=11)
    refused(client.get_queue_attributes, QueueUrl=letters, AttributeNames=["Colour"])
    refused(client.list_message_move_tasks, SourceArn=ARN.format("sqs", "nowhere"))
    refused(client.get_queue_url, QueueName="nowhere")


def sns(client: Any, settle: Callable[[], None]) -> None:
    news = ARN.format("sns", "news")
    made = client.create_topic(Name="made", Attributes={"DisplayName": "Made"}, Tags=[{"Key": "by", "Value": "ann"}])
    topic = made["TopicArn"]
    client.list_topics()
    client.get_topic_attributes(TopicArn=topic)
    client.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Again")
    client.add_permission(TopicArn=topic, Label="any", AWSAccountId=[ACCOUNT], ActionName=["Publish"])
    client.remove_permission(TopicArn=topic, Label="any")
    client.tag_resource(ResourceArn=topic, Tags=[{"Key": "for", "Value": "bob"}])
    client.list_tags_for_resource(ResourceArn=topic)
    client.untag_resource(ResourceArn=topic, TagKeys=["for"])
    queue = ARN.format("sqs", "letters")
    subscription = client.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True)
    arn = subscription["SubscriptionArn"]
    client.subscribe(TopicArn=topic, Protocol="email", Endpoint="ann@shop.example")
    client.list_subscriptions()
    client.list_subscriptions_by_topic(TopicArn=topic)
    client.set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"kind": ["note"]}'
    )
    client.get_subscription_attributes(SubscriptionArn=arn)
    kind = {"kind": {"DataType": "String", "StringValue": "note"}}
    client.publish(TopicArn=topic, Message="hello", Subject="Hi", MessageAttributes=kind)
    entries = [{"Id": "1", "Message": "a"}, {"Id": "2", "Message": "b", "Subject": "B"}]
    client.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    refused(client.confirm_subscription, TopicArn=topic, Token="x")
    refused(client.publish, TopicArn=ARN.format("sns", "nowhere"), Message="x")
    refused(client.publish, TopicArn=news, Message="")
    refused(client.publish, TopicArn=news, Message="x", MessageGroupId="g" * 200)
    refused(client.publish_batch, TopicArn=news, PublishBatchRequestEntries=[])
    refused(client.publish_batch, TopicArn=news, PublishBatchRequestEntries=[{"Id": "1", "Message": "a"}] * 2)
    refused(client.create_topic, Name="not good")
    refused(client.get_topic_attributes, TopicArn=ARN.format("sns", "nowhere"))
    refused(client.set_topic_attributes, TopicArn=topic, AttributeName="Colour", AttributeValue="red")
    refused(client.subscribe, TopicArn=topic, Protocol="pigeon", Endpoint="coop")
    refused(client.subscribe, TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"FilterPolicy": "x"})
    refused(client.get_subscription_attributes, SubscriptionArn=f"{topic}:11111111-2222-4333-8444-555555555555")
    client.unsubscribe(SubscriptionArn=arn)
    client.delete_topic(TopicArn=topic)


def events(client: Any, settle: Callable[[], None]) -> None:
    client.create_event_bus(Name="made")
    client.describe_event_bus(Name="made")
    client.list_event_buses()
    client.put_permission(EventBusName="made", Action="events:PutEvents", Principal=ACCOUNT, StatementId="any")
    client.remove_permission(EventBusName="made", StatementId="any")
    rule = {"Name": "placed", "EventBusName": "made"}
    queue = ARN.format("sqs", "letters")
    client.put_rule(**rule, EventPattern='{"source": ["shop"]}', Description="placed orders")
    client.put_targets(
        Rule="placed", EventBusName="made",
        Targets=[{"Id": "q", "Arn": queue, "RetryPolicy": {"MaximumRetryAttempts": 1}, "InputPath": "$.detail"}],
    )  # fmt: skip
    client.describe_rule(**rule)
    client.list_rules(EventBusName="made")
    client.list_rule_names_by_target(TargetArn=queue, EventBusName="made")
    client.list_targets_by_rule(Rule="placed", EventBusName="made")
    client.disable_rule(**rule)
    client.enable_rule(**rule)
    event = {"id": "1", "account": ACCOUNT, "source": "shop", "time": "2026-01-05T09:00:00Z", "region": "eu-west-1",
             "resources": [], "detail-type": "Placed", "detail": {}}  # fmt: skip
    client.test_event_pattern(EventPattern='{"source": ["shop"]}', Event=json.dumps(event))
    bus = ARN.format("events", "event-bus/made")
    client.create_archive(ArchiveName="all", EventSourceArn=bus, RetentionDays=7)
    client.update_archive(ArchiveName="all", RetentionDays=8)
    client.describe_archive(ArchiveName="all")
    client.list_archives()
    entry = {"Source": "shop", "DetailType": "Placed", "Detail": "{}", "EventBusName": "made"}
    client.put_events(Entries=[entry, {**entry, "Detail": "no json"}])
    settle()
    replay = {"EventSourceArn": ARN.format("events", "archive/all"), "EventStartTime": UNIX_S,
              "EventEndTime": UNIX_S + 60, "Destination": {"Arn": bus}}  # fmt: skip
    client.start_replay(ReplayName="again", **replay)
    client.describe_replay(ReplayName="again")
    client.list_replays()
    client.cancel_replay(ReplayName="again")
    refused(client.start_replay, ReplayName="again", **replay)
    refused(client.put_rule, Name="odd", EventPattern="no json")
    refused(client.put_rule, Name="odd", ScheduleExpression="every now and then")
    refused(client.put_rule, Name="odd", EventPattern="{}", EventBusName="nowhere")
    refused(client.describe_rule, Name="nowhere")
    refused(client.delete_rule, **rule)
    refused(client.put_targets, Rule="nowhere", Targets=[{"Id": "q", "Arn": queue}])
    refused(client.test_event_pattern, EventPattern='{"source": 1}', Event=json.dumps(event))
    refused(client.create_event_bus, Name="made")
    refused(client.describe_event_bus, Name="nowhere")
    refused(client.create_archive, ArchiveName="all", EventSourceArn=bus)
    refused(client.describe_archive, ArchiveName="nowhere")
    refused(client.describe_replay, ReplayName="nowhere")
    settle()
    client.remove_targets(Rule="placed", EventBusName="made", Ids=["q", "nowhere"])
    client.delete_rule(**rule)
    client.delete_archive(ArchiveName="all")
    client.delete_event_bus(Name="made")


def scheduler(client: Any, settle: Callable[[], None]) -> None:
    schedule = {
        "Name": "nightly", "ScheduleExpression": "cron(0 2 * * ? *)", "ScheduleExpressionTimezone": "Europe/Dublin",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}, "StartDate": UNIX_S,
        "Target": {"Arn": ARN.format("sqs", "letters"), "RoleArn": ROLE, "Input": "{}",
                   "RetryPolicy": {"MaximumRetryAttempts": 2}},
    }  # fmt: skip
    client.create_schedule(**schedule)
    client.get_schedule(Name="nightly")
    client.update_schedule(**schedule, State="DISABLED", Description="at night")
    client.get_schedule(Name="nightly")
    client.list_schedules()
    refused(client.create_schedule, **schedule)
    refused(client.create_schedule, **{**schedule, "Name": "odd", "ScheduleExpression": "now and then"})
    refused(client.create_schedule, **{**schedule, "Name": "odd", "GroupName": "nowhere"})
    refused(client.get_schedule, Name="nowhere")
    refused(client.update_schedule, **{**schedule, "Name": "nowhere"})
    client.delete_schedule(Name="nightly")
    refused(client.delete_schedule, Name="nightly")
