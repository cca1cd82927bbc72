"""A wrong result and the dossier that makes it anew name each other, to officers who may open both."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers.models import Dossier
from dossiers.views.officer.situation import Situation


def links(situation: Situation) -> list[dict[str, str]]:
    """What stands above the page; nothing, and no statement, for a dossier whose result nobody recalled."""
    dossier, recalled = situation.dossier, situation.result is not None and situation.result.recalled_at is not None
    if dossier.corrects_id is None and not recalled:
        return []
    others = Dossier.objects.visible_to(situation.actor).filter(Q(pk=dossier.corrects_id) | Q(corrects=dossier))
    mended = _("Hồ sơ này làm lại kết quả sai của hồ sơ")
    mends = _("Kết quả của hồ sơ này đã bị thu hồi, được làm lại trong hồ sơ")
    return [
        {"text": mended if one.pk == dossier.corrects_id else mends, "code": str(one),
         "url": reverse("officer_dossier", args=[str(one)])}
        for one in others.defer("answers").order_by("submitted_at")
    ]  # fmt: skip
