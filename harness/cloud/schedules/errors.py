"""What is wrong with a schedule expression."""


class InvalidExpressionError(ValueError):
    """AWS refuses the expression. The text says what it takes instead."""
