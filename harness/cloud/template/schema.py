"""Start here: every resource type a template may use. A new one is one entry in this table.

A type in `KNOWN_TYPES` exists on AWS and will be said to be unsupported; any other name is
taken for a typing mistake and answered with the nearest one.
"""

from harness.cloud.template import types_api, types_data, types_lambda
from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import words

FUNCTION = "AWS::Serverless::Function"
HTTP_API = "AWS::Serverless::HttpApi"
REST_API = "AWS::Serverless::Api"
SIMPLE_TABLE = "AWS::Serverless::SimpleTable"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"
MAPPING = "AWS::Lambda::EventSourceMapping"
RULE = "AWS::Events::Rule"

RESOURCE_TYPES: dict[str, ResourceType] = {
    FUNCTION: types_lambda.FUNCTION,
    HTTP_API: types_api.HTTP_API,
    REST_API: types_api.REST_API,
    SIMPLE_TABLE: types_data.SIMPLE_TABLE,
    QUEUE: types_data.QUEUE,
    "AWS::SQS::QueuePolicy": types_data.QUEUE_POLICY,
    TABLE: types_data.TABLE,
    MAPPING: types_lambda.EVENT_SOURCE_MAPPING,
    "AWS::Lambda::Permission": types_lambda.PERMISSION,
    RULE: types_lambda.RULE_TYPE,
    "AWS::Logs::LogGroup": types_lambda.LOG_GROUP,
    "AWS::IAM::Role": types_lambda.ROLE,
}

BUILT_TYPES = frozenset({FUNCTION, HTTP_API, REST_API, SIMPLE_TABLE, QUEUE, TABLE, MAPPING, RULE})
"""Types that become a spec of their own; the others are accepted and only kept."""

KNOWN_TYPES = frozenset(
    words("""
    AWS::ApiGateway::Deployment AWS::ApiGateway::Method AWS::ApiGateway::Resource AWS::ApiGateway::RestApi
    AWS::ApiGateway::Stage AWS::ApiGatewayV2::Api AWS::ApiGatewayV2::Integration AWS::ApiGatewayV2::Route
    AWS::ApiGatewayV2::Stage AWS::CloudFormation::CustomResource AWS::CloudFormation::Macro AWS::CloudFormation::Stack
    AWS::CloudWatch::Alarm AWS::DynamoDB::GlobalTable AWS::EC2::SecurityGroup AWS::EC2::Subnet AWS::EC2::VPC
    AWS::ElasticLoadBalancingV2::Listener AWS::ElasticLoadBalancingV2::ListenerRule
    AWS::ElasticLoadBalancingV2::LoadBalancer AWS::ElasticLoadBalancingV2::TargetGroup AWS::Events::EventBus
    AWS::Events::EventBusPolicy AWS::Glue::Database AWS::Glue::Table AWS::IAM::ManagedPolicy AWS::IAM::Policy
    AWS::Kinesis::Stream AWS::KinesisFirehose::DeliveryStream AWS::KMS::Key AWS::Lambda::Alias AWS::Lambda::Function
    AWS::Lambda::LayerVersion AWS::Lambda::Url AWS::Lambda::Version AWS::Pipes::Pipe AWS::S3::Bucket
    AWS::S3::BucketPolicy AWS::Scheduler::Schedule AWS::SecretsManager::Secret AWS::Serverless::Application
    AWS::Serverless::Connector AWS::Serverless::GraphQLApi AWS::Serverless::LayerVersion
    AWS::Serverless::StateMachine AWS::SNS::Subscription AWS::SNS::Topic AWS::SNS::TopicPolicy
    AWS::SSM::Parameter AWS::StepFunctions::StateMachine
    """)
)
"""Types of AWS this simulator does not have (yet)."""
