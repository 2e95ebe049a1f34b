"""Functions: defaults, ranges, variables, Globals, what becomes of failures."""

import pytest

from harness.cloud.template import AsynchronousSpec, errors
from harness.tests.cloud.template.conftest import FUNCTION, Read, ReadFunction

QUEUES = """
Failed: {Type: AWS::SQS::Queue}
Done: {Type: AWS::SQS::Queue}
"""


def test_what_is_not_given_is_lambdas_default(read_function: ReadFunction) -> None:
    worker = read_function().functions["Worker"]

    assert (worker.timeout_s, worker.memory_mb, worker.ephemeral_storage_mb) == (3, 128, 512)
    assert (worker.reserved_concurrency, worker.alias, worker.variables) == (None, "", {})
    assert worker.asynchronous == AsynchronousSpec(maximum_retry_attempts=2, maximum_event_age_s=21_600)
    assert (worker.name, worker.line) == ("kata-Worker-ABCDEFGHIJKL", 3)


def test_what_is_given_is_kept(read_function: ReadFunction) -> None:
    worker = read_function("""
        FunctionName: feeder
        Timeout: 900
        MemorySize: "1769"
        EphemeralStorage: {Size: 1024}
        ReservedConcurrentExecutions: 0
        AutoPublishAlias: live
        RecursiveLoop: Allow
        Environment: {Variables: {COUNT: 5, FLAG: true, RATE: 1.5, EMPTY: ""}}
        """).functions["Worker"]

    assert (worker.name, worker.timeout_s, worker.memory_mb, worker.ephemeral_storage_mb) == ("feeder", 900, 1769, 1024)
    assert (worker.reserved_concurrency, worker.alias, worker.recursive_loop) == (0, "live", "Allow")
    assert worker.variables == {"COUNT": "5", "FLAG": "true", "RATE": "1.5", "EMPTY": ""}


@pytest.mark.parametrize(
    ("property_", "value", "expected"),
    [
        ("Timeout", "0", "a whole number from 1 to 900 seconds"),
        ("Timeout", "1000000000", "a whole number from 1 to 900 seconds"),
        ("MemorySize", "127", "a whole number from 128 to 10240 MB"),
        ("MemorySize", "10241", "a whole number from 128 to 10240 MB"),
        ("EphemeralStorage", "{Size: 511}", "a whole number from 512 to 10240 MB"),
        ("ReservedConcurrentExecutions", "-1", "a whole number from 0 to 900"),
        ("Runtime", "nodejs20.x", "one of python3.9, python3.10"),
        ("PackageType", "Image", "Zip"),
        ("FunctionName", "a b", "1 to 64 letters"),
        ("AutoPublishAlias", "'1'", "letters, digits"),
        ("EventInvokeConfig", "{MaximumRetryAttempts: 3}", "a whole number from 0 to 2 attempts"),
        ("EventInvokeConfig", "{MaximumEventAgeInSeconds: 59}", "a whole number from 60 to 21600 seconds"),
    ],
)
def test_a_value_out_of_range_names_the_range_and_the_page(
    read: Read, property_: str, value: str, expected: str
) -> None:
    function = FUNCTION.replace("      Runtime: python3.12\n", "") if property_ == "Runtime" else FUNCTION
    with pytest.raises(
        errors.PropertyOutOfRange, match=rf"(?s){property_}.* of Worker is .*Expected: {expected}"
    ) as caught:
        read(f"Resources:{function}      {property_}: {value}\n")

    assert caught.value.see.endswith("sam-resource-function.html")


@pytest.mark.parametrize(
    ("property_", "value"),
    [("Timeout", "1.5"), ("Timeout", "soon"), ("Timeout", "true"), ("Timeout", "[3]"), ("Timeout", "{a: 3}"),
     ("Environment", "[a]"), ("Environment", "{Variables: {A1: [x]}}"), ("Events", "[]"), ("Handler", "[a]")],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(read: Read, property_: str, value: str) -> None:
    function = FUNCTION.replace("      Handler: app.handler\n", "") if property_ == "Handler" else FUNCTION
    with pytest.raises(errors.WrongType, match=rf"{property_}.* of Worker is "):
        read(f"Resources:{function}      {property_}: {value}\n")


def test_an_unknown_property_gets_the_supported_ones_and_the_nearest(read_function: ReadFunction) -> None:
    with pytest.raises(errors.UnknownProperty) as caught:
        read_function("TimeOut: 5")

    assert caught.value.place == "template.yaml:9:7"
    assert caught.value.happened == "Worker has no property TimeOut."
    assert "Timeout, MemorySize" in caught.value.expected
    assert caught.value.try_ == "write Timeout, if that is what you mean"


@pytest.mark.parametrize("missing", ["Handler", "Runtime", "CodeUri"])
def test_handler_runtime_and_code_are_required(read: Read, missing: str) -> None:
    lines = [line for line in FUNCTION.splitlines() if missing not in line]

    with pytest.raises(errors.MissingProperty, match=f"Worker lacks {missing}"):
        read("Resources:" + "\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "property_", ["InlineCode: x", "ImageUri: x", "Layers: [x]", "VpcConfig: {}", "FunctionUrlConfig: {AuthType: NONE}"]
)
def test_what_the_simulator_lacks_is_refused_with_a_way_out(read_function: ReadFunction, property_: str) -> None:
    name = property_.partition(":")[0]

    with pytest.raises(
        errors.UnsupportedProperty, match=rf"(?s){name} of Worker is not supported by this simulator.*Try: "
    ):
        read_function(property_)


@pytest.mark.parametrize(
    "property_",
    ["Tags: {a: b}", "Description: d", "Tracing: Active", "Architectures: [arm64]", "LoggingConfig: {LogFormat: JSON}",
     "SnapStart: {ApplyOn: None}", "DeploymentPreference: {Type: AllAtOnce}"],
)  # fmt: skip
def test_what_has_no_effect_is_accepted(read_function: ReadFunction, property_: str) -> None:
    assert list(read_function(property_).functions) == ["Worker"]


@pytest.mark.parametrize("name", ["AWS_REGION", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME", "LAMBDA_TASK_ROOT"])
def test_a_variable_of_lambda_itself_is_refused(read_function: ReadFunction, name: str) -> None:
    with pytest.raises(errors.ReservedVariable, match=f"Worker sets the variable {name}, which belongs to Lambda"):
        read_function(f"Environment: {{Variables: {{{name}: x}}}}")


def test_variables_of_more_than_four_kilobytes_are_refused(read_function: ReadFunction) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match="The variables of Worker have 4097 bytes"):
        read_function(f"Environment: {{Variables: {{AA: {'x' * 2046}, BB: {'x' * 2047}}}}}")


@pytest.mark.parametrize("name", ["1A", "A-B", "A"])
def test_a_variable_has_a_name_lambda_takes(read_function: ReadFunction, name: str) -> None:
    with pytest.raises(
        errors.PropertyOutOfRange, match=rf"The key {name} in Environment.Variables of Worker is not allowed"
    ):
        read_function(f"Environment: {{Variables: {{{name}: x}}}}")


def test_failures_go_where_the_template_says(read_function: ReadFunction) -> None:
    worker = read_function(
        """
        DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Failed.Arn}
        EventInvokeConfig:
          MaximumRetryAttempts: 0
          MaximumEventAgeInSeconds: 60
          DestinationConfig:
            OnSuccess: {Type: SQS, Destination: !GetAtt Done.Arn}
            OnFailure: {Type: SQS, Destination: !GetAtt Failed.Arn}
        """,
        QUEUES,
    ).functions["Worker"]

    failed = "arn:aws:sqs:eu-west-1:123456789012:kata-Failed-ABCDEFGHIJKL"
    assert worker.asynchronous == AsynchronousSpec(
        maximum_retry_attempts=0, maximum_event_age_s=60, on_success=failed.replace("Failed", "Done"),
        on_failure=failed, dead_letter_arn=failed,
    )  # fmt: skip


def test_a_destination_outside_the_template_is_refused(read_function: ReadFunction) -> None:
    with pytest.raises(errors.SourceOutside, match=r"(?s)nothing in this template.*Try: write !GetAtt Failed.Arn"):
        read_function("DeadLetterQueue: {Type: SQS, TargetArn: 'arn:aws:sqs:eu-west-1:1:other'}", QUEUES)


def test_the_url_of_a_queue_is_not_its_arn(read_function: ReadFunction) -> None:
    with pytest.raises(errors.SourceOutside, match=r"(?s)Expected: the ARN of Failed.*Try: write !GetAtt Failed.Arn"):
        read_function("DeadLetterQueue: {Type: SQS, TargetArn: !Ref Failed}", QUEUES)


def test_a_bucket_takes_failures_only(read_function: ReadFunction) -> None:
    destination = "{OnSuccess: {Type: S3Bucket, Destination: arn:aws:s3:::failures}}"

    with pytest.raises(errors.PropertyOutOfRange, match=r"(?s)OnSuccess.Type of Worker is 'S3Bucket'.*failures only"):
        read_function(f"EventInvokeConfig: {{DestinationConfig: {destination}}}")


def test_policies_are_kept_with_references_resolved(read_function: ReadFunction) -> None:
    worker = read_function(
        """
        Policies:
          - AWSLambdaBasicExecutionRole
          - SQSSendMessagePolicy: {QueueName: !GetAtt Done.QueueName}
          - Version: 2012-10-17
            Statement: [{Effect: Allow, Action: "sqs:*", Resource: !GetAtt Done.Arn}]
        """,
        QUEUES,
    ).functions["Worker"]

    assert worker.policies[0] == "AWSLambdaBasicExecutionRole"
    assert worker.policies[1] == {"SQSSendMessagePolicy": {"QueueName": "kata-Done-ABCDEFGHIJKL"}}
    assert worker.policies[2]["Version"] == "2012-10-17"
    assert worker.policies[2]["Statement"][0]["Resource"] == "arn:aws:sqs:eu-west-1:123456789012:kata-Done-ABCDEFGHIJKL"


def test_two_functions_of_one_name_are_refused(read: Read) -> None:
    function = FUNCTION + "      FunctionName: same\n"

    with pytest.raises(errors.DuplicateName, match="Other and Worker have the same name: same"):
        read(f"Resources:{function}{function.replace('Worker', 'Other')}")


def test_a_long_name_is_cut_in_the_middle_as_cloudformation_cuts_it(read: Read) -> None:
    template = read("Resources:" + FUNCTION.replace("Worker", "W" * 80))

    assert template.functions["W" * 80].name == "kata-" + "W" * 46 + "-ABCDEFGHIJKL"


def test_globals_merge_mappings_by_key_and_the_function_wins(read: Read) -> None:
    worker = read(f"""
Globals:
  Function:
    Timeout: 10
    MemorySize: 256
    Environment: {{Variables: {{AA: global, BB: global}}}}
Resources:{FUNCTION}
      Timeout: 20
      Environment: {{Variables: {{BB: own, CC: own}}}}
""").functions["Worker"]

    assert (worker.timeout_s, worker.memory_mb) == (20, 256)
    assert worker.variables == {"AA": "global", "BB": "own", "CC": "own"}


def test_a_function_can_ignore_globals(read: Read) -> None:
    head = "Globals: {Function: {Timeout: 10, MemorySize: 256}}\nResources:"
    one = FUNCTION.replace("    Properties", "    IgnoreGlobals: [Timeout]\n    Properties")
    all_ = FUNCTION.replace("Worker", "Other").replace("    Properties", "    IgnoreGlobals: '*'\n    Properties")

    functions = read(head + one + all_).functions

    assert [(each.timeout_s, each.memory_mb) for each in functions.values()] == [(3, 256), (3, 128)]


@pytest.mark.parametrize(
    ("globals_", "kind", "message"),
    [
        ("{Function: {FunctionName: x}}", errors.UnknownProperty, "FunctionName cannot stand in Globals.Function"),
        ("{Function: {TimeOut: 1}}", errors.UnknownProperty, "Try: write Timeout"),
        ("{Functions: {Timeout: 1}}", errors.UnknownSection, "(?s)Globals has no Functions here.*Try: write Function"),
        ("{Function: [Timeout]}", errors.WrongType, "Globals.Function is a list of 1"),
        ("{Function: {Timeout: 1000}}", errors.PropertyOutOfRange, r"template.yaml:2:31: Timeout of Worker is 1000"),
    ],
)
def test_globals_are_checked_where_they_stand(
    read: Read, globals_: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        read(f"Globals: {globals_}\nResources:{FUNCTION}")


def test_failed_events_go_to_a_standard_queue(read_function: ReadFunction) -> None:
    with pytest.raises(errors.PropertiesContradict, match=r"DeadLetterQueue.TargetArn of Worker is F, a FIFO queue"):
        read_function(
            "DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt F.Arn}",
            "F: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}",
        )
