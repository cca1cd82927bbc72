"""What the officer is told of the filing that a dossier came in with: the others, and what this one waits for."""

from django.utils.translation import gettext as _

from dossiers.views.officer.situation import Situation


def together(situation: Situation) -> list[dict[str, str]]:
    """Notifications above the page; none for a dossier filed alone. One statement."""
    dossier = situation.dossier
    if dossier.filing is None:
        return []
    others = dossier.filing.dossiers.exclude(pk=dossier.pk).defer("answers").order_by("pk")
    named = "; ".join(f"{one.title} ({one}, {str(one.citizen_state.label).lower()})" for one in others)
    told = [{"text": _("Nộp cùng nhóm với: %(others)s.") % {"others": named}, "tone": "info"}]
    if dossier.waiting_for and dossier.accepted_at is None:
        words = _("Chờ %(what)s. Có rồi thì hồ sơ tự đến lượt; đến lúc đó một cửa mới phải trả lời.")
        told.insert(0, {"text": words % {"what": dossier.waiting_for}, "tone": "warning"})
    return told
