"""Kinesis streams in a template, and the mappings on them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
"""

import pytest

from harness.cloud.template import StreamMapping, errors
from harness.cloud.template.model_kinesis import StreamSpec
from harness.tests.cloud.template.conftest import ReadFunction

STREAM = "S: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}\n"
DEAD = "Q: {Type: AWS::SQS::Queue}\n"


def of_stream(read_function: ReadFunction, properties: str, resources: str = STREAM + DEAD) -> StreamMapping:
    """The settings of a Kinesis event with these properties."""
    event = f"Events: {{Out: {{Type: Kinesis, Properties: {{Stream: !GetAtt S.Arn, {properties}}}}}}}"
    settings = read_function(event, resources).event_sources[0].settings
    assert isinstance(settings, StreamMapping)
    return settings


def test_a_stream_has_its_name_its_arn_and_its_retention(read_function: ReadFunction) -> None:
    template = read_function(
        "Environment: {Variables: {STREAM: !Ref S, ARN: !GetAtt S.Arn}}",
        "S: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: '3', RetentionPeriodHours: 48, "
        "Tags: [{Key: team, Value: news}]}}\n",
    )

    name = "kata-S-ABCDEFGHIJKL"
    assert template.streams == {
        "S": StreamSpec(
            logical_id="S",
            name=name,
            arn=f"arn:aws:kinesis:eu-west-1:123456789012:stream/{name}",
            shard_count=3,
            retention_hours=48,
            tags={"team": "news"},
            line=template.streams["S"].line,
        )
    }
    assert template.functions["Worker"].variables == {"STREAM": name, "ARN": template.streams["S"].arn}


def test_an_on_demand_stream_has_no_shard_count(read_function: ReadFunction) -> None:
    stream = "S: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks, StreamModeDetails: {StreamMode: ON_DEMAND}}}\n"
    spec = read_function(resources=stream).streams["S"]

    assert (spec.name, spec.on_demand, spec.shard_count) == ("clicks", True, None)


@pytest.mark.parametrize(
    ("properties", "kind", "message"),
    [
        ("{}", errors.MissingProperty, "S lacks ShardCount"),
        ("{ShardCount: 0}", errors.PropertyOutOfRange, "from 1 to 1000 shards"),
        ("{ShardCount: 1, RetentionPeriodHours: 12}", errors.PropertyOutOfRange, "from 24 to 8760 hours"),
        ("{ShardCount: 1, MaxRecordSizeInKiB: 2048}", errors.UnsupportedProperty, "MaxRecordSizeInKiB"),
        (
            "{ShardCount: 1, StreamModeDetails: {StreamMode: ON_DEMAND}}",
            errors.PropertiesContradict,
            "has ShardCount, and its StreamMode is ON_DEMAND",
        ),
    ],
)
def test_a_stream_kinesis_would_refuse_is_refused_with_its_line(
    read_function: ReadFunction, properties: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=rf"(?s)template\.yaml:\d+.*{message}"):
        read_function(resources=f"S: {{Type: AWS::Kinesis::Stream, Properties: {properties}}}\n")


def test_a_kinesis_event_may_begin_at_a_point_in_time(read_function: ReadFunction) -> None:
    settings = of_stream(read_function, "StartingPosition: AT_TIMESTAMP, StartingPositionTimestamp: 1767603660")

    assert (settings.starting_position, settings.starting_timestamp_s) == ("AT_TIMESTAMP", 1_767_603_660.0)


def test_a_bucket_may_take_what_a_mapping_gives_up(read_function: ReadFunction) -> None:
    destination = "DestinationConfig: {OnFailure: {Destination: !GetAtt B.Arn}}"
    resources = STREAM + "B: {Type: AWS::S3::Bucket}\n"

    settings = of_stream(read_function, f"StartingPosition: LATEST, {destination}", resources)

    assert settings.on_failure == "arn:aws:s3:::kata-b-abcdefghijkl"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ('{"data": {"type": [{"near": "x"}]}}', "Unrecognized match type near"),
        ('{"data": ["plain"]}', "a JSON object under data"),
        ('{"data": "plain"}', '"data" must be an object or an array'),
        ("[]", "a JSON object in quotes"),
    ],
)
def test_a_pattern_lambda_would_refuse_is_refused(read_function: ReadFunction, pattern: str, message: str) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=message):
        of_stream(read_function, f"StartingPosition: LATEST, FilterCriteria: {{Filters: [{{Pattern: '{pattern}'}}]}}")
