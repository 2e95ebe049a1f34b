"""Makes a process a clean copy of Lambda's Python runtime, with everything slow done already.

The order matters: what waits is replaced before other modules make their locks, and the
clocks are frozen after the modules that read them are imported.
"""

import contextlib
import sys
from collections.abc import Iterator

from harness.worker import waiting

WARM_SERVICES = ("dynamodb", "sqs", "lambda")
LATER_SERVICES = ("sns", "s3", "events", "kinesis", "scheduler", "athena", "stepfunctions", "ssm", "secretsmanager")


def preload() -> None:
    """Imports boto3 and replaces waiting, clocks and network; to be called first in a process."""
    assert "logging" not in sys.modules, "logging has made its locks already: they would not wait virtually"
    waiting.install()

    import asyncio  # noqa: F401
    import concurrent.futures.thread  # noqa: F401
    import logging  # noqa: F401

    import boto3  # noqa: F401

    from harness.worker import child, determinism, plain_http, transport  # noqa: F401

    transport.install()
    plain_http.install()
    determinism.clock.freeze()
    _share_service_models()
    _remember_pure_results()


def warm_up() -> None:
    """Reads the models of the services that nearly every handler uses, and has a session ready.

    The session has read nothing yet: region and credentials come from the environment of the
    worker when its first client is made.
    """
    import boto3

    for service in WARM_SERVICES:
        _make_client(service)
    boto3.setup_default_session()


def warm_up_later() -> Iterator[None]:
    """Reads one more service model at each step; for when there is nothing else to do."""
    for service in LATER_SERVICES:
        _make_client(service)
        yield


def _make_client(service: str) -> None:
    """Leaves behind what botocore caches for this service, and no session."""
    import boto3

    session = boto3.session.Session("AKIDWARM", "none", region_name="us-east-1")
    session.client(service)
    if service in session.get_available_resources():
        session.resource(service)


def _share_service_models() -> None:
    """Sessions share what their loaders have read, and read no configuration files of this machine."""
    import botocore.configprovider
    import botocore.loaders
    import botocore.session

    shared: dict[object, object] = {}
    initialize = botocore.loaders.Loader.__init__

    def initialize_sharing(self: botocore.loaders.Loader, *args: object, **options: object) -> None:
        initialize(self, *args, **options)
        if not args and not options:
            self._cache = shared

    botocore.loaders.Loader.__init__ = initialize_sharing
    botocore.loaders.Loader.CUSTOMER_DATA_PATH = "/var/runtime/.aws/models"
    for variables in (
        botocore.configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES,
        botocore.session.Session.SESSION_VARIABLES,
    ):
        for name in ("config_file", "credentials_file"):
            unset, variable, _, convert = variables[name]
            variables[name] = (unset, variable, "/var/runtime/.aws/none", convert)


def _remember_pure_results() -> None:
    """A session registers 128 handlers, and asks the same two questions about each of them."""
    import functools

    import botocore.hooks

    botocore.hooks.accepts_kwargs = functools.lru_cache(maxsize=1024)(botocore.hooks.accepts_kwargs)
    find_alias = botocore.hooks.EventAliaser._alias_event_name
    usual: dict[str, str] = {}

    def find_alias_once(self: botocore.hooks.EventAliaser, event_name: str) -> str:
        if self._event_aliases is not botocore.hooks.EVENT_ALIASES:
            return str(find_alias(self, event_name))
        if event_name not in usual:
            usual[event_name] = find_alias(self, event_name)
        return usual[event_name]

    botocore.hooks.EventAliaser._alias_event_name = find_alias_once


def prepare_sandbox() -> None:
    """Works out what every sandboxed worker needs, where there is a sandbox."""
    with contextlib.suppress(ImportError):
        from harness.worker import sandbox

        sandbox.prepare()
