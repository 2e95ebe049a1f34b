"""Kata 05: the contract's examples are what the tests work out by hand, and what the given code makes of an order."""

from harness import paths
from harness.tests.katas.given import examples_of, module_of

FOLDER = paths.katas() / "05_publish_subscribe"


books, coffee = module_of(FOLDER, "acceptance/books"), module_of(FOLDER, "starter/src/coffee")
EVENT, WALL, BOARD, TASTES = examples_of(FOLDER)
ORDER = EVENT["order"]
SIPHON = {
    **ORDER,
    "order_id": "o-18",
    "customer_id": "c-9",
    "items": [{**ORDER["items"][0], "product": "siphon", "method": "japanese-siphon", "quantity": 1}],
}


def test_the_examples_of_the_views_show_the_order_of_the_example():
    assert books.wall_of([ORDER]) == WALL
    assert books.board_of([ORDER], "2026-01") == BOARD
    assert books.tastes_of([ORDER, SIPHON], "c-4") == TASTES


def test_an_order_that_is_there_twice_counts_once():
    assert books.board_of([ORDER, dict(ORDER)], "2026-01") == BOARD


def test_a_line_that_is_done_is_not_on_the_wall():
    assert books.wall_of([ORDER], done=[("o-17", 1)]) == {"brew": [], "counter": WALL["counter"]}


def test_a_month_without_orders_is_empty():
    assert books.board_of([ORDER], "2025-12") == {
        "month": "2025-12",
        "aficionado": None,
        "origins": [],
        "methods": [],
        "goodies": [],
    }


def test_sales_go_line_by_line():
    assert list(coffee.sales(ORDER)) == [
        ("customer", "c-4", 2),
        ("origin", "yirgacheffe", 2),
        ("method", "v60", 2),
        ("goodie", "oat-cookie", 1),
    ]


def test_a_product_makes_no_pair_with_itself():
    twice = {"items": [*ORDER["items"], ORDER["items"][0]]}

    assert sorted(coffee.pairs(twice)) == [("oat-cookie", "v60-yirgacheffe"), ("v60-yirgacheffe", "oat-cookie")]


def test_the_last_drink_of_an_order_is_its_lowest_line():
    backwards = {"items": [{**SIPHON["items"][0], "line": 2}, ORDER["items"][0]]}

    assert coffee.last_drink(backwards) == "v60-yirgacheffe"
    assert coffee.last_drink({"items": [ORDER["items"][1]]}) is None


def test_the_top_of_a_tally_breaks_ties_by_name():
    assert coffee.top({"b": 2, "a": 2, "c": 3, "d": 1}, 3) == [("c", 3), ("a", 2), ("b", 2)]


def test_tickets_say_what_is_brewed_and_what_is_not():
    assert [ticket["kind"] for ticket in coffee.tickets(ORDER)] == ["drink", "goodie"]
    assert "method" not in coffee.tickets(ORDER)[1]
