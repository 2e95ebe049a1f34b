"""Start here: every resource type a template may use. A new one is one entry in this table.

A type in `KNOWN_TYPES` exists on AWS and will be said to be unsupported; any other name is
taken for a typing mistake and answered with the nearest one.
"""

from harness.cloud.template import (
    types_alarms,
    types_api,
    types_athena,
    types_balancer,
    types_bucket,
    types_container,
    types_data,
    types_event_bridge,
    types_kinesis,
    types_lambda,
    types_permissions,
    types_topic,
    types_versions,
)
from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import words

FUNCTION = "AWS::Serverless::Function"
HTTP_API = "AWS::Serverless::HttpApi"
REST_API = "AWS::Serverless::Api"
SIMPLE_TABLE = "AWS::Serverless::SimpleTable"
QUEUE = "AWS::SQS::Queue"
PARAMETER = "AWS::SSM::Parameter"
TABLE = "AWS::DynamoDB::Table"
TOPIC = "AWS::SNS::Topic"
SUBSCRIPTION = "AWS::SNS::Subscription"
MAPPING = "AWS::Lambda::EventSourceMapping"
KINESIS_STREAM = "AWS::Kinesis::Stream"
RULE = "AWS::Events::Rule"
EVENT_BUS = "AWS::Events::EventBus"
ARCHIVE = "AWS::Events::Archive"
SCHEDULE = "AWS::Scheduler::Schedule"
PERMISSION = "AWS::Lambda::Permission"
VERSION = "AWS::Lambda::Version"
ALIAS = "AWS::Lambda::Alias"
ALARM = "AWS::CloudWatch::Alarm"
BUCKET = "AWS::S3::Bucket"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
CLUSTER = "AWS::ECS::Cluster"
TASK_DEFINITION = "AWS::ECS::TaskDefinition"
ROLE = "AWS::IAM::Role"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
IAM_POLICY = "AWS::IAM::Policy"
GLUE_DATABASE = "AWS::Glue::Database"
GLUE_TABLE = "AWS::Glue::Table"
GLUE_PARTITION = "AWS::Glue::Partition"
WORK_GROUP = "AWS::Athena::WorkGroup"

RESOURCE_TYPES: dict[str, ResourceType] = {
    FUNCTION: types_lambda.FUNCTION,
    HTTP_API: types_api.HTTP_API,
    REST_API: types_api.REST_API,
    SIMPLE_TABLE: types_data.SIMPLE_TABLE,
    QUEUE: types_data.QUEUE,
    "AWS::SQS::QueuePolicy": types_data.QUEUE_POLICY,
    TABLE: types_data.TABLE,
    TOPIC: types_topic.TOPIC,
    SUBSCRIPTION: types_topic.SUBSCRIPTION,
    "AWS::SNS::TopicPolicy": types_topic.TOPIC_POLICY,
    MAPPING: types_lambda.EVENT_SOURCE_MAPPING,
    KINESIS_STREAM: types_kinesis.STREAM,
    "AWS::Lambda::Permission": types_lambda.PERMISSION,
    BUCKET: types_bucket.BUCKET,
    "AWS::S3::BucketPolicy": types_bucket.BUCKET_POLICY,
    RULE: types_event_bridge.RULE,
    EVENT_BUS: types_event_bridge.EVENT_BUS,
    "AWS::Events::EventBusPolicy": types_event_bridge.EVENT_BUS_POLICY,
    ARCHIVE: types_event_bridge.ARCHIVE,
    SCHEDULE: types_event_bridge.SCHEDULE,
    VERSION: types_versions.VERSION,
    ALIAS: types_versions.ALIAS,
    ALARM: types_alarms.ALARM,
    "AWS::Logs::LogGroup": types_lambda.LOG_GROUP,
    PARAMETER: types_data.PARAMETER,
    ROLE: types_permissions.ROLE,
    MANAGED_POLICY: types_permissions.MANAGED_POLICY,
    IAM_POLICY: types_permissions.POLICY,
    LOAD_BALANCER: types_balancer.LOAD_BALANCER,
    LISTENER: types_balancer.LISTENER,
    LISTENER_RULE: types_balancer.LISTENER_RULE,
    TARGET_GROUP: types_balancer.TARGET_GROUP,
    CLUSTER: types_container.CLUSTER,
    TASK_DEFINITION: types_container.TASK_DEFINITION,
    GLUE_DATABASE: types_athena.DATABASE,
    GLUE_TABLE: types_athena.TABLE,
    GLUE_PARTITION: types_athena.PARTITION,
    WORK_GROUP: types_athena.WORK_GROUP,
}

BUILT_TYPES = frozenset(
    {
        FUNCTION,
        HTTP_API,
        REST_API,
        SIMPLE_TABLE,
        QUEUE,
        TOPIC,
        SUBSCRIPTION,
        TABLE,
        MAPPING,
        KINESIS_STREAM,
        BUCKET,
        RULE,
        EVENT_BUS,
        ARCHIVE,
        SCHEDULE,
        LOAD_BALANCER,
        LISTENER,
        LISTENER_RULE,
        TARGET_GROUP,
        CLUSTER,
        TASK_DEFINITION,
        GLUE_DATABASE,
        GLUE_TABLE,
        GLUE_PARTITION,
        WORK_GROUP,
    }
)
"""Types that become a spec of their own; the others are accepted and only kept."""

KNOWN_TYPES = frozenset(
    words("""
    AWS::ApiGateway::Deployment AWS::ApiGateway::Method AWS::ApiGateway::Resource AWS::ApiGateway::RestApi
    AWS::ApiGateway::ApiKey AWS::ApiGateway::Authorizer AWS::ApiGateway::GatewayResponse AWS::ApiGateway::Model
    AWS::ApiGateway::UsagePlan AWS::ApiGateway::UsagePlanKey AWS::ApiGatewayV2::Authorizer
    AWS::ApiGateway::Stage AWS::ApiGatewayV2::Api AWS::ApiGatewayV2::Integration AWS::ApiGatewayV2::Route
    AWS::ApiGatewayV2::Stage AWS::CloudFormation::CustomResource AWS::CloudFormation::Macro AWS::CloudFormation::Stack
    AWS::DynamoDB::GlobalTable AWS::EC2::SecurityGroup AWS::EC2::Subnet AWS::EC2::VPC
    AWS::Athena::NamedQuery AWS::Glue::Crawler AWS::Glue::Job
    AWS::CloudWatch::CompositeAlarm AWS::CloudWatch::Dashboard AWS::Kinesis::StreamConsumer
    AWS::KinesisFirehose::DeliveryStream AWS::KMS::Key AWS::Lambda::EventInvokeConfig AWS::Lambda::Function
    AWS::Lambda::LayerVersion AWS::Lambda::Url AWS::Pipes::Pipe
    AWS::SecretsManager::Secret AWS::Serverless::Application
    AWS::Serverless::Connector AWS::Serverless::GraphQLApi AWS::Serverless::LayerVersion
    AWS::Serverless::StateMachine
    AWS::StepFunctions::StateMachine
    """)
)
"""Types of AWS this simulator does not have (yet)."""

INSTEAD = {
    "AWS::Kinesis::StreamConsumer": "read the stream by its own ARN: enhanced fan-out is not simulated",
    "AWS::KinesisFirehose::DeliveryStream": "write the objects in a function that reads the stream",
    "AWS::Lambda::EventInvokeConfig": "use EventInvokeConfig of the function",
    "AWS::Lambda::Function": "use AWS::Serverless::Function",
    "AWS::Lambda::LayerVersion": types_lambda.NO_LAYERS,
    "AWS::Serverless::Connector": "use Policies of the function, as in SQSSendMessagePolicy",
    "AWS::Serverless::LayerVersion": types_lambda.NO_LAYERS,
}
"""What to write in the place of some of these."""
