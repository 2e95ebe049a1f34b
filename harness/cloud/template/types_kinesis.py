"""Kinesis streams: their properties, with the ranges AWS takes."""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import NoEffect, Record, Text, Unsupported, Whole, choice
from harness.cloud.template.types_data import REFERENCE, TAGS

STREAM = ResourceType(
    page=f"{REFERENCE}/aws-resource-kinesis-stream.html",
    name_property="Name",
    name_limit=128,
    attributes={"Arn": "arn:aws:kinesis:{region}:{account}:stream/{name}"},
    properties=Record(
        {
            "Name": Text(
                pattern=r"[a-zA-Z0-9_.-]{1,128}", called="1 to 128 letters, digits, underscores, dots and hyphens"
            ),
            "ShardCount": Whole(1, 1000, "shards"),
            "RetentionPeriodHours": Whole(24, 8760, "hours"),
            "StreamModeDetails": Record({"StreamMode": choice("PROVISIONED ON_DEMAND")}, required=("StreamMode",)),
            "StreamEncryption": NoEffect(),
            "DesiredShardLevelMetrics": NoEffect(),
            "Tags": TAGS,
            "MaxRecordSizeInKiB": Unsupported("records are at most 1 MiB here, as on AWS by default"),
            "WarmThroughputMiBps": Unsupported("an on-demand stream has 4 shards here"),
        }
    ),
)
