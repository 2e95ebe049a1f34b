"""An app whose functions read Kinesis streams, a table's stream and a queue through event source mappings."""

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Plain: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Wide: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}
  Poisoned: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Minutes: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Chosen: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Batched: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Lost: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Pointers: {Type: AWS::SQS::Queue}
  Discarded: {Type: AWS::S3::Bucket}
  Letters: {Type: AWS::SQS::Queue}
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  PlainReader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.works
      Events:
        Stream: {Type: Kinesis, Properties: {Stream: !GetAtt Plain.Arn, StartingPosition: TRIM_HORIZON, BatchSize: 3}}
  WideReader:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.slow}
  WideMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref WideReader
      EventSourceArn: !GetAtt Wide.Arn
      StartingPosition: TRIM_HORIZON
      ParallelizationFactor: 10
      BatchSize: 1
  PoisonedReader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.strict
      Events:
        Stream:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Poisoned.Arn
            StartingPosition: TRIM_HORIZON
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 2
            DestinationConfig: {OnFailure: {Destination: !GetAtt Pointers.Arn}}
  LostReader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.strict
      Events:
        Stream:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Lost.Arn
            StartingPosition: LATEST
            MaximumRetryAttempts: 0
            DestinationConfig: {OnFailure: {Destination: !GetAtt Discarded.Arn}}
  MinutesReader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.minutes
      Events:
        Stream:
          Type: Kinesis
          Properties: {Stream: !GetAtt Minutes.Arn, StartingPosition: TRIM_HORIZON, TumblingWindowInSeconds: 60}
  ChosenReader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.works
      Events:
        Stream:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Chosen.Arn
            StartingPosition: TRIM_HORIZON
            FilterCriteria: {Filters: [{Pattern: '{"data": {"type": ["purchase"]}}'}]}
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Letters.Arn
            FilterCriteria: {Filters: [{Pattern: '{"body": {"type": ["purchase"]}}'}, {Pattern: '{"body": ["plain"]}'}]}
  BatchedReader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.batched
      Events:
        Stream:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Batched.Arn
            StartingPosition: TRIM_HORIZON
            FunctionResponseTypes: [ReportBatchItemFailures]
        Table:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Orders.StreamArn
            StartingPosition: TRIM_HORIZON
            FunctionResponseTypes: [ReportBatchItemFailures]
  Inserts:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.works
      Events:
        Table:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Orders.StreamArn
            StartingPosition: TRIM_HORIZON
            ParallelizationFactor: 2
            FilterCriteria: {Filters: [{Pattern: '{"dynamodb": {"NewImage": {"status": {"S": ["open"]}}}}'}]}
  Writer:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.write, Environment: {Variables: {TABLE: !Ref Orders, STREAM: !GetAtt Orders.StreamArn}}}
"""

APP = """
import base64, json, os, time
import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

table = boto3.resource("dynamodb").Table(os.environ.get("TABLE", "none"))
streams = boto3.client("dynamodbstreams")
processors = {
    "aws:kinesis": BatchProcessor(event_type=EventType.KinesisDataStreams),
    "aws:dynamodb": BatchProcessor(event_type=EventType.DynamoDBStreams),
}
tried = set()


def works(event, context):
    return None


def slow(event, context):
    time.sleep(1)


def strict(event, context):
    for record in event["Records"]:
        json.loads(base64.b64decode(record["kinesis"]["data"]))


def minutes(event, context):
    return {"state": {"count": event["state"].get("count", 0) + len(event["Records"])}}


def batched(event, context):
    processor = processors[event["Records"][0]["eventSource"]]
    return process_partial_response(event=event, record_handler=once_bad, processor=processor, context=context)


def once_bad(record):
    \"\"\"Fails the first time it meets a record named bad.\"\"\"
    name = record.kinesis.data_as_text() if hasattr(record, "kinesis") else record.dynamodb.keys["id"]
    if name == "bad" and name + record.event_source not in tried:
        tried.add(name + record.event_source)
        raise ValueError(name)


def write(event, context):
    if "put" in event:
        return table.put_item(Item=event["put"]) and None
    [shard] = streams.describe_stream(StreamArn=os.environ["STREAM"])["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=os.environ["STREAM"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    return [[record["eventName"], record["dynamodb"]["SequenceNumber"]] for record in records]
"""
