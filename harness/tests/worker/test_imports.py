"""What a handler can import."""

import pytest


def error_of_importing(deploy, module: str) -> str:
    judge = deploy(f"def handler(event, context):\n    import {module}\n")
    return str(judge.failure().error_message)


@pytest.mark.parametrize(
    "module",
    [
        *("boto3", "botocore.config", "urllib3", "dateutil.tz", "aws_lambda_powertools"),
        *("aws_lambda_powertools.utilities.parser", "aws_xray_sdk.core"),
    ],
)
def test_what_lambda_brings_along_is_there(deploy, module):
    assert deploy(f"def handler(event, context):\n    import {module}\n    return 1\n").result() == 1


@pytest.mark.parametrize("module", ["moto", "pytest", "requests", "typer", "harness"])
def test_what_is_only_installed_here_is_not(deploy, module):
    assert error_of_importing(deploy, module) == f"No module named '{module}'"


def test_a_package_beside_the_handler_is_found_though_one_of_its_name_is_installed_here(deploy, tmp_path):
    (tmp_path / "requests.py").write_text("HERE = 'beside the handler'\n")

    judge = deploy("import requests\n\n\ndef handler(event, context):\n    return requests.HERE\n")

    assert judge.result() == "beside the handler"
