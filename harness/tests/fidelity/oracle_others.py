"""Clients that make every call of Kinesis, DynamoDB Streams, Lambda, its logs and metrics, load balancing and ECS."""

from collections.abc import Callable
from typing import Any

from harness.tests.fidelity.oracle_refusals import UNIX_S, refused


def kinesis(client: Any, settle: Callable[[], None]) -> None:
    named = {"StreamName": "clicks"}
    client.put_record(**named, Data=b"a", PartitionKey="k")
    client.put_records(**named, Records=[{"Data": b"b", "PartitionKey": str(number)} for number in range(9)])
    shards = client.list_shards(**named, MaxResults=1)["Shards"]
    client.describe_stream(**named)
    client.describe_stream_summary(**named)
    client.list_streams()
    for shard in client.list_shards(**named)["Shards"]:
        iterator = client.get_shard_iterator(**named, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        client.get_records(ShardIterator=iterator["ShardIterator"])
    client.add_tags_to_stream(**named, Tags={"by": "ann"})
    client.list_tags_for_stream(**named)
    client.remove_tags_from_stream(**named, TagKeys=["by"])
    client.increase_stream_retention_period(**named, RetentionPeriodHours=48)
    client.decrease_stream_retention_period(**named, RetentionPeriodHours=24)
    client.create_stream(StreamName="made", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    settle()
    refused(client.update_shard_count, StreamName="made", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    client.split_shard(**named, ShardToSplit=shards[0]["ShardId"], NewStartingHashKey="7" * 37)
    refused(client.put_record, StreamName="nowhere", Data=b"a", PartitionKey="k")
    refused(client.get_records, ShardIterator="x")
    refused(client.get_shard_iterator, **named, ShardId="shardId-000000000099", ShardIteratorType="LATEST")
    refused(client.split_shard, **named, ShardToSplit=shards[0]["ShardId"], NewStartingHashKey="7" * 37)
    refused(client.create_stream, StreamName="clicks", ShardCount=1)
    refused(client.describe_stream, StreamName="nowhere")
    refused(client.list_shards, NextToken="x")
    refused(client.increase_stream_retention_period, **named, RetentionPeriodHours=1)
    settle()
    opened = client.list_shards(**named, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    first, second = sorted(opened, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))[:2]
    refused(client.merge_shards, **named, ShardToMerge=first["ShardId"], AdjacentShardToMerge=first["ShardId"])
    client.merge_shards(**named, ShardToMerge=first["ShardId"], AdjacentShardToMerge=second["ShardId"])
    settle()
    client.update_shard_count(**named, TargetShardCount=1, ScalingType="UNIFORM_SCALING")
    client.delete_stream(StreamName="made")


def dynamodbstreams(client: Any, settle: Callable[[], None]) -> None:
    arn = client.list_streams(TableName="orders")["Streams"][0]["StreamArn"]
    shard = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    asked = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    client.get_records(ShardIterator=client.get_shard_iterator(**asked)["ShardIterator"])
    refused(client.describe_stream, StreamArn=arn.replace("orders", "nowhere"))
    refused(client.get_shard_iterator, **{**asked, "ShardId": "shardId-00000000000000000000-00000000"})
    refused(client.get_records, ShardIterator="x")


def logs(client: Any, settle: Callable[[], None]) -> None:
    group, stream = "/aws/lambda/work", "own/1"
    client.create_log_group(logGroupName="own")
    client.put_retention_policy(logGroupName="own", retentionInDays=7)
    client.create_log_stream(logGroupName="own", logStreamName=stream)
    event = {"timestamp": UNIX_S * 1000, "message": "hello"}
    client.put_log_events(logGroupName="own", logStreamName=stream, logEvents=[event])
    client.describe_log_groups()
    streams = client.describe_log_streams(logGroupName=group)["logStreams"]
    client.get_log_events(logGroupName=group, logStreamName=streams[0]["logStreamName"], startFromHead=True)
    client.filter_log_events(logGroupName=group, filterPattern="REPORT", limit=1)
    refused(client.create_log_group, logGroupName="own")
    refused(client.create_log_stream, logGroupName="own", logStreamName=stream)
    refused(client.put_log_events, logGroupName="nowhere", logStreamName="x", logEvents=[event])
    refused(client.get_log_events, logGroupName="nowhere", logStreamName="x")
    refused(client.filter_log_events, logGroupName="nowhere")


def cloudwatch(client: Any, settle: Callable[[], None]) -> None:
    window = {"StartTime": UNIX_S - 60, "EndTime": UNIX_S + 3600}
    client.put_metric_data(Namespace="shop", MetricData=[{"MetricName": "orders", "Value": 3, "Unit": "Count"}])
    client.list_metrics(Namespace="shop")
    wanted = {"Namespace": "shop", "MetricName": "orders"}
    client.get_metric_statistics(**wanted, **window, Period=60, Statistics=["Sum", "Average", "SampleCount"])
    client.get_metric_statistics(**wanted, **window, Period=60, ExtendedStatistics=["p90"])
    queries = [
        {"Id": "a", "MetricStat": {"Metric": wanted, "Period": 60, "Stat": "Sum"}},
        {"Id": "b", "Expression": "a * 2", "Label": "twice"},
    ]
    client.get_metric_data(MetricDataQueries=queries, **window)
    client.describe_alarms()
    client.describe_alarm_history(AlarmName="failing")
    refused(client.get_metric_statistics, **wanted, **window, Period=61, Statistics=["Sum"])
    refused(client.get_metric_statistics, **wanted, **window, Period=60)
    refused(client.get_metric_statistics, **wanted, StartTime=0, EndTime=UNIX_S, Period=60, Statistics=["Sum"])
    refused(client.put_metric_data, Namespace="AWS/own", MetricData=[{"MetricName": "m", "Value": 1}])
    refused(client.list_metrics, NextToken="x")
    refused(client.describe_alarms, NextToken="x")
    refused(client.describe_alarms, MaxRecords=101)


def lambda_(client: Any, settle: Callable[[], None]) -> None:
    named = {"FunctionName": "work"}
    client.invoke(**named, Payload=b'{"a": 1}', LogType="Tail")
    client.invoke(**named, Payload=b'{"fails": true}')
    client.invoke(**named, InvocationType="Event", Payload=b"{}")
    client.invoke(**named, InvocationType="DryRun", Payload=b"{}")
    client.get_account_settings()
    client.list_functions()
    client.get_function(**named)
    client.get_function_configuration(**named)
    client.update_function_configuration(**named, Timeout=9)
    version = client.publish_version(**named)["Version"]
    client.list_versions_by_function(**named)
    routing: dict[str, dict[str, float]] = {"AdditionalVersionWeights": {}}
    client.create_alias(**named, Name="live", FunctionVersion=version, RoutingConfig=routing)
    client.get_alias(**named, Name="live")
    client.update_alias(**named, Name="live", Description="for all")
    client.list_aliases(**named)
    client.put_provisioned_concurrency_config(**named, Qualifier="live", ProvisionedConcurrentExecutions=1)
    client.get_provisioned_concurrency_config(**named, Qualifier="live")
    client.delete_provisioned_concurrency_config(**named, Qualifier="live")
    refused(client.get_provisioned_concurrency_config, **named, Qualifier="live")
    client.put_function_concurrency(**named, ReservedConcurrentExecutions=5)
    client.get_function_concurrency(**named)
    client.delete_function_concurrency(**named)
    client.put_function_recursion_config(**named, RecursiveLoop="Allow")
    client.get_function_recursion_config(**named)
    refused(client.create_alias, **named, Name="live", FunctionVersion=version)
    refused(client.create_alias, **named, Name="odd", FunctionVersion="99")
    client.delete_alias(**named, Name="live")
    refused(client.get_alias, **named, Name="live")
    refused(client.invoke, FunctionName="nowhere")
    refused(client.invoke, **named, Qualifier="nowhere")
    refused(client.invoke, **named, Payload=b"no json")
    refused(client.invoke, **named, InvocationType="Event", Payload=b'"' + b"x" * 1_100_000 + b'"')
    refused(client.get_function, FunctionName="nowhere")
    refused(client.put_function_concurrency, **named, ReservedConcurrentExecutions=5000)
    refused(client.update_function_configuration, **named, Timeout=901)


def elbv2(client: Any, settle: Callable[[], None]) -> None:
    balancer = client.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    client.describe_load_balancer_attributes(LoadBalancerArn=balancer)
    listener = client.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    groups = {one["TargetGroupName"]: one["TargetGroupArn"] for one in client.describe_target_groups()["TargetGroups"]}
    forward = [{"Type": "forward", "TargetGroupArn": groups["addresses"]}]
    made = client.create_rule(
        ListenerArn=listener, Priority=5, Actions=forward,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a*"]}},
                    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-A", "Values": ["1"]}},
                    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "k", "Value": "v"}]}}],
    )  # fmt: skip
    rule = made["Rules"][0]["RuleArn"]
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "ContentType": "text/plain"}}]
    client.modify_rule(RuleArn=rule, Actions=fixed)
    client.set_rule_priorities(RulePriorities=[{"RuleArn": rule, "Priority": 6}])
    client.describe_rules(ListenerArn=listener)
    client.modify_listener(ListenerArn=listener, DefaultActions=forward)
    client.describe_target_group_attributes(TargetGroupArn=groups["functions"])
    attributes = [{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}]
    client.modify_target_group_attributes(TargetGroupArn=groups["functions"], Attributes=attributes)
    client.register_targets(TargetGroupArn=groups["addresses"], Targets=[{"Id": "10.0.0.18", "Port": 80}])
    client.describe_target_health(TargetGroupArn=groups["addresses"])
    client.deregister_targets(TargetGroupArn=groups["addresses"], Targets=[{"Id": "10.0.0.18"}])
    refused(client.describe_rules, ListenerArn=f"{listener}x")
    refused(client.describe_load_balancers, Names=["nowhere"])
    refused(client.describe_target_groups, Names=["nowhere"])
    refused(client.create_rule, ListenerArn=listener, Priority=6, Actions=fixed, Conditions=[
        {"Field": "path-pattern", "Values": ["/b"]}])  # fmt: skip
    refused(client.create_rule, ListenerArn=listener, Priority=7, Actions=fixed, Conditions=[])
    client.delete_rule(RuleArn=rule)
    refused(client.delete_rule, RuleArn=rule)


def ecs(client: Any, settle: Callable[[], None]) -> None:
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    run = {"cluster": "jobs", "launchType": "FARGATE", "networkConfiguration": network}
    task = client.run_task(**run, taskDefinition="job", startedBy="ann")["tasks"][0]["taskArn"]
    client.list_tasks(cluster="jobs")
    client.describe_tasks(cluster="jobs", tasks=[task, "nowhere"])
    client.stop_task(cluster="jobs", task=task, reason="enough")
    refused(client.run_task, **run, taskDefinition="nowhere")
    refused(client.run_task, **{**run, "cluster": "nowhere"}, taskDefinition="job")
    refused(client.stop_task, cluster="jobs", task="nowhere")
    refused(client.describe_tasks, cluster="nowhere", tasks=[task])


def glue(client: Any, settle: Callable[[], None]) -> None:
    columns = [{"Name": "id", "Type": "string"}]
    serde = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}
    storage = {
        "Columns": columns, "Location": "s3://files/clicks/", "SerdeInfo": serde,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    }  # fmt: skip
    table = {"Name": "clicks", "StorageDescriptor": storage, "PartitionKeys": [{"Name": "dt", "Type": "string"}]}
    named, of = {"DatabaseName": "shop"}, {"DatabaseName": "shop", "TableName": "clicks"}
    client.create_database(DatabaseInput={"Name": "shop", "Description": "all of it"})
    client.get_database(Name="shop")
    client.get_databases()
    client.update_database(Name="shop", DatabaseInput={"Name": "shop", "Description": "most of it"})
    client.create_table(**named, TableInput={**table, "TableType": "EXTERNAL_TABLE", "Parameters": {"a": "b"}})
    client.get_table(**named, Name="clicks")
    client.get_tables(**named)
    client.update_table(**named, TableInput=table)
    days = [{"Values": [f"2026-01-0{day}"], "StorageDescriptor": storage} for day in range(1, 5)]
    client.create_partition(**of, PartitionInput=days[0])
    client.batch_create_partition(**of, PartitionInputList=days)
    client.get_partition(**of, PartitionValues=["2026-01-01"])
    client.get_partitions(**of, Expression="dt = '2026-01-02'")
    client.batch_get_partition(**of, PartitionsToGet=[{"Values": ["2026-01-01"]}, {"Values": ["x"]}])
    client.update_partition(**of, PartitionValueList=["2026-01-01"], PartitionInput=days[0])
    client.delete_partition(**of, PartitionValues=["2026-01-01"])
    client.batch_delete_partition(**of, PartitionsToDelete=[{"Values": ["2026-01-02"]}, {"Values": ["x"]}])
    refused(client.create_database, DatabaseInput={"Name": "shop"})
    refused(client.get_database, Name="nowhere")
    refused(client.create_table, **named, TableInput=table)
    refused(client.get_table, **named, Name="nowhere")
    refused(client.create_partition, **of, PartitionInput=days[3])
    refused(client.get_partition, **of, PartitionValues=["x"])
    refused(client.get_partitions, **of, Expression="dt ===")
    client.create_table(**named, TableInput={**table, "Name": "more"})
    client.batch_delete_table(**named, TablesToDelete=["more", "nowhere"])
    client.delete_table(**named, Name="clicks")
    client.delete_database(Name="shop")


def athena(client: Any, settle: Callable[[], None]) -> None:
    to = {"OutputLocation": "s3://files-123456789012/answers/"}
    query = client.start_query_execution(QueryString="SELECT 1 AS one", ResultConfiguration=to)["QueryExecutionId"]
    refused(client.get_query_results, QueryExecutionId=query)
    failing = client.start_query_execution(QueryString="SELECT nothing", ResultConfiguration=to)["QueryExecutionId"]
    stopped = client.start_query_execution(QueryString="SELECT 2", ResultConfiguration=to)["QueryExecutionId"]
    client.stop_query_execution(QueryExecutionId=stopped)
    settle()
    for one in (query, failing, stopped):
        client.get_query_execution(QueryExecutionId=one)
    client.batch_get_query_execution(QueryExecutionIds=[query, "11111111-2222-4333-8444-555555555555"])
    client.list_query_executions()
    client.get_query_results(QueryExecutionId=query)
    client.create_work_group(Name="team", Configuration={"ResultConfiguration": to})
    client.get_work_group(WorkGroup="team")
    client.list_work_groups()
    refused(client.start_query_execution, QueryString="SELECT 1", WorkGroup="nowhere")
    refused(client.start_query_execution, QueryString="SELECT 1")
    refused(client.get_query_execution, QueryExecutionId="11111111-2222-4333-8444-555555555555")
    refused(client.get_query_results, QueryExecutionId=failing)
    refused(client.create_work_group, Name="team")
    refused(client.get_work_group, WorkGroup="nowhere")
