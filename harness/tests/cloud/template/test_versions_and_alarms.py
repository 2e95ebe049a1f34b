"""Versions, aliases and alarms in a template: what they become, and what is refused with its line."""

import pytest

from harness.cloud.template import TemplateError, errors
from harness.tests.cloud.template.conftest import ReadFunction

VERSION = """\
  One: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Worker}}
"""
ALIAS = """\
  Live:
    Type: AWS::Lambda::Alias
    Properties: {{FunctionName: !Ref Worker, FunctionVersion: {version}, Name: live}}
"""
ALARM = """\
  Failing:
    Type: AWS::CloudWatch::Alarm
    Properties:
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 2
      Threshold: 1
"""
METRIC = "      Namespace: AWS/Lambda\n      MetricName: Errors\n      Period: 60\n      Statistic: Sum\n"


def test_an_alias_names_a_version_by_its_attribute(read_function: ReadFunction) -> None:
    template = read_function("", VERSION + ALIAS.format(version="!GetAtt One.Version"))

    assert template.versions["One"].function == "Worker"
    assert (template.aliases["Live"].name, template.aliases["Live"].version) == ("live", "1")


def test_sams_alias_is_an_alias_as_well(read_function: ReadFunction) -> None:
    template = read_function(
        "AutoPublishAlias: live\nProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 3}"
    )

    alias = template.aliases["WorkerAliaslive"]
    assert (alias.function, alias.name, alias.version, alias.provisioned_concurrency) == ("Worker", "live", "1", 3)


@pytest.mark.parametrize(
    ("properties", "resources", "match"),
    [
        ("AutoPublishAlias: live", VERSION, "One publishes Worker again"),
        (
            "",
            ALIAS.format(version='"1"'),
            "Live names version 1 of Worker",
        ),
        (
            "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 3}",
            "",
            "ProvisionedConcurrencyConfig, and no AutoPublishAlias",
        ),
        ("LoggingConfig: {SystemLogLevel: WARN}", "", "LogFormat is not JSON"),
        ("", ALARM, "Failing lacks MetricName"),
        ("", ALARM + METRIC + "      ExtendedStatistic: p99\n", "one of Statistic and ExtendedStatistic"),
        ("", ALARM + METRIC + "      DatapointsToAlarm: 3\n", "(?s)is 3.*at most EvaluationPeriods"),
        ("", ALARM + METRIC.replace("60", "90"), "a multiple of 60"),
        ("", ALARM + METRIC + "      AlarmActions: ['arn:aws:automate:eu-west-1:ec2:stop']\n", "not simulated"),
        ("", ALARM + "      Metrics: [{Id: m, Expression: 'RATE(x)'}]\n", "functions are not simulated"),
        ("", ALARM + "      Metrics: [{Id: m, Expression: a / b}]\n", "no other calculation"),
    ],
)
def test_what_aws_or_this_simulator_does_not_take_is_refused_with_its_line(
    read_function: ReadFunction, properties: str, resources: str, match: str
) -> None:
    with pytest.raises(TemplateError, match=match) as caught:
        read_function(properties, resources)

    assert caught.value.line > 0


def test_an_alarm_without_a_metric_is_said_to_lack_one(read_function: ReadFunction) -> None:
    with pytest.raises(errors.MissingProperty, match="MetricName is required"):
        read_function("", ALARM)
