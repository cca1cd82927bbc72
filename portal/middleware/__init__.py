"""What happens to every request before and after its view."""

from portal.middleware.answers import Answers
from portal.middleware.hygiene import CleanInput
from portal.middleware.language import ChosenLanguage
from portal.middleware.people import People

__all__ = ["Answers", "ChosenLanguage", "CleanInput", "People"]
