"""An app whose one function does with boto3 what a test asks for, by name."""

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: shop, AttributeType: S}, {AttributeName: number, AttributeType: N}]
      KeySchema: [{AttributeName: shop, KeyType: HASH}, {AttributeName: number, KeyType: RANGE}]
  Letters: {Type: AWS::SQS::Queue}
  Files: {Type: AWS::S3::Bucket}
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 5}}
  News: {Type: AWS::SNS::Topic}
  First: &alarm
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: shop
      MetricName: m1
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
  Second: *alarm
  Third: *alarm
  Do:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: do
      Runtime: python3.12
      CodeUri: src/
      Handler: app.handler
      Timeout: 900
      Policies: [AdministratorAccess]
      Environment:
        Variables:
          TABLE: !Ref Orders
          QUEUE: !Ref Letters
          BUCKET: !Ref Files
          STREAM: !Ref Clicks
          TOPIC: !Ref News
"""

PAGINATORS = """\
import os
import time

import boto3

AFTER = "shardId-000000000000"


def handler(event, context):
    return globals()[event["what"]](**event.get("with", {}))


def pages(service, operation, result, size, **parameters):
    found = boto3.client(service).get_paginator(operation).paginate(**parameters, PaginationConfig={"PageSize": size})
    return [len(page[result]) for page in found]


def fill(count=25):
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    with table.batch_writer() as batch:
        for number in range(count):
            batch.put_item(Item={"shop": "Cork", "number": number})
    for number in range(7):
        boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key=f"year/{number}/a", Body=b"x")


def items():
    client, named = boto3.client("dynamodb"), {"TableName": os.environ["TABLE"]}
    query = client.get_paginator("query").paginate(
        **named, KeyConditionExpression="shop = :shop", ExpressionAttributeValues={":shop": {"S": "Cork"}},
        PaginationConfig={"PageSize": 10})
    scan = {**named, "PaginationConfig": {"PageSize": 10}}
    return {
        "query": [len(page["Items"]) for page in query],
        "scan": client.get_paginator("scan").paginate(**scan).build_full_result()["Count"],
        "sizes": list(client.get_paginator("scan").paginate(**scan).search("length(Items)")),
    }


def resumed():
    paginator = boto3.client("dynamodb").get_paginator("scan")
    named, numbers, token = {"TableName": os.environ["TABLE"]}, [], None
    while True:
        config = {"PageSize": 4, "MaxItems": 6, "StartingToken": token}
        page = paginator.paginate(**named, PaginationConfig=config).build_full_result()
        numbers += [int(item["number"]["N"]) for item in page["Items"]]
        if not (token := page.get("NextToken")):
            return numbers


def folders():
    paginator = boto3.client("s3").get_paginator("list_objects_v2")
    found = paginator.paginate(
        Bucket=os.environ["BUCKET"], Prefix="year/", Delimiter="/", PaginationConfig={"PageSize": 3})
    return [[one["Prefix"] for one in page["CommonPrefixes"]] for page in found]


def queues():
    sqs = boto3.client("sqs")
    for number in range(4):
        sqs.create_queue(QueueName=f"many-{number}")
    found = sqs.get_paginator("list_queues").paginate(QueueNamePrefix="many-", PaginationConfig={"PageSize": 3})
    return [len(page["QueueUrls"]) for page in found]


def subscriptions():
    sns, topic = boto3.client("sns"), os.environ["TOPIC"]
    for number in range(120):
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=f"reader{number}@shop.example")
    found = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    return [len(page["Subscriptions"]) for page in found]


def shards():
    found = boto3.client("kinesis").get_paginator("describe_stream").paginate(
        StreamName=os.environ["STREAM"], PaginationConfig={"PageSize": 2})
    return [[shard["ShardId"][-1] for shard in page["StreamDescription"]["Shards"]] for page in found]


def shards_listed():
    kinesis, pages, seen = boto3.client("kinesis"), [], []
    asked = {"StreamName": os.environ["STREAM"], "ShardFilter": {"Type": "AFTER_SHARD_ID", "ShardId": AFTER}}
    while asked:
        answer = kinesis.list_shards(**asked, MaxResults=2)
        pages.append(len(answer["Shards"]))
        asked = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
    try:
        named = {"StreamName": os.environ["STREAM"]}
        for page in kinesis.get_paginator("list_shards").paginate(**named, PaginationConfig={"PageSize": 2}):
            seen.append(len(page["Shards"]))
    except kinesis.exceptions.InvalidArgumentException as error:
        return {"by hand": pages, "by paginator": seen, "error": error.response["Error"]["Message"]}


def rules():
    events = boto3.client("events")
    for number in range(5):
        events.put_rule(Name=f"many-{number}", EventPattern='{"source": ["shop"]}')
    found = events.get_paginator("list_rules").paginate(NamePrefix="many-", PaginationConfig={"PageSize": 2})
    return [[rule["Name"] for rule in page["Rules"]] for page in found]


def schedules():
    scheduler = boto3.client("scheduler")
    for number in range(3):
        scheduler.create_schedule(
            Name=f"many-{number}", ScheduleExpression="at(2030-01-01T00:00:00)", FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": boto3.client("lambda").get_function(FunctionName="do")["Configuration"]["FunctionArn"],
                    "RoleArn": "arn:aws:iam::123456789012:role/scheduler"})
    return pages("scheduler", "list_schedules", "Schedules", 2, NamePrefix="many-")


def versions():
    for _ in range(3):
        boto3.client("lambda").publish_version(FunctionName="do")
    return pages("lambda", "list_versions_by_function", "Versions", 2, FunctionName="do")


def metrics():
    boto3.client("cloudwatch").put_metric_data(
        Namespace="shop", MetricData=[{"MetricName": f"m{number}", "Value": 1} for number in range(620)])
    return pages("cloudwatch", "list_metrics", "Metrics", None, Namespace="shop")


def alarms():
    return pages("cloudwatch", "describe_alarms", "MetricAlarms", 2)


def log_lines():
    print("leaf one")
    print("leaf two")
    time.sleep(60)
    found = boto3.client("logs").get_paginator("filter_log_events").paginate(
        logGroupName="/aws/lambda/do", filterPattern='"leaf"', PaginationConfig={"PageSize": 1})
    return [event["message"].strip() for page in found for event in page["events"]]
"""

WAITERS = """\
import os
import threading
import time

import boto3
from botocore.exceptions import WaiterError


def handler(event, context):
    began = time.time()
    found = globals()[event["what"]]()
    return {"found": found, "s": time.time() - began}


def later(seconds, action, **parameters):
    def act():
        time.sleep(seconds)
        action(**parameters)
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def an_object():
    s3, named = boto3.client("s3"), {"Bucket": os.environ["BUCKET"], "Key": "late"}
    writer = later(12, s3.put_object, **named, Body=b"here")
    s3.get_waiter("object_exists").wait(**named)
    writer.join()
    return s3.get_object(**named)["Body"].read().decode()


def an_object_that_never_comes():
    try:
        boto3.client("s3").get_waiter("object_exists").wait(
            Bucket=os.environ["BUCKET"], Key="never", WaiterConfig={"Delay": 7, "MaxAttempts": 4})
    except WaiterError as error:
        return str(error)


def a_bucket():
    s3 = boto3.client("s3")
    location = {"LocationConstraint": os.environ["AWS_REGION"]}
    writer = later(6, s3.create_bucket, Bucket="made-later", CreateBucketConfiguration=location)
    s3.get_waiter("bucket_exists").wait(Bucket="made-later")
    writer.join()
    s3.delete_bucket(Bucket="made-later")
    s3.get_waiter("bucket_not_exists").wait(Bucket="made-later")
    return True


def a_table():
    dynamodb = boto3.resource("dynamodb")
    table = dynamodb.create_table(
        TableName="made-later", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    table.wait_until_exists()
    status = table.table_status
    table.delete()
    table.wait_until_not_exists()
    return status


def a_stream():
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName="made-later", ShardCount=1)
    before = kinesis.describe_stream_summary(StreamName="made-later")["StreamDescriptionSummary"]["StreamStatus"]
    kinesis.get_waiter("stream_exists").wait(StreamName="made-later")
    return before


def a_function():
    functions = boto3.client("lambda")
    functions.get_waiter("function_active_v2").wait(FunctionName="do")
    functions.get_waiter("function_updated_v2").wait(FunctionName="do")
    return True
"""

RESOURCES = """\
import io
import os
import threading
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.s3.transfer import TransferConfig


def handler(event, context):
    return globals()[event["what"]]()


def table():
    orders = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    with orders.batch_writer(overwrite_by_pkeys=["shop", "number"]) as batch:
        for number in range(60):
            batch.put_item(Item={"shop": "Galway", "number": number % 55, "price": Decimal("2.50") * number})
        batch.delete_item(Key={"shop": "Galway", "number": 54})
    dear = orders.query(
        KeyConditionExpression=Key("shop").eq("Galway") & Key("number").between(10, 30),
        FilterExpression=Attr("price").gte(Decimal("70")), ScanIndexForward=False)
    orders.update_item(
        Key={"shop": "Galway", "number": 1}, UpdateExpression="SET tags = :tags ADD sold :one",
        ExpressionAttributeValues={":tags": {"new", "hot"}, ":one": 1}, ConditionExpression=Attr("sold").not_exists())
    changed = orders.get_item(Key={"shop": "Galway", "number": 1})["Item"]
    return {
        "count": orders.query(KeyConditionExpression=Key("shop").eq("Galway"), Select="COUNT")["Count"],
        "dear": [int(item["number"]) for item in dear["Items"]],
        "price": str(changed["price"]), "tags": sorted(changed["tags"]), "sold": int(changed["sold"]),
        "keys": orders.key_schema,
    }


def refused():
    orders = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    exceptions = orders.meta.client.exceptions
    try:
        orders.put_item(Item={"shop": "a", "number": 1}, ConditionExpression=Attr("shop").exists())
    except exceptions.ConditionalCheckFailedException as error:
        return error.response["Error"]["Code"]


def queue():
    letters = boto3.resource("sqs").Queue(os.environ["QUEUE"])
    letters.send_messages(Entries=[{"Id": str(number), "MessageBody": f"letter {number}"} for number in range(3)])
    letters.send_message(MessageBody="typed", MessageAttributes={"kind": {"DataType": "String", "StringValue": "note"}})
    received = letters.receive_messages(
        MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["ApproximateReceiveCount"])
    kinds = [one.message_attributes["kind"]["StringValue"] for one in received if one.message_attributes]
    counts = {one.attributes["ApproximateReceiveCount"] for one in received}
    waiting = letters.attributes["ApproximateNumberOfMessages"]
    letters.delete_messages(Entries=[{"Id": str(n), "ReceiptHandle": one.receipt_handle}
                                     for n, one in enumerate(received)])
    letters.reload()
    same = boto3.resource("sqs").get_queue_by_name(QueueName=letters.attributes["QueueArn"].rpartition(":")[2])
    return {
        "bodies": sorted(one.body for one in received), "kinds": kinds, "counts": list(counts), "waiting": waiting,
        "left": letters.attributes["ApproximateNumberOfMessagesNotVisible"], "same": same.url == letters.url,
    }


def objects():
    bucket = boto3.resource("s3").Bucket(os.environ["BUCKET"])
    one = bucket.Object("notes/a b.txt")
    one.put(Body="grüß".encode(), Metadata={"by": "ann"}, ContentType="text/plain")
    copy = bucket.Object("notes/copy")
    copy.copy_from(CopySource={"Bucket": bucket.name, "Key": one.key})
    copy.wait_until_exists()
    found = {
        "text": copy.get()["Body"].read().decode(), "by": copy.metadata["by"], "type": copy.content_type,
        "lines": list(one.get()["Body"].iter_lines()) != [], "etags": one.e_tag == copy.e_tag,
        "keys": [each.key for each in bucket.objects.filter(Prefix="notes/")],
    }
    bucket.objects.filter(Prefix="notes/").delete()
    return {**found, "left": len(list(bucket.objects.filter(Prefix="notes/")))}


def topic():
    news = boto3.resource("sns").Topic(os.environ["TOPIC"])
    letters = boto3.resource("sqs").Queue(os.environ["QUEUE"])
    subscription = news.subscribe(
        Protocol="sqs", Endpoint=letters.attributes["QueueArn"], ReturnSubscriptionArn=True,
        Attributes={"RawMessageDelivery": "true"})
    listed = [each.arn for each in news.subscriptions.all()]
    confirmed = subscription.attributes["PendingConfirmation"]
    subscription.delete()
    return {"listed": listed == [subscription.arn], "pending": confirmed, "left": len(list(news.subscriptions.all()))}


def transfer():
    s3, bucket = boto3.client("s3"), os.environ["BUCKET"]
    config = TransferConfig(multipart_threshold=6_000_000, multipart_chunksize=5_242_880, max_concurrency=4)
    content, lock, sent = bytes(range(256)) * 64_000, threading.Lock(), []

    def progress(count):
        with lock:
            sent.append(count)

    s3.upload_fileobj(io.BytesIO(content), bucket, "large", ExtraArgs={"ContentType": "x/y"}, Config=config,
                      Callback=progress)
    target = io.BytesIO()
    s3.download_fileobj(bucket, "large", target, Config=config)
    with open("/tmp/large", "wb") as file:
        file.write(content)
    s3.upload_file("/tmp/large", bucket, "from-file", Config=config)
    s3.download_file(bucket, "from-file", "/tmp/again", Config=config)
    head = s3.head_object(Bucket=bucket, Key="large")
    s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "copied", Config=config)
    with open("/tmp/again", "rb") as file:
        again = file.read()
    return {
        "same": target.getvalue() == content == again, "sent": sum(sent) == len(content),
        "etag": head["ETag"], "type": head["ContentType"],
        "copied": s3.head_object(Bucket=bucket, Key="copied")["ContentLength"] == len(content),
        "unfinished": s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []),
    }


def streamed():
    from aws_lambda_powertools.utilities.streaming import S3Object
    from aws_lambda_powertools.utilities.streaming.transformations import CsvTransform, GzipTransform
    import gzip

    bucket = os.environ["BUCKET"]
    text = "name,price\\n" + "".join(f"drink {number},{number}\\n" for number in range(1000))
    boto3.client("s3").put_object(Bucket=bucket, Key="menu.csv.gz", Body=gzip.compress(text.encode(), mtime=0))
    rows = list(S3Object(bucket=bucket, key="menu.csv.gz").transform([GzipTransform(), CsvTransform()]))
    boto3.client("s3").put_object(Bucket=bucket, Key="menu.csv", Body=text.encode())
    plain = S3Object(bucket=bucket, key="menu.csv")
    plain.seek(-9, io.SEEK_END)
    return {"rows": len(rows), "last": rows[-1], "end": plain.read().decode(), "size": plain.size}
"""
