"""What goes out with a result, to be opened from the pages that show the result."""

from django.urls import reverse

from dossiers.views.officer.situation import Situation


def links(situation: Situation) -> list[dict[str, str]]:
    """Title and address of each."""
    return [
        {"title": one.title, "url": reverse("officer_enclosure", args=[situation.code, one.pk])}
        for one in situation.enclosures
    ]
