"""What happens to every request before and after its view."""

from portal.middleware.answers import Answers
from portal.middleware.hygiene import CleanInput
from portal.middleware.people import People

__all__ = ["Answers", "CleanInput", "People"]
