"""The Legacy CMS: a web application on one relational database that suffers under load.

It has no unique constraint on `source_id` and no idempotency key: whoever posts twice has
two rows. It never looks at `version` either; keeping old from overwriting new is up to the
caller, with `lock_version` as the only help.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from harness.cloud.engines.http_service.capacity import Capacity
from harness.cloud.engines.http_service.replies import json_reply, problem
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.wire import Reply

READ_MS = 40
WRITE_MS = 250

FIRST_ID = 981
"""The first row's id. All kinds share one sequence, so an id of the wrong kind never exists."""

BIGGEST_NUMBER = 2**63 - 1
"""What the database's integer column takes."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What a row of a kind holds besides `id`, `source_id`, `version` and `lock_version`.

    Attributes:
        texts: field to the shortest and longest text it takes; every one is required.
        one: field to the kind whose legacy id it holds, or null.
        many: field to the kind whose legacy ids it lists.
    """

    texts: dict[str, tuple[int, int]]
    one: dict[str, str] = field(default_factory=dict)
    many: dict[str, str] = field(default_factory=dict)


_NAME = {"name": (1, 255)}

KINDS = {
    "authors": Kind(_NAME),
    "categories": Kind(_NAME),
    "tags": Kind(_NAME),
    "shows": Kind(_NAME, one={"category_id": "categories"}),
    "assets": Kind(_NAME, one={"author_id": "authors", "show_id": "shows"}),
    "articles": Kind(
        {"title": (1, 255), "body": (0, 100_000)},
        one={"author_id": "authors", "show_id": "shows"},
        many={"category_ids": "categories", "tag_ids": "tags", "asset_ids": "assets"},
    ),
}


class LegacyCms(HttpService):
    """The CMS as the functions see it, and its rows as the tests do."""

    capacity = Capacity(comfortable=4, crowding=0.5, limit=8, rows_to_double=2000)
    patience_ms: ClassVar[int | None] = 30_000

    def begin(self) -> None:
        """An empty database."""
        self._rows: dict[str, dict[int, Row]] = {kind: {} for kind in KINDS}
        self._by_source_id: dict[tuple[str, str], list[Row]] = {}
        self._next_id = FIRST_ID

    def rows(self, kind: str) -> list[Row]:
        """A copy of all rows of a kind, in the order of their ids."""
        return [_copy(row) for row in self._rows[kind].values()]

    def row(self, kind: str, source_id: str) -> Row | None:
        """A copy of the one row with this source id; None if there is none.

        Raises:
            AssertionError: there are several, which is for `rows` to show.
        """
        found = self._by_source_id.get((kind, source_id), [])
        assert len(found) <= 1, f"The CMS holds {len(found)} rows of {kind} for {source_id}, ids {_ids(found)}."
        return _copy(found[0]) if found else None

    def insert(self, kind: str, body: Row) -> Row:
        """Writes a row at once and returns it: for a handler, or a test that needs rows to begin with."""
        row = {"id": self._next_id, "source_id": body["source_id"], "version": body["version"], "lock_version": 1}
        row |= _stored_fields(KINDS[kind], body)
        self._next_id += 1
        self._rows[kind][row["id"]] = row
        self._by_source_id.setdefault((kind, row["source_id"]), []).append(row)
        return row

    @route("GET", "/{kind}", base_ms=READ_MS)
    def find(self, request: ServiceRequest) -> Reply:
        """The rows with a source id."""
        key = (request.segments["kind"], request.query["source_id"])
        return json_reply(200, {"items": self._by_source_id.get(key, [])})

    @route("GET", "/{kind}/{id}", base_ms=READ_MS)
    def show(self, request: ServiceRequest) -> Reply:
        """One row by its legacy id."""
        row = self._addressed(request)
        return _not_found(request) if row is None else json_reply(200, row)

    @route("POST", "/{kind}", base_ms=WRITE_MS)
    def create(self, request: ServiceRequest) -> Reply:
        """A new row, whether or not there is one with this source id."""
        kind = request.segments["kind"]
        row = self.insert(kind, request.body)
        return json_reply(201, row, {"location": f"{self.url}/{kind}/{row['id']}"})

    @route("PUT", "/{kind}/{id}", base_ms=WRITE_MS)
    def replace(self, request: ServiceRequest) -> Reply:
        """New content of a row, if nobody wrote it since the caller read it."""
        row = self._addressed(request)
        if row is None:
            return _not_found(request)
        if request.body["lock_version"] != row["lock_version"]:
            detail = (
                f"lock_version is {row['lock_version']}, not {request.body['lock_version']}: somebody wrote the row."
            )
            return problem(409, detail)
        row |= _stored_fields(KINDS[request.segments["kind"]], request.body)
        row["version"] = request.body["version"]
        row["lock_version"] += 1
        return json_reply(200, row)

    def check(self, request: ServiceRequest) -> Reply | None:
        """What is wrong with a request that can never succeed."""
        kind = KINDS.get(request.segments["kind"])
        if kind is None:
            return _not_found(request)
        if request.method == "GET":
            is_vague = "id" not in request.segments and "source_id" not in request.query
            return _invalid("source_id is required.") if is_vague else None
        if not isinstance(request.body, dict):
            return _invalid("The body must be a JSON object.")
        mistake = _mistake(kind, request.body, is_new=request.method == "POST")
        return _invalid(mistake) if mistake else self._missing_relation(kind, request.body)

    def locks(self, request: ServiceRequest) -> tuple[str, ...]:
        """A write locks every relation it names."""
        if request.method == "GET":
            return ()
        kind = KINDS[request.segments["kind"]]
        return tuple(f"{of}/{row_id}" for _, of, row_id in _relations(kind, request.body))

    def stored_rows(self) -> int:
        """Only articles slow the database down."""
        return len(self._rows["articles"])

    def _addressed(self, request: ServiceRequest) -> Row | None:
        row_id = request.segments["id"]
        is_id = row_id.isascii() and row_id.isdigit() and len(row_id) < 10
        return self._rows[request.segments["kind"]].get(int(row_id)) if is_id else None

    def _missing_relation(self, kind: Kind, body: Row) -> Reply | None:
        for name, of, row_id in _relations(kind, body):
            if row_id not in self._rows[of]:
                return problem(422, f"{name} names {row_id}, and {of} has no such row.", code="missing_relation")
        return None


def _mistake(kind: Kind, body: Row, *, is_new: bool) -> str:
    """The first field that is missing or of the wrong form, in words; "" if there is none."""
    if is_new and not _is_text(body.get("source_id"), 1, 64):
        return "source_id must be a text of 1 to 64 characters."
    for name in ("version",) if is_new else ("version", "lock_version"):
        if not _is_number(body.get(name)):
            return f"{name} must be an integer of at least 1."
    for name, (shortest, longest) in kind.texts.items():
        if not _is_text(body.get(name), shortest, longest):
            return f"{name} must be a text of {shortest} to {longest} characters."
    for name in kind.one:
        if body.get(name) is not None and not _is_number(body[name]):
            return f"{name} must be a legacy id or null."
    for name in kind.many:
        if not _is_list_of_numbers(_listed(body, name)):
            return f"{name} must be a list of legacy ids."
    return ""


def _relations(kind: Kind, body: Row) -> list[tuple[str, str, int]]:
    """Every relation that a body names: field, kind, legacy id."""
    single = [(name, of, body[name]) for name, of in kind.one.items() if body.get(name) is not None]
    listed = [(name, of, row_id) for name, of in kind.many.items() for row_id in _listed(body, name)]
    return single + listed


def _stored_fields(kind: Kind, body: Row) -> Row:
    """The content of a row: fields left out are none, fields nobody knows are dropped."""
    single = {name: body.get(name) for name in [*kind.texts, *kind.one]}
    return single | {name: list(_listed(body, name)) for name in kind.many}


def _listed(body: Row, name: str) -> Any:
    """A list of a body; null is as good as none."""
    value = body.get(name)
    return [] if value is None else value


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= BIGGEST_NUMBER


def _is_list_of_numbers(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _is_text(value: object, shortest: int, longest: int) -> bool:
    return isinstance(value, str) and shortest <= len(value) <= longest


def _copy(row: Row) -> Row:
    """The row's own values: texts and numbers, and lists of numbers."""
    return {field: list(value) if isinstance(value, list) else value for field, value in row.items()}


def _ids(rows: list[Row]) -> str:
    return ", ".join(str(row["id"]) for row in rows)


def _not_found(request: ServiceRequest) -> Reply:
    return problem(404, f"There is no {request.path}.")


def _invalid(detail: str) -> Reply:
    return problem(422, detail, code="invalid")
