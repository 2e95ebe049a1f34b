"""Buckets: their properties, with the ranges AWS takes, and the S3 event of a function."""

from harness.cloud.template.resource_type import ResourceType, accepted
from harness.cloud.template.shapes import (
    Choice,
    Flag,
    ListOf,
    NoEffect,
    OneOf,
    Record,
    Text,
    Unsupported,
    Whole,
    choice,
    words,
)
from harness.cloud.template.types_data import REFERENCE, TAGS

SAM_PAGE = (
    "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-s3.html"
)

EVENTS = words("""
    s3:ObjectCreated:* s3:ObjectCreated:Put s3:ObjectCreated:Post s3:ObjectCreated:Copy
    s3:ObjectCreated:CompleteMultipartUpload s3:ObjectRemoved:* s3:ObjectRemoved:Delete
    s3:ObjectRemoved:DeleteMarkerCreated s3:LifecycleExpiration:* s3:LifecycleExpiration:Delete
    s3:LifecycleExpiration:DeleteMarkerCreated
""")
"""The events that are simulated. AWS has more: of tags, ACLs, replication, restoring and storage classes.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

_EVENT = Choice(EVENTS)
_RULE = Record({"Name": choice("prefix suffix Prefix Suffix"), "Value": Text(longest=1024)}, required=("Name", "Value"))
_S3_KEY = Record({"Rules": ListOf(_RULE, most=2)}, required=("Rules",))
FILTER = Record({"S3Key": _S3_KEY}, required=("S3Key",))


def _configuration(target: str) -> ListOf:
    return ListOf(Record({"Event": _EVENT, target: Text(), "Filter": FILTER}, required=("Event", target)), most=100)


_DAYS = Whole(1, 36_500, "days")
_INSTANT_CLASSES = choice("STANDARD_IA ONEZONE_IA INTELLIGENT_TIERING GLACIER_IR")
_TRANSITION = Record(
    {"StorageClass": _INSTANT_CLASSES, "TransitionInDays": NoEffect(), "TransitionDate": NoEffect()},
    required=("StorageClass",),
)
_EXPIRY = Record(
    {
        "Id": Text(longest=255),
        "Status": choice("Enabled Disabled"),
        "Prefix": Text(longest=1024),
        "ExpirationInDays": _DAYS,
        "ExpiredObjectDeleteMarker": Flag(),
        "NoncurrentVersionExpirationInDays": _DAYS,
        "NoncurrentVersionExpiration": Record(
            {"NoncurrentDays": _DAYS, "NewerNoncurrentVersions": Whole(1, 100, "versions")},
            required=("NoncurrentDays",),
        ),
        "AbortIncompleteMultipartUpload": Record({"DaysAfterInitiation": _DAYS}, required=("DaysAfterInitiation",)),
        "ObjectSizeGreaterThan": Whole(0, 53_687_091_200_000, "bytes"),
        "ObjectSizeLessThan": Whole(1, 53_687_091_200_000, "bytes"),
        "Transition": _TRANSITION,
        "Transitions": ListOf(_TRANSITION),
        "NoncurrentVersionTransition": NoEffect(),
        "NoncurrentVersionTransitions": NoEffect(),
        "ExpirationDate": Unsupported("use ExpirationInDays"),
        "TagFilters": Unsupported("use Prefix"),
    },
    required=("Status",),
)
_CORS_RULE = Record(
    {
        "AllowedMethods": ListOf(choice("GET PUT HEAD POST DELETE"), least=1),
        "AllowedOrigins": ListOf(Text(), least=1),
        "AllowedHeaders": ListOf(Text()),
        "ExposedHeaders": ListOf(Text()),
        "MaxAge": Whole(0, 2_147_483_647, "seconds"),
        "Id": NoEffect(),
    },
    required=("AllowedMethods", "AllowedOrigins"),
)
_NO_EFFECT = words("""
    AccelerateConfiguration AccessControl AnalyticsConfigurations BucketEncryption
    IntelligentTieringConfigurations InventoryConfigurations LoggingConfiguration MetadataConfiguration
    MetadataTableConfiguration MetricsConfigurations OwnershipControls PublicAccessBlockConfiguration AbacStatus
    BucketNamePrefix BucketNamespace
""")
"""Nothing a simulated run shows depends on these."""

BUCKET = ResourceType(
    page=f"{REFERENCE}/aws-resource-s3-bucket.html",
    name_property="BucketName",
    name_limit=63,
    attributes={
        "Arn": "arn:aws:s3:::{name}",
        "DomainName": "{name}.s3.amazonaws.com",
        "RegionalDomainName": "{name}.s3.{region}.amazonaws.com",
        "DualStackDomainName": "{name}.s3.dualstack.{region}.amazonaws.com",
    },
    properties=Record(
        {
            "BucketName": Text(
                pattern=r"(?=.{3,63}$)(?!xn--|sthree-|.*-s3alias$|.*--ol-s3$|[0-9.]*$)(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]",
                called="3 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends",
            ),
            "NotificationConfiguration": Record(
                {
                    "LambdaConfigurations": _configuration("Function"),
                    "QueueConfigurations": _configuration("Queue"),
                    "TopicConfigurations": _configuration("Topic"),
                    "EventBridgeConfiguration": Record({"EventBridgeEnabled": Flag()}),
                }
            ),
            "VersioningConfiguration": Record({"Status": choice("Enabled")}, required=("Status",)),
            "CorsConfiguration": Record({"CorsRules": ListOf(_CORS_RULE, least=1, most=100)}, required=("CorsRules",)),
            "LifecycleConfiguration": Record(
                {
                    "Rules": ListOf(_EXPIRY, least=1, most=1000),
                    "TransitionDefaultMinimumObjectSize": NoEffect(),
                },
                required=("Rules",),
            ),
            "Tags": TAGS,
            **{name: NoEffect() for name in _NO_EFFECT},
            "ObjectLockEnabled": Unsupported("leave it out: every object can be deleted here"),
            "ObjectLockConfiguration": Unsupported("leave it out: every object can be deleted here"),
            "ReplicationConfiguration": Unsupported("copy in a function that the bucket wakes"),
            "WebsiteConfiguration": Unsupported("a bucket is no web server here"),
        }
    ),
)

BUCKET_POLICY = accepted(f"{REFERENCE}/aws-resource-s3-bucketpolicy.html")

S3_EVENT = Record(
    {
        "Bucket": Text(),
        "Events": OneOf(single=_EVENT, items=ListOf(_EVENT, least=1)),
        "Filter": FILTER,
    },
    required=("Bucket", "Events"),
)
"""Source: SAM_PAGE"""
