"""What botocore works out anew for each client and each request, worked out once before the fork.

A cold start makes two or three clients, and a client costs more than all else in it. Nothing
here changes what a handler sees: results that are a function of botocore's own data files are
kept, a copy that is never written to is not made, and a signature that nobody checks is not
computed. Pinned by `harness/tests/worker/test_sparing.py`, for these are botocore's internals.
"""

import functools
from collections.abc import Callable
from typing import Any

import botocore.args
import botocore.auth
import botocore.client
import botocore.configprovider
import botocore.endpoint
import botocore.hooks
import botocore.loaders
import botocore.regions
import botocore.session

NO_FILE = "/var/runtime/.aws/none"
UNSIGNED = "0" * 64
"""Stands where the signature of a request stands; the judge knows who calls without it."""


def install() -> None:
    """From now on. To be called once in a process, before any client is made."""
    _share_what_loaders_read()
    _read_no_files()
    _remember_handlers_and_aliases()
    copy_when_written(botocore.hooks)
    _share_models()
    _share_endpoint_rules()
    _look_for_no_proxy()
    _leave_signatures_out()


def _share_what_loaders_read() -> None:
    shared: dict[object, object] = {}
    initialize = botocore.loaders.Loader.__init__

    def initialize_sharing(self: botocore.loaders.Loader, *args: object, **options: object) -> None:
        initialize(self, *args, **options)
        if not args and not options:
            self._cache = shared

    botocore.loaders.Loader.__init__ = initialize_sharing
    botocore.loaders.Loader.CUSTOMER_DATA_PATH = "/var/runtime/.aws/models"


def _read_no_files() -> None:
    """This machine's configuration files are not the function's, which has none."""
    for variables in (
        botocore.configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES,
        botocore.session.Session.SESSION_VARIABLES,
    ):
        for name in ("config_file", "credentials_file"):
            unset, variable, _, convert = variables[name]
            variables[name] = (unset, variable, NO_FILE, convert)

    scoped_config = botocore.session.Session.get_scoped_config

    def scoped_config_once(self: botocore.session.Session) -> Any:
        if "_found_no_profile" not in self.__dict__:
            config = scoped_config(self)
            if config or self.get_config_variable("profile") is not None:
                return config
            self._found_no_profile = True
        elif self._session_instance_vars.get("profile") is not None:
            return scoped_config(self)
        return {}

    botocore.session.Session.get_scoped_config = scoped_config_once


def _remember_handlers_and_aliases() -> None:
    """A session registers 128 handlers, and asks the same two questions about each of them."""
    of_function = functools.lru_cache(maxsize=1024)(botocore.hooks.accepts_kwargs)
    botocore.hooks.accepts_kwargs = lambda function: of_function(getattr(function, "__func__", function))
    find_alias = botocore.hooks.EventAliaser._alias_event_name
    usual: dict[str, str] = {}

    def find_alias_once(self: botocore.hooks.EventAliaser, event_name: str) -> str:
        if self._event_aliases is not botocore.hooks.EVENT_ALIASES:
            return str(find_alias(self, event_name))
        if event_name not in usual:
            usual[event_name] = find_alias(self, event_name)
        return usual[event_name]

    botocore.hooks.EventAliaser._alias_event_name = find_alias_once
    botocore.hooks.EventAliaser.__copy__ = lambda self: type(self)(
        botocore.hooks.copy.copy(self._emitter), self._event_aliases
    )


def copy_when_written(hooks: Any) -> None:
    """A client copies its session's tree of handlers, to add five to it.

    Copies share the nodes. Before a node is written to, those on the way to it are copied.

    Args:
        hooks: the module `botocore.hooks`.
    """
    trie = hooks._PrefixTrie
    append, remove = trie.append_item, trie.remove_item

    def copy(self: Any) -> Any:
        other = trie.__new__(trie)
        other._root = self._root
        other._own = {}
        self._own = {}
        return other

    def own(self: Any, key: str) -> None:
        mine = self.__dict__.setdefault("_own", None)
        if mine is None:  # never copied: all of it is its own
            return
        node = self._root = _owned(mine, self._root, hooks.NodeList)
        for part in key.split("."):
            if part not in node["children"]:
                return
            child = node["children"][part]
            node["children"][part] = node = _owned(mine, child, hooks.NodeList)

    def append_item(self: Any, key: str, value: object, section: int = hooks._MIDDLE) -> None:
        own(self, key)
        append(self, key, value, section)

    def remove_item(self: Any, key: str, value: object) -> None:
        own(self, key)
        remove(self, key, value)

    trie.__copy__, trie.append_item, trie.remove_item = copy, append_item, remove_item


def _owned(mine: dict[int, Any], node: dict[str, Any], node_list: Callable[..., Any]) -> dict[str, Any]:
    """This node if it belongs to the tree already, else a copy that does."""
    if id(node) in mine:
        return node
    values = node["values"]
    own = {
        "chunk": node["chunk"],
        "values": node_list(*(list(part) for part in values)) if values else values,
        "children": dict(node["children"]),
    }
    mine[id(own)] = own
    return own


def _share_models() -> None:
    """Clients of a service share its model and the functions that are their methods."""
    creator = botocore.client.ClientCreator
    creator._load_service_model = _once_for_data(creator._load_service_model)
    create_methods = creator._create_methods
    methods: dict[int, tuple[object, dict[str, Any]]] = {}

    def create_methods_once(self: Any, service_model: Any) -> dict[str, Any]:
        if id(service_model) not in methods:
            methods[id(service_model)] = (service_model, create_methods(self, service_model))
        return dict(methods[id(service_model)][1])

    creator._create_methods = create_methods_once


def _once_for_data(load: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps a service's model for as long as its loader gives the same data."""
    models: dict[int, tuple[object, Any]] = {}

    def load_once(self: Any, service_name: str, api_version: str | None = None) -> Any:
        data = self._loader.load_service_model(service_name, "service-2", api_version=api_version)
        if id(data) not in models:
            models[id(data)] = (data, load(self, service_name, api_version))
        return models[id(data)][1]

    return load_once


def _share_endpoint_rules() -> None:
    """Clients of a service share its endpoint rules, and what these gave before."""
    provide = botocore.regions.EndpointProvider
    providers: dict[tuple[int, int, object], tuple[object, Any]] = {}

    def provider(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> Any:
        key = (id(ruleset_data), id(partition_data), frozenset(excluded_params or ()))
        if key not in providers:
            made = provide(ruleset_data, partition_data, excluded_params)
            providers[key] = ((ruleset_data, partition_data), made)
        return providers[key][1]

    botocore.regions.EndpointProvider = provider


def _look_for_no_proxy() -> None:
    botocore.endpoint.EndpointCreator._get_proxies = lambda self, url: {}


def _leave_signatures_out() -> None:
    """A request names its credential; its signature is not computed. Presigned URLs are signed."""
    sign = botocore.auth.SigV4Auth.add_auth

    def add_auth(self: Any, request: Any) -> None:
        if type(self) is not botocore.auth.SigV4Auth or self.credentials is None:
            sign(self, request)
            return
        request.context["timestamp"] = botocore.auth.get_current_datetime().strftime(botocore.auth.SIGV4_TIMESTAMP)
        self._modify_request_before_signing(request)
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.scope(request)}, SignedHeaders=host;x-amz-date, Signature={UNSIGNED}"
        )

    botocore.auth.SigV4Auth.add_auth = add_auth
