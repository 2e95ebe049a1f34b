"""Event source mappings: settings, AWS's rules, and what is not there."""

import pytest

from harness.cloud.template import EventSourceSpec, QueueMapping, StreamMapping, errors
from harness.tests.cloud.template.conftest import ReadFunction

QUEUE = "Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 90}}\n"
FIFO = "Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}\n"
TABLE = """
T:
  Type: AWS::DynamoDB::Table
  Properties:
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
    KeySchema: [{AttributeName: pk, KeyType: HASH}]
    StreamSpecification: {StreamViewType: NEW_IMAGE}
"""


def of_queue(read_function: ReadFunction, properties: str = "", queue: str = QUEUE) -> EventSourceSpec:
    more = f", {properties}" if properties else ""
    event = f"Events: {{Feed: {{Type: SQS, Properties: {{Queue: !GetAtt Q.Arn{more}}}}}}}"
    return read_function(event, queue).event_sources[0]


def of_stream(read_function: ReadFunction, properties: str) -> EventSourceSpec:
    stream = "Stream: !GetAtt T.StreamArn"
    event = f"Events: {{Out: {{Type: DynamoDB, Properties: {{{stream}, {properties}}}}}}}"
    return read_function(event, TABLE + QUEUE).event_sources[0]


def test_a_queue_event_has_lambdas_defaults(read_function: ReadFunction) -> None:
    assert of_queue(read_function) == EventSourceSpec(
        kind="SQS", function="Worker", name="Feed", source="Q", line=9,
        source_arn="arn:aws:sqs:eu-west-1:123456789012:kata-Q-ABCDEFGHIJKL",
        settings=QueueMapping(batch_size=10, window_s=0, maximum_concurrency=None, report_batch_item_failures=False),
    )  # fmt: skip


def test_a_queue_event_keeps_its_settings(read_function: ReadFunction) -> None:
    source = of_queue(
        read_function,
        "BatchSize: 100, MaximumBatchingWindowInSeconds: 5, ScalingConfig: {MaximumConcurrency: 2}, Enabled: false, "
        "FunctionResponseTypes: [ReportBatchItemFailures], FilterCriteria: {Filters: [{Pattern: '{\"body\": [1]}'}]}",
    )

    assert source.settings == QueueMapping(
        batch_size=100, window_s=5, maximum_concurrency=2, report_batch_item_failures=True, filters=('{"body": [1]}',)
    )
    assert source.enabled is False


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("BatchSize: 0", "a whole number from 1 to 10000 messages"),
        ("BatchSize: 10001", "a whole number from 1 to 10000 messages"),
        ("MaximumBatchingWindowInSeconds: 301", "a whole number from 0 to 300 seconds"),
        ("ScalingConfig: {MaximumConcurrency: 1}", "a whole number from 2 to 1000 invocations"),
        ("ScalingConfig: {MaximumConcurrency: 1001}", "a whole number from 2 to 1000 invocations"),
        ("FunctionResponseTypes: [ReportAll]", "ReportBatchItemFailures"),
        ("FilterCriteria: {Filters: [{Pattern: body}]}", "a JSON object in quotes"),
        ("FilterCriteria: {Filters: [{Pattern: '[1]'}]}", "a JSON object in quotes"),
    ],
)
def test_a_queue_event_out_of_range_names_the_range(
    read_function: ReadFunction, properties: str, expected: str
) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=rf"(?s)Events.Feed.* of Worker is .*Expected: {expected}"):
        of_queue(read_function, properties)


def test_a_batch_above_ten_needs_a_window(read_function: ReadFunction) -> None:
    with pytest.raises(
        errors.PropertiesContradict, match=r"Events.Feed.BatchSize of Worker is 11, without a batching win"
    ):
        of_queue(read_function, "BatchSize: 11")


def test_a_fifo_queue_gives_ten_messages_at_most(read_function: ReadFunction) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match="BatchSize of Worker is 11, and Q is FIFO"):
        of_queue(read_function, "BatchSize: 11", FIFO)


def test_a_fifo_queue_has_no_batching_window(read_function: ReadFunction) -> None:
    with pytest.raises(
        errors.PropertiesContradict, match="MaximumBatchingWindowInSeconds of Worker is 1, and Q is FIFO"
    ):
        of_queue(read_function, "MaximumBatchingWindowInSeconds: 1", FIFO)


def test_a_visibility_below_the_functions_timeout_is_refused_in_lambdas_words(read_function: ReadFunction) -> None:
    event = "Timeout: 60\nEvents: {Feed: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}"

    with pytest.raises(errors.VisibilityTooShort) as caught:
        read_function(event, "Q: {Type: AWS::SQS::Queue}")

    assert caught.value.happened == (
        "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds (Q feeds Worker)."
    )
    assert caught.value.try_ == "VisibilityTimeout: 360 on Q"


def test_a_visibility_equal_to_the_timeout_is_enough(read_function: ReadFunction) -> None:
    event = "Timeout: 90\nEvents: {Feed: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}"

    assert read_function(event, QUEUE).event_sources[0].source == "Q"


def test_the_url_of_a_queue_is_not_its_arn(read_function: ReadFunction) -> None:
    event = "Events: {Feed: {Type: SQS, Properties: {Queue: !Ref Q}}}"

    with pytest.raises(
        errors.SourceOutside, match=r"(?s)Events.Feed.Queue of Worker is https.*Try: write !GetAtt Q.Arn"
    ):
        read_function(event, QUEUE)


def test_a_queue_outside_the_template_is_refused(read_function: ReadFunction) -> None:
    event = "Events: {Feed: {Type: SQS, Properties: {Queue: 'arn:aws:sqs:eu-west-1:123456789012:judge'}}}"

    with pytest.raises(errors.SourceOutside, match="nothing in this template"):
        read_function(event, QUEUE)


def test_a_stream_event_has_lambdas_defaults(read_function: ReadFunction) -> None:
    source = of_stream(read_function, "StartingPosition: TRIM_HORIZON")

    assert (source.kind, source.source) == ("DynamoDB", "T")
    assert source.source_arn.startswith(
        "arn:aws:dynamodb:eu-west-1:123456789012:table/kata-T-ABCDEFGHIJKL/stream/2026-"
    )
    assert source.settings == StreamMapping(
        starting_position="TRIM_HORIZON", batch_size=100, window_s=0, parallelization_factor=1,
        maximum_retry_attempts=-1, maximum_record_age_s=-1, bisect_on_error=False, tumbling_window_s=0,
    )  # fmt: skip


def test_a_stream_event_keeps_its_settings(read_function: ReadFunction) -> None:
    source = of_stream(
        read_function,
        "StartingPosition: LATEST, BatchSize: 5, ParallelizationFactor: 2, MaximumRetryAttempts: 3, "
        "MaximumRecordAgeInSeconds: 60, BisectBatchOnFunctionError: true, "
        "DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Q.Arn}}",
    )

    assert source.settings == StreamMapping(
        starting_position="LATEST", batch_size=5, parallelization_factor=2, maximum_retry_attempts=3,
        maximum_record_age_s=60, bisect_on_error=True,
        on_failure="arn:aws:sqs:eu-west-1:123456789012:kata-Q-ABCDEFGHIJKL",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("properties", "kind", "message"),
    [
        ("BatchSize: 5", errors.MissingProperty, "Events.Out of Worker lacks StartingPosition"),
        ("StartingPosition: AT_TIMESTAMP", errors.PropertyOutOfRange, "TRIM_HORIZON or LATEST for a DynamoDB stream"),
        ("StartingPosition: NOW", errors.PropertyOutOfRange, "one of TRIM_HORIZON, LATEST, AT_TIMESTAMP"),
        ("StartingPosition: LATEST, ParallelizationFactor: 11", errors.PropertyOutOfRange, "from 1 to 10"),
        ("StartingPosition: LATEST, MaximumRecordAgeInSeconds: 59", errors.PropertyOutOfRange, "604800 seconds, or -1"),
        ("StartingPosition: LATEST, MaximumRetryAttempts: -2", errors.PropertyOutOfRange, "0 to 10000 attempts, or -1"),
        ("StartingPosition: LATEST, StartingPositionTimestamp: 1", errors.PropertiesContradict, "only with it"),
        (
            "StartingPosition: LATEST, TumblingWindowInSeconds: 60, ParallelizationFactor: 2",
            errors.PropertiesContradict,
            "a tumbling window and a parallelization factor above 1",
        ),
    ],
)  # fmt: skip
def test_a_stream_event_lambda_would_refuse_is_refused(
    read_function: ReadFunction, properties: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        of_stream(read_function, properties)


def test_a_tables_own_arn_is_no_stream(read_function: ReadFunction) -> None:
    event = "Events: {Out: {Type: DynamoDB, Properties: {Stream: !GetAtt T.Arn, StartingPosition: LATEST}}}"

    with pytest.raises(errors.PropertyOutOfRange, match=r"(?s)which is no stream.*Try: write !GetAtt T.StreamArn"):
        read_function(event, TABLE)


def test_a_plain_mapping_means_the_same_as_the_event(read_function: ReadFunction) -> None:
    template = read_function(
        resources=QUEUE + "Feed: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Worker, "
        "EventSourceArn: !GetAtt Q.Arn, BatchSize: 1, ScalingConfig: {MaximumConcurrency: 2}}}\n"
    )

    event = of_queue(read_function, "BatchSize: 1, ScalingConfig: {MaximumConcurrency: 2}")
    mapping = template.event_sources[0]
    assert (mapping.kind, mapping.function, mapping.source, mapping.settings) == ("SQS", "Worker", "Q", event.settings)


@pytest.mark.parametrize("name", ["!GetAtt Worker.Arn", "!Ref Worker.Alias", "!Ref Worker"])
def test_a_plain_mapping_may_name_its_function_in_several_ways(read_function: ReadFunction, name: str) -> None:
    mapping = f"FunctionName: {name}, EventSourceArn: !GetAtt T.StreamArn, StartingPosition: LATEST"
    template = read_function(
        "AutoPublishAlias: live", f"{TABLE}Out: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{{mapping}}}}}\n"
    )

    assert (template.event_sources[0].kind, template.event_sources[0].function) == ("DynamoDB", "Worker")


@pytest.mark.parametrize(
    ("properties", "kind", "message"),
    [
        (
            "EventSourceArn: !GetAtt Q.Arn, StartingPosition: LATEST",
            errors.PropertiesContradict,
            "Out has StartingPosition",
        ),
        ("EventSourceArn: !GetAtt T.StreamArn", errors.MissingProperty, "Out lacks StartingPosition"),
        ("EventSourceArn: 'arn:aws:mq:x'", errors.PropertyOutOfRange, "the ARN of an SQS queue, a DynamoDB stream"),
        ("EventSourceArn: !GetAtt Q.Arn, FunctionName: other", errors.SourceOutside, "FunctionName of Out is other"),
    ],
)
def test_a_plain_mapping_lambda_would_refuse_is_refused(
    read_function: ReadFunction, properties: str, kind: type[errors.TemplateError], message: str
) -> None:
    function = "" if "FunctionName" in properties else "FunctionName: !Ref Worker, "
    mapping = f"Out: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{{function}{properties}}}}}\n"

    with pytest.raises(kind, match=message):
        read_function(resources=TABLE + QUEUE + mapping)


def test_an_event_type_the_simulator_lacks_is_named(read_function: ReadFunction) -> None:
    with pytest.raises(
        errors.UnknownResourceType, match="Event A of Worker is of type MSK, which this simulator does not"
    ):
        read_function("Events: {A: {Type: MSK, Properties: {}}}")


def test_a_misspelt_event_type_gets_the_nearest_one(read_function: ReadFunction) -> None:
    with pytest.raises(errors.UnknownResourceType, match="Try: write HttpApi"):
        read_function("Events: {A: {Type: HttpAPI, Properties: {}}}")


def test_an_unknown_property_of_an_event_names_the_event(read_function: ReadFunction) -> None:
    with pytest.raises(
        errors.UnknownProperty, match=r"(?s)Events.Feed of Worker has no property BatchSze.*Try: write BatchSi"
    ):
        of_queue(read_function, "BatchSze: 1")


def test_a_function_reads_a_queue_through_one_mapping_only(read_function: ReadFunction) -> None:
    feed = "{Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}"

    with pytest.raises(errors.DuplicateMapping, match=r"Worker reads Q twice: A on line 10, B on line 11"):
        read_function(f"Events:\n  A: {feed}\n  B: {feed}\n", QUEUE)


@pytest.mark.parametrize(("enabled", "warnings"), [("false", []), ("true", ["3 functions read the stream of T"])])
def test_more_than_two_readers_of_a_tables_stream_are_warned_of(
    read_function: ReadFunction, enabled: str, warnings: list[str]
) -> None:
    event = "Events: {Out: {Type: DynamoDB, Properties: {Stream: !GetAtt T.StreamArn, StartingPosition: LATEST}}}"
    others = "".join(
        f"W{number}:\n  Type: AWS::Serverless::Function\n  Properties:\n    Handler: app.handler\n"
        f"    Runtime: python3.12\n    CodeUri: src/\n"
        f"M{number}:\n  Type: AWS::Lambda::EventSourceMapping\n  Properties: {{FunctionName: !Ref W{number}, "
        f"EventSourceArn: !GetAtt T.StreamArn, StartingPosition: LATEST, Enabled: {enabled}}}\n"
        for number in (1, 2)
    )

    template = read_function(event, TABLE + others)

    assert [warning.partition(" (")[0] for warning in template.warnings] == warnings
