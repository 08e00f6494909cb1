"""The lending desk of a small library."""


def late_fee(days: int, price: float) -> float:
    """Return the fee for a book that is returned late. Regular readers pay less."""
    ...
