"""Statements out of dictionaries, read without complaint.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.cloud.permissions.statement import Condition, Statement


def plain_statement(statement: Mapping[str, Any], policy: str, line: int = 0) -> Statement:
    """A statement as a dictionary, read without complaint."""
    return Statement(
        allows=statement.get("Effect") == "Allow",
        actions=texts(statement.get("Action", statement.get("NotAction"))),
        resources=texts(statement.get("Resource", statement.get("NotResource"))) or ("*",),
        all_but_actions="NotAction" in statement,
        all_but_resources="NotResource" in statement,
        conditions=tuple(
            _condition(operator, key, values)
            for operator, keys in _pairs(statement.get("Condition"))
            for key, values in _pairs(keys)
        ),
        principals=_principals(statement.get("Principal", statement.get("NotPrincipal"))),
        all_but_principals="NotPrincipal" in statement,
        policy=policy,
        line=line,
    )


def texts(value: Any) -> tuple[str, ...]:
    """A text or a list of texts, as texts."""
    if value is None:
        return ()
    return tuple(_text(each) for each in value) if isinstance(value, list | tuple) else (_text(value),)


def _condition(operator: str, key: str, values: Any) -> Condition:
    quantifier, name, if_exists = operator_parts(operator)
    return Condition(
        operator=name, key=key.lower(), values=texts(values), quantifier=quantifier, if_exists=if_exists
    )  # fmt: skip


def operator_parts(text: str) -> tuple[str, str, bool]:
    """Quantifier, name, and whether IfExists stands behind it."""
    quantifier, _, name = text.rpartition(":")
    return quantifier, name.removesuffix("IfExists"), name.endswith("IfExists")


def _pairs(value: Any) -> Sequence[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, Mapping) else []


def _principals(value: Any) -> tuple[str, ...]:
    """ "*", account ids and ARNs; AWS services are not among them."""
    return texts(value.get("AWS")) if isinstance(value, Mapping) else texts(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
