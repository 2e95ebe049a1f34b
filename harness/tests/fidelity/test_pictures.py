"""Pictures of some megabytes on their way: API, bucket, topic, functions with Pillow in a sandbox, bucket.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

import io
import json
from typing import Any

import pytest
from PIL import Image

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.faults.buckets import NotificationHeld
from harness.faults.functions import FunctionExits
from harness.simulation.wire import Reply
from harness.tests.fidelity.conftest import App, Deploy
from harness.worker.sandbox import LAYERS, available
from harness.world import OutsideServiceSpec
from harness.world.bucket_view import BucketView

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {RendererUrl: {Type: String, Default: "http://renderer.internal"}}
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Timeout: 30
    MemorySize: 1024
    Environment: {Variables: {TOPIC: !Ref Created, RENDITIONS: !Ref Renditions, RENDERER_URL: !Ref RendererUrl}}
Resources:
  UploadRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: put
          PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:PutObject", Resource: !Sub "${Assets.Arn}/*"}]}
  UploadApi:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        openapi: 3.0.1
        info: {title: upload, version: "1"}
        x-amazon-apigateway-binary-media-types: ["*/*"]
        paths:
          /assets/{key}:
            put:
              parameters: [{name: key, in: path, required: true, schema: {type: string}}]
              responses: {"200": {description: stored, headers: {ETag: {schema: {type: string}}}}}
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: PUT
                credentials: !GetAtt UploadRole.Arn
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:s3:path/${Assets}/{key}"
                requestParameters: {integration.request.path.key: method.request.path.key}
                responses:
                  default:
                    statusCode: "200"
                    responseParameters: {method.response.header.ETag: integration.response.header.ETag}
  Assets: {Type: AWS::S3::Bucket, Properties: {BucketName: assets-of-dam, VersioningConfiguration: {Status: Enabled}}}
  Renditions: {Type: AWS::S3::Bucket}
  Created: {Type: AWS::SNS::Topic}
  FailedWork: {Type: AWS::SQS::Queue}
  Announce:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.announce
      Policies: [{SNSPublishMessagePolicy: {TopicName: !GetAtt Created.TopicName}}]
      Events: {Uploaded: {Type: S3, Properties: {Bucket: !Ref Assets, Events: "s3:ObjectCreated:*"}}}
  Resize:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.resize
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt FailedWork.Arn}
      Policies:
        - S3CrudPolicy: {BucketName: assets-of-dam}
        - S3CrudPolicy: {BucketName: !Ref Renditions}
        - Statement: [{Effect: Allow, Action: "s3:GetObjectVersion", Resource: "arn:aws:s3:::assets-of-dam/*"}]
      Events:
        Created:
          Type: SNS
          Properties:
            Topic: !Ref Created
            FilterPolicyScope: MessageBody
            FilterPolicy: {key: [{"anything-but": {suffix: .tif}}]}
  Render:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.render
      Events:
        Created:
          Type: SNS
          Properties: {Topic: !Ref Created, FilterPolicyScope: MessageBody, FilterPolicy: {key: [{suffix: .tif}]}}
"""

APP = """\
import io
import json
import os
import urllib.request
from urllib.parse import unquote_plus

import boto3
from PIL import Image

s3 = boto3.client("s3")
sns = boto3.client("sns")


def announce(event, context):
    for record in event["Records"]:
        asset = record["s3"]["object"]
        message = {"key": unquote_plus(asset["key"]), "version": asset["versionId"], "size": asset["size"]}
        sns.publish(TopicArn=os.environ["TOPIC"], Message=json.dumps(message))


def created(event):
    return json.loads(event["Records"][0]["Sns"]["Message"])


def resize(event, context):
    asset = created(event)
    source = s3.get_object(Bucket="assets-of-dam", Key=asset["key"], VersionId=asset["version"])["Body"].read()
    picture = Image.open(io.BytesIO(source))
    exif = picture.getexif()
    about = [exif[315], exif.get_ifd(0x8769)[36867], [float(part) for part in exif.get_ifd(0x8825)[2]]]
    picture.thumbnail((320, 320))
    made = io.BytesIO()
    picture.save(made, "JPEG")
    name = asset["key"] + "/" + asset["version"]
    meta = {"about": json.dumps(about)}
    s3.put_object(Bucket=os.environ["RENDITIONS"], Key=name, Body=made.getvalue(), Metadata=meta)


def render(event, context):
    asset = created(event)
    body = json.dumps({"task_id": asset["version"], "target": asset["key"]}).encode()
    asked = urllib.request.Request(os.environ["RENDERER_URL"] + "/tasks", body, {"Content-Type": "application/json"})
    return urllib.request.urlopen(asked, timeout=5).status
"""


class Renderer(HttpService):
    """Starts a task, and writes its rendition half an hour later as its own role."""

    def begin(self) -> None:
        self.target: BucketView | None = None

    @route("POST", "/tasks", base_ms=20)
    def start(self, request: ServiceRequest) -> Reply:
        name = f"{request.body['target']}/{request.body['task_id']}"
        self.later(30 * 60_000, lambda: self.target and self.target.put(name, picture("red", 120)))
        return json_reply(202, {"status": "RUNNING"})


def picture(color: str, width: int, *, noise: bytes = b"") -> bytes:
    """A JPEG with EXIF: of one colour, or of these bytes, which make it large."""
    size = (width, width * 3 // 4)
    made = Image.frombytes("RGB", size, noise) if noise else Image.new("RGB", size, color)
    exif = made.getexif()
    exif[315] = "Ann"
    exif.get_ifd(0x8769)[36867] = "2024:05:01 10:11:12"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0)})
    file = io.BytesIO()
    made.save(file, "JPEG", exif=exif, quality=95)
    return file.getvalue()


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    """In every layer of the sandbox that this machine has."""
    here = available()
    sandbox = tuple(layer for layer in LAYERS if here[layer].works)
    renderer = OutsideServiceSpec("renderer", "RendererUrl", "http://renderer.internal", Renderer)
    files = {"src/app.py": APP}
    deployed = deploy(TEMPLATE, files, services=(renderer,), enforce_permissions=True, sandbox=sandbox)
    deployed.world.service("renderer").target = deployed.world.bucket("Renditions")
    return deployed


def renditions(app: App, key: str) -> list[Any]:
    bucket = app.world.bucket("Renditions")
    return [Image.open(io.BytesIO(bucket.get(one.key))) for one in bucket.objects(f"{key}/")]


def test_a_picture_of_megabytes_goes_through_api_bucket_topic_and_pillow(app: App) -> None:
    noise = app.world.random("noise").randbytes(2000 * 1500 * 3)
    body = picture("red", 2000, noise=noise)
    answer = app.run(app.world.request("PUT", "/assets/summer%202024.jpg", body=body, api="UploadApi"))
    app.run(app.world.settle())

    stored = app.world.bucket("Assets").object("summer 2024.jpg")
    (made,) = renditions(app, "summer 2024.jpg")
    (written,) = app.world.bucket("Renditions").objects("summer 2024.jpg/")
    assert len(body) > 3_000_000
    assert stored is not None
    assert (answer.status, answer.headers["etag"], stored.size) == (200, f'"{stored.etag}"', len(body))
    assert made.size == (320, 240)
    assert json.loads(written.metadata["x-amz-meta-about"]) == ["Ann", "2024:05:01 10:11:12", [48.0, 51.0, 30.0]]


def test_two_versions_told_in_the_wrong_order_are_each_rendered_from_their_own_bytes(app: App) -> None:
    assets = app.world.bucket("Assets")
    app.world.inject(NotificationHeld(bucket="Assets", key="swap + é.jpg", for_ms=60_000, times=1))
    versions = [assets.put("swap + é.jpg", picture(color, 400)).version_id for color in ("red", "blue")]
    app.run(app.world.settle())

    told = {one.version_id: one.delivered_ms[0] for one in assets.notifications(key="swap + é.jpg")}
    shown = app.world.bucket("Renditions")
    colors: dict[str, Any] = {
        one.key.rpartition("/")[2]: Image.open(io.BytesIO(shown.get(one.key))).getpixel((9, 9))
        for one in shown.objects("swap + é.jpg/")
    }
    assert told[versions[0]] > told[versions[1]]
    assert [max(range(3), key=colors[version].__getitem__) for version in versions] == [0, 2]


def test_work_that_its_function_gave_up_lies_in_its_dead_letter_queue(app: App) -> None:
    fault = app.world.inject(FunctionExits(function="Resize"))
    version = app.world.bucket("Assets").put("lost.jpg", picture("red", 400)).version_id
    app.run(app.world.run_for(minutes=10))
    app.world.lift(fault)

    assert [version in message.body for message in app.world.queue("FailedWork").messages] == [True]


def test_a_task_outside_lambda_brings_its_rendition_much_later(app: App) -> None:
    app.world.bucket("Assets").put("scan.tif", picture("red", 400))
    app.run(app.world.run_for(minutes=29))
    before = len(renditions(app, "scan.tif"))
    app.run(app.world.run_for(minutes=2))

    assert (before, [one.size for one in renditions(app, "scan.tif")]) == (0, [(120, 90)])
