"""What a template may say of buckets, and what S3 and CloudFormation refuse."""

import pytest

from harness.cloud.template import errors
from harness.cloud.template.bucket_permissions import DestinationNotPermitted
from harness.cloud.template.model_bucket import ExpirySpec
from harness.tests.cloud.template.conftest import FUNCTION, Read, ReadFunction

UPLOADS = "Uploads: {Type: AWS::S3::Bucket}\n"
QUEUE = """
  Inbox: {Type: AWS::SQS::Queue}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: s3.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Inbox.Arn
            Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
"""


def event(events: str, rules: str = "", bucket: str = "!Ref Uploads") -> str:
    """An S3 event of the function."""
    filter_ = f", Filter: {{S3Key: {{Rules: [{rules}]}}}}" if rules else ""
    return f"Events: {{A: {{Type: S3, Properties: {{Bucket: {bucket}, Events: {events}{filter_}}}}}}}\n"


def bucket(configurations: str, more: str = "") -> str:
    """A bucket with notifications."""
    return f"""
  Uploads:
    Type: AWS::S3::Bucket{more}
    Properties: {{NotificationConfiguration: {{{configurations}}}}}
"""


def test_a_bucket_without_a_name_gets_one_in_small_letters(read: Read) -> None:
    template = read("Resources:\n  Uploads: {Type: AWS::S3::Bucket}\nOutputs: {Arn: {Value: !GetAtt Uploads.Arn}}\n")

    spec = template.buckets["Uploads"]
    assert (spec.name, spec.arn) == ("kata-uploads-abcdefghijkl", "arn:aws:s3:::kata-uploads-abcdefghijkl")
    assert template.outputs == {"Arn": spec.arn}


@pytest.mark.parametrize("name", ["Uploads", "up", "a..b", "192.168.5.4", "xn--abc", "ends-with-"])
def test_a_name_that_s3_does_not_take_is_refused(read: Read, name: str) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match="BucketName of Uploads"):
        read(f"Resources:\n  Uploads: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {name}}}}}\n")


def test_an_s3_event_is_a_notification_of_the_bucket(read_function: ReadFunction) -> None:
    rules = "{Name: prefix, Value: in/}, {Name: suffix, Value: .jpg}"
    template = read_function(event('["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"]', rules), UPLOADS)

    created, removed = template.buckets["Uploads"].notifications
    assert (created.kind, created.target_arn) == ("Lambda", template.functions["Worker"].arn)
    assert (created.events, removed.events) == (("s3:ObjectCreated:*",), ("s3:ObjectRemoved:Delete",))
    assert (created.prefix, created.suffix) == ("in/", ".jpg")
    assert created.wants("ObjectCreated:CompleteMultipartUpload", "in/a.jpg")
    assert not created.wants("ObjectCreated:Put", "out/a.jpg")
    assert not created.wants("ObjectRemoved:Delete", "in/a.jpg")


def test_an_s3_event_of_a_function_with_an_alias_invokes_the_alias(read_function: ReadFunction) -> None:
    template = read_function("AutoPublishAlias: live\n" + event("s3:ObjectCreated:Put"), UPLOADS)

    assert template.buckets["Uploads"].notifications[0].target_arn == f"{template.functions['Worker'].arn}:live"


def test_an_s3_event_needs_a_bucket_of_the_same_template(read_function: ReadFunction) -> None:
    with pytest.raises(errors.SourceOutside, match="nothing in this template"):
        read_function(event("s3:ObjectCreated:Put", bucket="elsewhere"), UPLOADS)


def test_a_function_cannot_know_the_bucket_that_wakes_it(read_function: ReadFunction) -> None:
    with pytest.raises(errors.CircularReference, match="Worker -> Uploads -> Worker"):
        read_function(event("s3:ObjectCreated:Put") + "Environment: {Variables: {BUCKET: !Ref Uploads}}\n", UPLOADS)


def test_a_bucket_policy_of_sam_makes_the_same_circle(read_function: ReadFunction) -> None:
    policy = "Policies: [{S3ReadPolicy: {BucketName: !Ref Uploads}}]\n"
    with pytest.raises(errors.CircularReference, match="Worker -> Uploads -> Worker"):
        read_function(event("s3:ObjectCreated:Put") + policy, UPLOADS)


def test_a_name_written_with_sub_avoids_the_circle(read_function: ReadFunction) -> None:
    named = 'Uploads: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "up-${AWS::AccountId}"}}\n'
    variables = 'Environment: {Variables: {BUCKET: !Sub "up-${AWS::AccountId}"}}\n'

    template = read_function(event("s3:ObjectCreated:Put") + variables, named)

    assert template.functions["Worker"].variables["BUCKET"] == template.buckets["Uploads"].name == "up-123456789012"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ("{Name: prefix, Value: in/}", "{Name: suffix, Value: .jpg}"),
        ("{Name: prefix, Value: in/}", "{Name: prefix, Value: in/red/}"),
        ("{Name: suffix, Value: g}", "{Name: suffix, Value: .jpg}"),
    ],
)
def test_notifications_that_overlap_are_refused_whoever_they_go_to(
    read_function: ReadFunction, first: str, second: str
) -> None:
    filter_ = f", Filter: {{S3Key: {{Rules: [{first}]}}}}" if first else ""
    queue = f'QueueConfigurations: [{{Event: "s3:ObjectCreated:Put", Queue: !GetAtt Inbox.Arn{filter_}}}]'
    with pytest.raises(errors.PropertiesContradict, match="Two notifications of one bucket overlap"):
        read_function(event("s3:ObjectCreated:*", second), QUEUE + bucket(queue, "\n    DependsOn: Policy"))


def test_notifications_with_suffixes_that_exclude_each_other_do_not_overlap(read_function: ReadFunction) -> None:
    filter_ = ", Filter: {S3Key: {Rules: [{Name: Suffix, Value: .png}]}}"
    queue = f'QueueConfigurations: [{{Event: "s3:ObjectCreated:Put", Queue: !GetAtt Inbox.Arn{filter_}}}]'
    template = read_function(
        event("s3:ObjectCreated:*", "{Name: suffix, Value: .jpg}"), QUEUE + bucket(queue, "\n    DependsOn: Policy")
    )

    assert [each.suffix for each in template.buckets["Uploads"].notifications] == [".png", ".jpg"]


TO_INBOX = 'QueueConfigurations: [{Event: "s3:ObjectCreated:*", Queue: !GetAtt Inbox.Arn}]'


def test_a_queue_whose_policy_comes_after_the_bucket_is_refused(read: Read) -> None:
    with pytest.raises(DestinationNotPermitted, match="Policy lets Uploads send to .*Inbox") as caught:
        read("Resources:" + QUEUE + bucket(TO_INBOX))

    assert "DependsOn: Policy on Uploads" in str(caught.value)


def test_a_queue_without_a_policy_is_refused(read: Read) -> None:
    with pytest.raises(DestinationNotPermitted, match="Uploads may not send to .*Inbox"):
        read("Resources:\n  Inbox: {Type: AWS::SQS::Queue}\n" + bucket(TO_INBOX))


def test_a_fifo_queue_gets_no_notifications(read: Read) -> None:
    fifo = "Resources:\n  Inbox: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}\n"
    with pytest.raises(errors.PropertiesContradict, match="a FIFO queue"):
        read(fifo + bucket(TO_INBOX))


TO_WORKER = 'LambdaConfigurations: [{Event: "s3:ObjectCreated:*", Function: !GetAtt Worker.Arn}]'
PERMISSION = """
  Allow:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Worker
      Action: lambda:InvokeFunction
      Principal: %s
      SourceAccount: !Ref AWS::AccountId
"""


def test_a_function_needs_a_permission_for_s3(read_function: ReadFunction) -> None:
    with pytest.raises(DestinationNotPermitted, match="Uploads may not send to .*Worker"):
        read_function("", PERMISSION % "sns.amazonaws.com" + bucket(TO_WORKER, "\n    DependsOn: Allow"))

    template = read_function("", PERMISSION % "s3.amazonaws.com" + bucket(TO_WORKER, "\n    DependsOn: Allow"))
    assert template.buckets["Uploads"].notifications[0].kind == "Lambda"


def test_an_event_that_is_not_simulated_is_refused_with_those_that_are(read_function: ReadFunction) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match="s3:ObjectTagging:Put") as caught:
        read_function(event('"s3:ObjectTagging:Put"'), UPLOADS)

    assert "s3:ObjectCreated:*" in str(caught.value)


@pytest.mark.parametrize("key", ["ReplicationConfiguration", "WebsiteConfiguration", "ObjectLockEnabled"])
def test_a_property_that_is_not_simulated_is_refused(read: Read, key: str) -> None:
    with pytest.raises(errors.UnsupportedProperty, match=f"{key} of Uploads"):
        read(f"Resources:\n  Uploads: {{Type: AWS::S3::Bucket, Properties: {{{key}: true}}}}\n")


def test_lifecycle_cors_versions_and_tags_are_read(read: Read) -> None:
    template = read("""
        Resources:
          Uploads:
            Type: AWS::S3::Bucket
            Properties:
              VersioningConfiguration: {Status: Enabled}
              PublicAccessBlockConfiguration: {BlockPublicAcls: true}
              Tags: [{Key: team, Value: dam}]
              CorsConfiguration: {CorsRules: [{AllowedMethods: [PUT], AllowedOrigins: ["*"]}]}
              LifecycleConfiguration:
                Rules:
                  - {Id: old, Status: Enabled, Prefix: tmp/, ExpirationInDays: 3}
                  - Status: Disabled
                    NoncurrentVersionExpiration: {NoncurrentDays: 5, NewerNoncurrentVersions: 2}
                    AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}
              NotificationConfiguration: {EventBridgeConfiguration: {}}
        """)

    spec = template.buckets["Uploads"]
    assert (spec.versioned, spec.event_bridge, spec.tags) == (True, True, {"team": "dam"})
    assert spec.cors[0]["AllowedMethod"] == ["PUT"]
    assert spec.expiries == (
        ExpirySpec(id="old", prefix="tmp/", days=3, orphan_markers=True),
        ExpirySpec(id="rule-2", enabled=False, noncurrent_days=5, keep_noncurrent=2, upload_days=1),
    )


def test_an_on_failure_destination_may_be_a_bucket(read_function: ReadFunction) -> None:
    config = "EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: S3Bucket, Destination: !GetAtt Uploads.Arn}}}\n"
    template = read_function(config, UPLOADS)

    assert template.functions["Worker"].asynchronous.on_failure == template.buckets["Uploads"].arn


def test_sam_itself_makes_the_same_notifications(read_function: ReadFunction, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("samtranslator")
    from harness.tests.cloud.template.test_against_sam import translated

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    source = event('["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]', "{Name: prefix, Value: in/}")
    theirs = translated(f"Resources:{FUNCTION}      {source}  {UPLOADS}")
    ours = read_function(source, UPLOADS).buckets["Uploads"].notifications

    made = theirs["Uploads"]["Properties"]["NotificationConfiguration"]["LambdaConfigurations"]
    assert [each["Event"] for each in made] == [each.events[0] for each in ours]
    assert made[0]["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}]}}
    permission = theirs["WorkerAPermission"]["Properties"]
    assert theirs["Uploads"]["DependsOn"] == ["WorkerAPermission"]
    assert (permission["Principal"], permission["SourceAccount"]) == ("s3.amazonaws.com", {"Ref": "AWS::AccountId"})
