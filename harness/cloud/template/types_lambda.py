"""SAM functions and what goes with them: their properties, with the ranges AWS takes."""

from harness.cloud.template.resource_type import ResourceType, accepted
from harness.cloud.template.shapes import (
    Anything,
    MapOf,
    NoEffect,
    OneOf,
    Record,
    Text,
    Unsupported,
    Whole,
    choice,
    words,
)
from harness.cloud.template.types_data import REFERENCE
from harness.cloud.template.types_event import MAPPING, SAM
from harness.cloud.template.types_permissions import ROLE
from harness.cloud.template.types_versions import LOGGING, PROVISIONED

RUNTIMES = "python3.9 python3.10 python3.11 python3.12 python3.13 python3.14"

_HANDLER = Text(
    pattern=r"[A-Za-z0-9_]+([/.][A-Za-z0-9_]+)*\.(?!__)[A-Za-z_][A-Za-z0-9_]*",
    called="file.function, as in app.handler for the function handler in app.py",
    longest=128,
)
_DESTINATION = Record(
    {"Type": choice("SQS SNS Lambda EventBridge S3Bucket"), "Destination": Text()}, required=("Type", "Destination")
)
_ASYNCHRONOUS = Record(
    {
        "MaximumRetryAttempts": Whole(0, 2, "attempts"),
        "MaximumEventAgeInSeconds": Whole(60, 21_600, "seconds"),
        "DestinationConfig": Record({"OnSuccess": _DESTINATION, "OnFailure": _DESTINATION}),
    }
)
_NO_EFFECT = words(
    "Architectures AssumeRolePolicyDocument AutoPublishAliasAllProperties AutoPublishCodeSha256 CodeSigningConfigArn "
    "DeploymentPreference KmsKeyArn PropagateTags RolePath "
    "RuntimeManagementConfig SnapStart SourceKMSKeyArn Tags VersionDeletionPolicy VersionDescription"
)
"""Nothing a simulated run shows depends on these."""

NO_LAYERS = "put the code into the CodeUri folder; boto3, Powertools and Pillow are there already"

_UNSUPPORTED = {
    "ImageUri": "put the code into src/ and use CodeUri",
    "ImageConfig": "put the code into src/ and use CodeUri",
    "InlineCode": "put the code into src/ and use CodeUri",
    "Layers": NO_LAYERS,
    "VpcConfig": "leave it out: nothing here lies in a VPC",
    "FileSystemConfigs": "use /tmp, a table or a bucket",
    "FunctionUrlConfig": "use an HttpApi event",
    "CapacityProviderConfig": "",
    "DurableConfig": "",
    "FunctionScalingConfig": "",
    "PermissionsBoundary": "leave it out: this simulator has no boundaries",
    "PublishToLatestPublished": "",
    "TenancyConfig": "",
}

FUNCTION = ResourceType(
    page=f"{SAM}/sam-resource-function.html",
    name_property="FunctionName",
    name_limit=64,
    attributes={"Arn": "arn:aws:lambda:{region}:{account}:function:{name}"},
    children={
        "Alias": "arn:aws:lambda:{region}:{account}:function:{name}:{alias}",
        "Version": "arn:aws:lambda:{region}:{account}:function:{name}:1",
    },
    properties=Record(
        {
            "FunctionName": Text(
                pattern=r"[A-Za-z0-9_-]{1,64}", called="1 to 64 letters, digits, hyphens and underscores"
            ),
            "Handler": _HANDLER,
            "Runtime": choice(RUNTIMES),
            "CodeUri": OneOf(single=Text(), mapping=Anything()),
            "PackageType": choice("Zip"),
            "Timeout": Whole(1, 900, "seconds"),
            "MemorySize": Whole(128, 10_240, "MB"),
            "EphemeralStorage": Record({"Size": Whole(512, 10_240, "MB")}, required=("Size",)),
            "Environment": Record(
                {
                    "Variables": MapOf(
                        Text(),
                        key_pattern="[A-Za-z][A-Za-z0-9_]+|_[A-Z_]+",
                        key_called="a letter, then letters, digits and underscores; two characters at least",
                    )
                }
            ),
            "Events": MapOf(Anything()),
            "Policies": OneOf(single=Text(), mapping=Anything(), items=Anything()),
            "Role": Text(),
            "ReservedConcurrentExecutions": Whole(0, 900, "executions (an account has 1,000, and 100 stay unreserved)"),
            "AutoPublishAlias": Text(pattern=r"(?!^[0-9]+$)[A-Za-z0-9_-]{1,128}", called="letters, digits, - and _"),
            "EventInvokeConfig": _ASYNCHRONOUS,
            "DeadLetterQueue": Record({"Type": choice("SQS SNS"), "TargetArn": Text()}, required=("Type", "TargetArn")),
            "RecursiveLoop": choice("Terminate Allow"),
            "ProvisionedConcurrencyConfig": PROVISIONED,
            "LoggingConfig": LOGGING,
            "Tracing": choice("Active PassThrough Disabled"),
            "Description": Text(longest=256),
            **{name: NoEffect() for name in _NO_EFFECT},
            **{name: Unsupported(instead) for name, instead in _UNSUPPORTED.items()},
        },
        required=("Handler", "Runtime", "CodeUri"),
    ),
)

EVENT_SOURCE_MAPPING = ResourceType(
    page=f"{REFERENCE}/aws-resource-lambda-eventsourcemapping.html", properties=MAPPING, ref="{suffix}"
)
PERMISSION = accepted(f"{REFERENCE}/aws-resource-lambda-permission.html")
LOG_GROUP = accepted(
    f"{REFERENCE}/aws-resource-logs-loggroup.html",
    name_property="LogGroupName",
    attributes={"Arn": "arn:aws:logs:{region}:{account}:log-group:{name}:*"},
)
GENERATED_ROLE = ResourceType(page=FUNCTION.page, properties=Record({}), name_limit=64, attributes=ROLE.attributes)
"""The `{LogicalId}Role` which SAM makes for a function without `Role`."""
