"""Which mistakes are made in a handler, and that each is one."""

import ast
from textwrap import dedent

from harness.judge.mutation.handlers import handler_mutants
from harness.judge.mutation.mutant import Mutant


def mutants(code: str, operator: str = "") -> list[Mutant]:
    found = handler_mutants("src/app.py", dedent(code).lstrip("\n").encode())
    return [mutant for mutant in found if not operator or mutant.operator == operator]


def programs(code: str, operator: str) -> list[str]:
    return [ast.unparse(ast.parse(mutant.content)) for mutant in mutants(code, operator)]


CLAIM = """
def claim(key):
    table.put_item(
        Item={"id": key},
        ConditionExpression="attribute_not_exists(#id) OR #until < :now",
        ExpressionAttributeNames={"#id": "id", "#until": "until"},
        ExpressionAttributeValues={":now": now()},
    )
"""


def test_a_conditional_write_loses_its_condition_and_what_only_the_condition_used() -> None:
    assert programs(CLAIM, "drop the condition") == ["def claim(key):\n    table.put_item(Item={'id': key})"]


def test_a_condition_loses_each_of_its_parts() -> None:
    assert programs(CLAIM, "drop a part of the condition") == [
        "def claim(key):\n    table.put_item(Item={'id': key}, ConditionExpression='#until < :now', "
        "ExpressionAttributeNames={'#until': 'until'}, ExpressionAttributeValues={':now': now()})",
        "def claim(key):\n    table.put_item(Item={'id': key}, ConditionExpression='attribute_not_exists(#id)', "
        "ExpressionAttributeNames={'#id': 'id'})",
    ]


def test_what_an_update_still_uses_stays() -> None:
    code = """
    def fail(key):
        table.update_item(
            UpdateExpression="SET #status = :failed",
            ConditionExpression="#status <> :done",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":failed": 1, ":done": 2},
        )
    """
    [program] = programs(code, "drop the condition")
    assert "ExpressionAttributeNames={'#status': 'status'}" in program
    assert "ExpressionAttributeValues={':failed': 1}" in program


def test_a_condition_within_a_transaction_is_dropped_too() -> None:
    code = 'put = {"Put": {"TableName": "t", "ConditionExpression": "attribute_not_exists(id)"}}'
    assert programs(code, "drop the condition") == ["put = {'Put': {'TableName': 't'}}"]


def test_what_stands_around_a_mistake_stays_as_it_was_written() -> None:
    [mutant] = mutants(CLAIM, "drop the condition")
    assert mutant.content.decode() == dedent("""\
        def claim(key):
            table.put_item(
                Item={"id": key},
            )
    """)
    assert mutant.name == (
        'src/app.py:4 drop the condition: "attribute_not_exists(#id) OR #until < :now" -> no condition'
    )


def test_calls_are_swapped_where_the_second_needs_nothing_of_the_first() -> None:
    code = """
    def handler(event):
        page = read(event)
        send(page)
        checkpoint(
            page,
        )
    """
    [program] = programs(code, "swap two calls")
    assert program == "def handler(event):\n    page = read(event)\n    checkpoint(page)\n    send(page)"


def test_a_delete_is_put_before_a_write_that_is_not_its_neighbour() -> None:
    code = """
    def move(old, new):
        store.put_item(Item=new)
        log = len(new)
        store.delete_item(Key=old)
    """
    [program] = programs(code, "delete before write")
    assert program.splitlines()[1:] == [
        "    store.delete_item(Key=old)",
        "    log = len(new)",
        "    store.put_item(Item=new)",
    ]


def test_an_exception_is_swallowed_where_it_is_handled_and_where_it_is_raised() -> None:
    code = """
    def handler(event):
        try:
            work(event)
        except Busy:
            give_back(event)
            raise
    """
    suppressing = "with __import__('contextlib').suppress(Exception):"
    assert ["\n".join(program.splitlines()[2:]) for program in programs(code, "catch and ignore")] == [
        f"        {suppressing}\n            work(event)\n    except Busy:\n        give_back(event)\n        raise",
        "        work(event)\n    except Busy:\n        pass",
        f"        work(event)\n    except Busy:\n        {suppressing}\n            give_back(event)\n        raise",
        "        work(event)\n    except Busy:\n        give_back(event)\n        pass",
    ]


def test_numbers_and_limits_are_off_by_one() -> None:
    assert programs("ok = 1 <= size < limit", "off by one") == [
        "ok = 2 <= size < limit",
        "ok = 0 <= size < limit",
        "ok = 1 < size < limit",
        "ok = 1 <= size <= limit",
    ]
    assert programs("limit: Literal[3] = 300", "off by one") == ["limit: Literal[3] = 301"]


def test_a_condition_is_always_so_or_never() -> None:
    assert programs("def f(a):\n    if a:\n        g()\n", "a condition that is always true") == [
        "def f(a):\n    if True:\n        g()"
    ]
    assert programs("x = [a for a in b if a]", "a condition that is always true") == ["x = [a for a in b if True]"]
    assert mutants("if TYPE_CHECKING:\n    import x\n") == []


def test_a_call_loses_its_timeout() -> None:
    assert programs('r = get(url, timeout=3, headers={"a": "b"})', "no timeout") == [
        "r = get(url, headers={'a': 'b'})",
    ]


def test_only_a_function_that_gives_nothing_back_returns_early() -> None:
    nothing = "def f(a):\n    '''Doc.'''\n    g(a)\n    h(a)\n"
    assert programs(nothing, "return early") == [
        'def f(a):\n    """Doc."""\n    return\n    g(a)\n    h(a)',
        'def f(a):\n    """Doc."""\n    g(a)\n    return\n    h(a)',
    ]
    assert programs("def f(a):\n    g(a)\n    return h(a)\n", "return early") == []


def test_a_loop_ends_after_its_first_turn() -> None:
    assert programs("for a in b:\n    g(a)\n", "stop after the first") == ["for a in b:\n    g(a)\n    break"]


def test_no_two_mutants_mean_the_same_and_each_is_python_that_differs() -> None:
    code = dedent(CLAIM) + "\n\ndef f(a):\n    if not a:\n        raise ValueError(f'{a + 1:>10}')\n    g(1)\n"
    found = [ast.dump(ast.parse(mutant.content)) for mutant in mutants(code)]
    assert len(found) > 8
    assert len({*found, ast.dump(ast.parse(code))}) == len(found) + 1


def test_a_file_beyond_ascii_is_edited_in_its_place() -> None:
    [mutant] = mutants("größe = 'ä'; n = 300  # é\n")
    assert mutant.content.decode() == "größe = 'ä'; n = 301  # é\n"
