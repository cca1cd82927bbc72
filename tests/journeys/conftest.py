"""The journeys' fixtures."""

from tests.journeys.stack import installation, staff

__all__ = ["installation", "staff"]
