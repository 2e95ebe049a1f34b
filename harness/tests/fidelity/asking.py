"""What tests of several modules ask through: an API named Door, and a function beside one HTTP service."""

from typing import Any

from harness.tests.fidelity.conftest import App
from harness.world import HttpAnswer


def ask_door(app: App, method: str, url: str, **request: Any) -> HttpAnswer:
    """What a client gets from the API Door, or from the one that `api` names."""
    return app.run(app.world.request(method, url, **{"api": "Door", **request}))


def template_around(service: str) -> str:
    """A function Ask that finds the address of a service in its environment.

    Args:
        service: "Search": the parameter is SearchEndpoint, the variable SEARCH_ENDPOINT.
    """
    return f"""
Transform: AWS::Serverless-2016-10-31
Parameters:
  {service}Endpoint: {{Type: String}}
Resources:
  Ask:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Timeout: 300
      Environment: {{Variables: {{{service.upper()}_ENDPOINT: !Ref {service}Endpoint}}}}
"""
