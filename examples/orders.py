"""Orders of a small web shop."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Order:
    """One order, with its total in euros."""

    number: str
    customer: str
    placed: datetime
    total: float


def best_customers(orders: list[Order], count: int) -> list[str]:
    """Return the best customers of the recent orders."""
    ...
