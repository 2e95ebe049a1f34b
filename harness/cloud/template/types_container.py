"""ECS clusters and task definitions: their properties, with the ranges AWS takes."""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import Flag, ListOf, MapOf, NoEffect, Record, Text, Unsupported, Whole, choice, words
from harness.cloud.template.types_data import REFERENCE

SOURCE_LABEL = "org.opencontainers.image.source"
"""The label of a container that names the folder its image is built from, relative to the template.

Source: https://github.com/opencontainers/image-spec/blob/main/annotations.md
"""

_NAME = Text(pattern=r"[A-Za-z0-9_-]{1,255}", called="1 to 255 letters, digits, hyphens and underscores")
_WORDS = ListOf(Text(), least=1)
_NO_EFFECT = words(
    "Cpu Memory MemoryReservation PortMappings LogConfiguration Essential ReadonlyRootFilesystem User WorkingDirectory "
    "Ulimits StartTimeout Interactive PseudoTerminal"
)
_UNSUPPORTED = words(
    "Secrets EnvironmentFiles MountPoints VolumesFrom DependsOn HealthCheck FirelensConfiguration RestartPolicy "
    "ResourceRequirements"
)

CLUSTER = ResourceType(
    page=f"{REFERENCE}/aws-resource-ecs-cluster.html",
    name_property="ClusterName",
    attributes={"Arn": "arn:aws:ecs:{region}:{account}:cluster/{name}"},
    properties=Record(
        {
            "ClusterName": _NAME,
            "CapacityProviders": NoEffect(),
            "DefaultCapacityProviderStrategy": NoEffect(),
            "ClusterSettings": NoEffect(),
            "Configuration": NoEffect(),
            "ServiceConnectDefaults": NoEffect(),
            "Tags": NoEffect(),
        }
    ),
)

CONTAINER = Record(
    {
        "Name": _NAME,
        "Image": Text(),
        "EntryPoint": _WORDS,
        "Command": _WORDS,
        "Environment": ListOf(Record({"Name": Text(), "Value": Text()}, required=("Name", "Value"))),
        "DockerLabels": MapOf(Text()),
        "StopTimeout": Whole(2, 120, "seconds"),
        "LinuxParameters": Record({"InitProcessEnabled": Flag()}),
        **{name: NoEffect() for name in _NO_EFFECT},
        **{name: Unsupported() for name in _UNSUPPORTED},
    },
    required=("Name", "Image"),
)

TASK_DEFINITION = ResourceType(
    page=f"{REFERENCE}/aws-resource-ecs-taskdefinition.html",
    name_property="Family",
    ref="arn:aws:ecs:{region}:{account}:task-definition/{name}:1",
    attributes={"TaskDefinitionArn": "arn:aws:ecs:{region}:{account}:task-definition/{name}:1"},
    properties=Record(
        {
            "Family": _NAME,
            "ContainerDefinitions": ListOf(CONTAINER, least=1, most=10),
            "Cpu": Text(),
            "Memory": Text(),
            "NetworkMode": choice("awsvpc"),
            "RequiresCompatibilities": ListOf(choice("FARGATE")),
            "ExecutionRoleArn": Text(),
            "TaskRoleArn": Text(),
            "RuntimePlatform": NoEffect(),
            "EphemeralStorage": NoEffect(),
            "Tags": NoEffect(),
            "Volumes": Unsupported("use a bucket or a table"),
        },
        required=("ContainerDefinitions",),
    ),
)
