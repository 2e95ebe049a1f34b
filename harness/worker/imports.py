"""What a handler can import besides its own folder: the standard library and what Lambda brings along.

This project's own environment holds more (moto, pytest, requests ...). A handler that
imported any of it would work here and fail in AWS, and has no business with the rest.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

IN_LAMBDA = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"})
"""Packages of Lambda's Python runtimes."""

_POWERTOOLS = {"aws_lambda_powertools", "typing_extensions"}
_TRACER = {"aws_xray_sdk", "wrapt"}
_PARSER = {"pydantic", "pydantic_core", "annotated_types", "typing_inspection"}
_VALIDATION = {"fastjsonschema"}
_DATA_MASKING = {"jsonpath_ng"}
IN_THE_LAYER = frozenset(_POWERTOOLS | _TRACER | _PARSER | _VALIDATION | _DATA_MASKING | {"PIL"})
"""Packages that a function in AWS has from a public layer: Powertools' with all its extras, and Pillow's.

Source: https://docs.aws.amazon.com/powertools/python/latest/getting-started/install/
"""

_FOLDERS = ("site-packages", "dist-packages")


class InstalledHereOnly(MetaPathFinder):
    """Refuses packages that are installed here and would be missing in Lambda."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec, if it is one that Lambda has too; what lies beside the handler always is."""
        if "." in fullname or fullname in IN_LAMBDA or fullname in IN_THE_LAYER:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and _is_installed(spec):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return spec


def _is_installed(spec: ModuleSpec) -> bool:
    places = [spec.origin or "", *(spec.submodule_search_locations or ())]
    installed = [folder for folder in sys.path if folder.rstrip("/").endswith(_FOLDERS)]
    return any(place.startswith(f"{folder}/") for place in places for folder in installed)


def hide_what_lambda_lacks() -> None:
    """From now on, such packages cannot be imported."""
    sys.meta_path.insert(0, InstalledHereOnly())
