"""Powertools' parameters utility and feature flags read their settings through boto3, and keep them a while.

Sources:
    https://docs.aws.amazon.com/powertools/python/latest/utilities/parameters/
    https://docs.aws.amazon.com/powertools/python/latest/utilities/feature_flags/
"""

import json
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Timeout: 60
    Environment: {Variables: {TABLE: !Ref Settings, BUCKET: !Ref Flags}}
Resources:
  Settings:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}, {AttributeName: sk, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
  Flags: {Type: AWS::S3::Bucket}
  Till: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/till, Type: String, Value: closed}}
  Read:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.read, Policies: [AdministratorAccess]}
  Price:
    Type: AWS::Serverless::Function
    Properties: {Handler: flags.price, Policies: [{S3ReadPolicy: {BucketName: !Ref Flags}}]}
"""

READ = """\
import os

import boto3
from aws_lambda_powertools.utilities import parameters

ssm, secrets = boto3.client("ssm"), boto3.client("secretsmanager")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
settings = parameters.DynamoDBProvider(table_name=os.environ["TABLE"])


def read(event, context):
    return globals()[event["what"]](**event.get("with", {}))


def store():
    for name, value in {"/shop/vat": "23", "/shop/currency": "EUR", "/shop/limits": '{"cups": 4}'}.items():
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
    ssm.put_parameter(Name="/shop/key", Value="hush", Type="SecureString", Overwrite=True)
    secrets.create_secret(Name="till", SecretString='{"pin": "0042"}')
    for name, value in {"open": "8", "close": "18"}.items():
        table.put_item(Item={"id": "hours", "sk": name, "value": value})


def change(value):
    ssm.put_parameter(Name="/shop/vat", Value=value, Type="String", Overwrite=True)


def vat():
    return parameters.get_parameter("/shop/vat", max_age=60)


def everything():
    return {
        "path": parameters.get_parameters("/shop", decrypt=True),
        "named": parameters.get_parameters_by_name({"/shop/vat": {}, "/shop/currency": {}}),
        "limits": parameters.get_parameter("/shop/limits", transform="json"),
        "secret": parameters.get_secret("till", transform="json"),
        "hours": settings.get_multiple("hours"),
    }


def missing(kind):
    ask = {"parameter": parameters.get_parameter, "secret": parameters.get_secret}[kind]
    try:
        ask("/nowhere")
    except parameters.exceptions.GetParameterError as error:
        return str(error)
"""

FLAGS = """\
import json
import os

import boto3
from aws_lambda_powertools.utilities.feature_flags import FeatureFlags, StoreProvider
from aws_lambda_powertools.utilities.feature_flags.exceptions import ConfigurationStoreError


class InBucket(StoreProvider):
    def __init__(self, bucket, key):
        self.s3, self.bucket, self.key = boto3.client("s3"), bucket, key

    @property
    def get_raw_configuration(self):
        return self.get_configuration()

    def get_configuration(self):
        try:
            return json.loads(self.s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        except self.s3.exceptions.NoSuchKey as error:
            raise ConfigurationStoreError("no flags") from error


features = FeatureFlags(store=InBucket(os.environ["BUCKET"], "flags.json"))


def price(event, context):
    return {
        "reduced": features.evaluate(name="reduced", context=event, default=False),
        "on": features.get_enabled_features(context=event),
    }
"""

RULES: dict[str, Any] = {
    "reduced": {
        "default": False,
        "rules": {
            "students": {
                "when_match": True,
                "conditions": [{"action": "EQUALS", "key": "tier", "value": "student"}],
            },
            "mornings": {
                "when_match": True,
                "conditions": [{
                    "action": "SCHEDULE_BETWEEN_TIME_RANGE", "key": "CURRENT_TIME",
                    "value": {"START": "11:00", "END": "12:00", "TIMEZONE": "Europe/Dublin"},
                }],
            },
        },
    },
    "always": {"default": True},
}  # fmt: skip


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    app = deploy(TEMPLATE, {"src/app.py": READ, "src/flags.py": FLAGS}, enforce_permissions=True)
    read(app, "store")
    return app


def read(app: App, what: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Read", {"what": what, "with": parameters}))


def price(app: App, **context: Any) -> Any:
    return app.run(app.world.invoke("Price", context))


def test_parameters_secrets_and_items_of_a_table_are_read(app: App) -> None:
    assert read(app, "everything") == {
        "path": {"till": "closed", "vat": "23", "currency": "EUR", "limits": '{"cups": 4}', "key": "hush"},
        "named": {"/shop/vat": "23", "/shop/currency": "EUR"},
        "limits": {"cups": 4},
        "secret": {"pin": "0042"},
        "hours": {"open": "8", "close": "18"},
    }


def test_a_parameter_is_kept_for_its_maximum_age_of_virtual_time(app: App) -> None:
    first = read(app, "vat")
    read(app, "change", value="13.5")
    within = read(app, "vat")
    app.run(app.world.run_for(s=61))

    assert (first, within, read(app, "vat")) == ("23", "23", "13.5")


@pytest.mark.parametrize(
    ("kind", "code"), [("parameter", "ParameterNotFound"), ("secret", "ResourceNotFoundException")]
)
def test_a_setting_that_is_missing_is_the_error_of_its_service(app: App, kind: str, code: str) -> None:
    assert code in read(app, "missing", kind=kind)


def test_flags_without_a_configuration_are_the_defaults_of_the_code(app: App) -> None:
    assert price(app, tier="student")["reduced"] is False


def test_flags_follow_their_rules_the_hour_among_them(app: App) -> None:
    app.world.bucket("Flags").put("flags.json", json.dumps(RULES))

    assert price(app, tier="student") == {"reduced": True, "on": ["reduced", "always"]}
    assert price(app, tier="guest") == {"reduced": False, "on": ["always"]}
    app.run(app.world.run_for(minutes=130))
    assert price(app, tier="guest") == {"reduced": True, "on": ["reduced", "always"]}
