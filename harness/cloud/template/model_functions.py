"""What a template says of functions beyond their code: logs, versions, aliases."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggingSpec:
    """LoggingConfig of a function.

    Attributes:
        format: "Text" or "JSON".
        application_level: with JSON: the lowest level of the function's own records.
        system_level: with JSON: "DEBUG", "INFO" or "WARN", for Lambda's own records.
        group: "": /aws/lambda/ and the function's name.
    """

    format: str = "Text"
    application_level: str = "INFO"
    system_level: str = "INFO"
    group: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionSpec:
    """A published version, by AWS::Lambda::Version.

    Attributes:
        function: logical id.
        provisioned_concurrency: environments kept initialized; 0: none.
    """

    logical_id: str
    function: str
    provisioned_concurrency: int = 0
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasSpec:
    """An alias, by AWS::Lambda::Alias or AutoPublishAlias.

    Attributes:
        function: logical id.
        version: "1" or "$LATEST".
        weights: share of other versions.
        provisioned_concurrency: environments kept initialized; 0: none.
    """

    logical_id: str
    function: str
    name: str
    version: str
    weights: dict[str, float] = field(default_factory=dict)
    provisioned_concurrency: int = 0
    description: str = ""
    line: int = 0
