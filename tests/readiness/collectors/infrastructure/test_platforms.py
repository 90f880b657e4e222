"""Platforms with a file of their own: Fly.io, CloudFormation, Serverless, App Service."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.scalability import serving_workload_autoscales
from tenken.readiness.probes.security import traffic_is_encrypted
from tests.readiness.estates.survey import changed, survey_of

FLY = {"fly.toml": """\
app = "desk"

[env]
  STAGE = "prod"

[http_service]
  internal_port = 8080
  force_https = true
  auto_stop_machines = "stop"
  auto_start_machines = true
  min_machines_running = 1
"""}  # fmt: skip
FLY_PORTS = {"fly.toml": """\
app = "desk"

[[services]]
  internal_port = 8080

  [[services.ports]]
    port = 80
    handlers = ["http"]
    force_https = true

  [[services.ports]]
    port = 443
    handlers = ["tls", "http"]
"""}  # fmt: skip
SAM = {"template.yaml": """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Answer:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Policies: [!Sub "arn:aws:iam::aws:policy/AmazonBedrockFullAccess"]
      Events:
        Ask:
          Type: HttpApi
          Properties: {Path: /ask, Method: post}
"""}  # fmt: skip
BALANCER = {"infra/stack.yaml": """\
Resources:
  Plain:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      Port: 80
      Protocol: HTTP
      DefaultActions:
        - Type: redirect
          RedirectConfig: {Protocol: HTTPS, StatusCode: HTTP_301}
  Closed:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {Port: 443, Protocol: HTTPS}
"""}  # fmt: skip
SERVERLESS = {"serverless.yml": """\
service: desk
provider: {name: aws, runtime: python3.13}
functions:
  answer:
    handler: app.handler
    events:
      - httpApi: "*"
"""}  # fmt: skip
SITE = {"infra/main.bicep": """\
resource desk 'Microsoft.Web/sites@2023-12-01' = {
  name: 'desk'
  kind: 'app,linux'
  identity: { type: 'SystemAssigned' }
  properties: {
    httpsOnly: true
  }
}
"""}  # fmt: skip
SITE_TF = {"main.tf": """\
resource "azurerm_linux_web_app" "desk" {
  name       = "desk"
  https_only = true
}
"""}  # fmt: skip
APP_TF = {"main.tf": """\
resource "azurerm_container_app" "desk" {
  name = "desk"
  template {
    min_replicas = 1
    max_replicas = 5
    container {
      name  = "desk"
      image = "desk:1"
    }
  }
  ingress {
    external_enabled = true
    target_port      = 8000
  }
}
"""}  # fmt: skip
GATEWAY_TF = {"main.tf": 'resource "aws_apigatewayv2_api" "desk" {\n  name = "desk"\n}\n'}
EDGE_TF = {"main.tf": """\
resource "aws_cloudfront_distribution" "desk" {
  default_cache_behavior {
    viewer_protocol_policy = "redirect-to-https"
  }
}
"""}  # fmt: skip
INSECURE = "allow_insecure_connections"
CDK = {"infra/app.py": """\
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_

answer = lambda_.Function(self, "Answer", runtime=lambda_.Runtime.PYTHON_3_13, handler="a.b")
apigateway.LambdaRestApi(self, "Api", handler=answer)
"""}  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [FLY, FLY_PORTS, SAM, BALANCER, SERVERLESS, SITE, SITE_TF, APP_TF, GATEWAY_TF, EDGE_TF, CDK],
)
def test_doors_that_are_encrypted(files: dict[str, str]) -> None:
    """The platform ends TLS, and plain requests are refused or sent on."""
    assert traffic_is_encrypted(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("files", "old", "new", "holding"),
    [
        (FLY, "force_https = true", "force_https = false", Holding.PARTLY),
        (FLY, "  force_https = true\n", "", Holding.PARTLY),
        (FLY, "force_https = true", "# force_https = true", Holding.PARTLY),
        (FLY, 'app = "desk"', "", Holding.UNKNOWN),
        (FLY_PORTS, "    force_https = true\n", "", Holding.PARTLY),
        (SAM, "HttpApi", "Schedule", Holding.UNKNOWN),
        (BALANCER, "Type: redirect", "Type: forward", Holding.PARTLY),
        (BALANCER, "Protocol: HTTPS}", "Protocol: HTTP}", Holding.FAILS),
        (SERVERLESS, "httpApi", "schedule", Holding.NOT_VISIBLE),
        (SERVERLESS, "name: aws", "name: google", Holding.NOT_VISIBLE),
        (SITE, "httpsOnly: true", "httpsOnly: false", Holding.PARTLY),
        (SITE, "    httpsOnly: true\n", "", Holding.PARTLY),
        (SITE_TF, "https_only = true", "https_only = false", Holding.PARTLY),
        (APP_TF, "target_port", f"{INSECURE} = true\n    target_port", Holding.PARTLY),
        (EDGE_TF, "redirect-to-https", "allow-all", Holding.FAILS),
        (GATEWAY_TF, "aws_apigatewayv2_api", "aws_apigatewayv2_stage", Holding.UNKNOWN),
        (CDK, "apigateway.LambdaRestApi", "print", Holding.UNKNOWN),
    ],
)  # fmt: skip
def test_doors_that_are_not(files: dict[str, str], old: str, new: str, holding: Holding) -> None:
    """A plain door beside the encrypted one, no door, or a file of something else."""
    assert traffic_is_encrypted(survey_of(changed(files, old, new))).holding is holding


@pytest.mark.parametrize(
    ("files", "old", "new", "holding"),
    [
        (FLY, "desk", "desk", Holding.PARTLY),
        (FLY, "  auto_start_machines = true\n", "", Holding.UNKNOWN),
        (APP_TF, "desk", "desk", Holding.HOLDS),
        (APP_TF, "max_replicas = 5", "max_replicas = 1", Holding.FAILS),
        (APP_TF, "    max_replicas = 5\n", "", Holding.UNKNOWN),
        (SITE, "desk", "desk", Holding.UNKNOWN),
        (SAM, "Answer", "Answer", Holding.HOLDS),
        (SAM, "Runtime: python3.13", "InlineCode: pass", Holding.UNKNOWN),
    ],
)
def test_what_they_say_of_scaling(
    files: dict[str, str], old: str, new: str, holding: Holding
) -> None:
    """Machines that are only started, replicas with bounds, plans that are decided elsewhere."""
    survey = survey_of(changed(files, old, new) if old != new else files)

    assert serving_workload_autoscales(survey).holding is holding
