"""Reading templates is light: it loads nothing that makes a command slow to start."""

import subprocess
import sys


def test_importing_the_package_loads_no_aws_library_and_no_test_framework() -> None:
    script = (
        "import sys, harness.cloud.template; "
        "print([name for name in ('boto3', 'botocore', 'moto', 'pytest', 'asyncio') if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == "[]"
