"""All indexes and aliases of the cluster, and what a name in a request stands for.

Source: https://docs.opensearch.org/latest/im-plugin/index-alias/
"""

from dataclasses import dataclass, field
from typing import Any

from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal, index_not_found
from harness.cloud.engines.search.mapping.mapping import fits
from harness.cloud.engines.search.store.index import Index
from harness.cloud.engines.search.store.settings import IndexSettings
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness

_FORBIDDEN = ' "*\\<|,>/?#:'
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass
class Alias:
    """A name for some indexes.

    Attributes:
        indexes: index name to whether it is the one that is written to (None: not said).
    """

    indexes: dict[str, bool | None] = field(default_factory=dict)


class Catalogue:
    """Indexes and aliases by name, in the order of their creation."""

    def __init__(self, clock: Clock, randomness: Randomness, service: str) -> None:
        self.indexes: dict[str, Index] = {}
        self.aliases: dict[str, Alias] = {}
        self._clock = clock
        self._randomness = randomness
        self._ids = randomness.stream(f"service/{service}/ids")
        self._service = service

    # ---- names -----------------------------------------------------------------------------

    def named(self, expression: str, *, lenient: bool = False) -> list[Index]:
        """The indexes that a path names: names, aliases, patterns with `*`, several with commas.

        Args:
            lenient: a name that does not exist is left out (ignore_unavailable).

        Raises:
            SearchError: index_not_found_exception.
        """
        found: dict[str, Index] = {}
        for name in expression.split(","):
            if name in ("_all", "*", ""):
                found |= self.indexes
            elif "*" in name:
                found |= self._fitting(name)
            elif name in self.indexes:
                found[name] = self.indexes[name]
            elif name in self.aliases:
                found |= {one: self.indexes[one] for one in self.aliases[name].indexes}
            elif not lenient:
                raise index_not_found(name)
        return list(found.values())

    def concrete(self, expression: str) -> list[Index]:
        """As `named`, and an alias is refused: to delete an index one has to name it.

        Raises:
            SearchError: illegal_argument_exception for an alias, index_not_found_exception.
        """
        for name in expression.split(","):
            if name in self.aliases:
                raise illegal(
                    f"The provided expression [{name}] matches an alias, "
                    "specify the corresponding concrete indices instead."
                )
        return self.named(expression)

    def single(self, name: str) -> Index:
        """The one index behind a name, for a read by id.

        Raises:
            SearchError: there is none, or an alias stands for several.
        """
        found = self.named(name) if "*" not in name and "," not in name else []
        if not found:
            raise index_not_found(name)
        if len(found) > 1:
            behind = ", ".join(index.name for index in found)
            reason = f"has more than one index associated with it [{behind}], can't execute a single index op"
            raise illegal(f"alias [{name}] {reason}")
        return found[0]

    def for_writing(self, name: str) -> Index:
        """The index that a write to this name goes to; one that is missing is created.

        Raises:
            SearchError: the alias does not say which, or no index may have this name.
        """
        alias = self.aliases.get(name)
        if alias is None:
            return self.indexes[name] if name in self.indexes else self.create(name, {})
        chosen = [index for index, writes in alias.indexes.items() if writes]
        if not chosen and len(alias.indexes) == 1 and None in alias.indexes.values():
            chosen = list(alias.indexes)
        if not chosen:
            raise illegal(
                f"no write index is defined for alias [{name}]. The write index may be explicitly disabled using "
                "is_write_index=false or the alias points to multiple indices without one being designated as a "
                "write index"
            )
        return self.indexes[chosen[0]]

    def aliases_of(self, index: str) -> dict[str, dict[str, Any]]:
        """The aliases of an index, as GET /{index} shows them."""
        return {
            name: {} if alias.indexes[index] is None else {"is_write_index": alias.indexes[index]}
            for name, alias in sorted(self.aliases.items())
            if index in alias.indexes
        }

    # ---- changes ---------------------------------------------------------------------------

    def create(self, name: str, body: dict[str, Any]) -> Index:
        """Creates an index.

        Args:
            body: settings, mappings and aliases, as in PUT /{index}.

        Raises:
            SearchError: the name is taken or not allowed, or the body is wrong.
        """
        self._check_name(name)
        for key in body:
            if key not in ("settings", "mappings", "aliases"):
                raise SearchError(400, "parse_exception", f"unknown key [{key}] for create index")
        settings = IndexSettings(body.get("settings") or {})
        chance = self._randomness.stream(f"service/{self._service}/refresh")
        index = Index(name, self.new_id(22), settings, body.get("mappings") or {}, self._clock, chance)
        aliases = body.get("aliases") or {}
        if not isinstance(aliases, dict):
            raise SearchError(400, "parse_exception", "[aliases] must be an object")
        for alias, how in aliases.items():
            self.check_alias(alias, how, removed=())
        self.indexes[name] = index
        for alias, how in aliases.items():
            self.aliases.setdefault(alias, Alias()).indexes[name] = how.get("is_write_index")
        return index

    def remove(self, index: Index) -> None:
        """Removes an index, and from every alias."""
        del self.indexes[index.name]
        for alias in self.aliases.values():
            alias.indexes.pop(index.name, None)
        self.aliases = {name: alias for name, alias in self.aliases.items() if alias.indexes}

    def check_alias(self, name: str, how: Any, removed: tuple[str, ...]) -> None:
        """Raises:
        SearchError: no alias may be called so, or it asks for what is not simulated.
        """
        if not isinstance(how, dict):
            raise SearchError(400, "parse_exception", f"alias [{name}] must be an object")
        for key in how:
            if key in ("filter", "routing", "index_routing", "search_routing", "is_hidden"):
                raise PartMissing(f"[{key}] of alias [{name}]")
        if name in self.indexes and name not in removed:
            reason = f"Invalid alias name [{name}]: an index or data stream exists with the same name as the alias"
            raise SearchError(400, "invalid_alias_name_exception", reason)
        if not name or name.startswith("_") or any(letter in _FORBIDDEN for letter in name):
            raise SearchError(400, "invalid_alias_name_exception", f"Invalid alias name [{name}]")

    def new_id(self, length: int = 20) -> str:
        """A fresh id, as OpenSearch gives one to a document or an index."""
        return "".join(self._ids.choice(_LETTERS) for _ in range(length))

    def _fitting(self, pattern: str) -> dict[str, Index]:
        by_alias = {
            index: self.indexes[index]
            for name, alias in self.aliases.items()
            if fits(pattern, name)
            for index in alias.indexes
        }
        return {name: index for name, index in self.indexes.items() if fits(pattern, name)} | by_alias

    def _check_name(self, name: str) -> None:
        if name in self.indexes:
            where: dict[str, Any] = {"index": name, "index_uuid": self.indexes[name].uuid}
            reason = f"index [{name}/{self.indexes[name].uuid}] already exists"
            raise SearchError(400, "resource_already_exists_exception", reason, **where)
        why = _wrong_name(name)
        if name in self.aliases:
            why = "already exists as alias"
        if why:
            reason = f"Invalid index name [{name}], {why}"
            raise SearchError(400, "invalid_index_name_exception", reason, index=name, index_uuid="_na_")


def _wrong_name(name: str) -> str:
    """Source: https://docs.opensearch.org/latest/api-reference/index-apis/create-index/"""
    if name != name.lower():
        return "must be lowercase"
    if not name or name[0] in "_-+":
        return "must not start with '_', '-', or '+'"
    if any(letter in _FORBIDDEN for letter in name):
        return 'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]'
    if name in (".", "..") or len(name.encode()) > 255:
        return "must not be '.' or '..'" if name in (".", "..") else "index name is too long"
    return ""
