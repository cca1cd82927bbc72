"""The form a page is about, and what every page of the builder shows around it."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from procedures import form_revisions
from procedures.models import Case, Form, ProcedureVersion

SEEN = "_ban"  # hidden: the stamp of the form that the page was made from


def open_form(code: str, revision: int) -> Form:
    """That revision. Raises Http404."""
    found = Form.objects.filter(code=code, revision=revision).first()
    if found is None:
        raise Http404
    return found


def frame(form: Form) -> dict[str, Any]:
    """Who uses the form, which revision is the newest, and what saving will do."""
    latest = form_revisions.newest(form.code)
    users = _users(form)
    return {
        "eform": form,
        "newest": latest,
        "is_newest": latest == form,
        "settled": form_revisions.settled(form),
        "users": users,
        "seen": form_revisions.stamp(latest or form),
        "seen_name": SEEN,
        "section": "forms",
    }


def _users(form: Form) -> list[dict[str, Any]]:
    """The procedures whose cases ask with this revision, the versions in force first."""
    rows = Case.objects.filter(form=form).select_related("version__procedure").order_by("version__procedure__code")
    found: dict[int, dict[str, Any]] = {}
    for case in rows:
        version = case.version
        state = ProcedureVersion.State(version.state)
        found[version.pk] = {
            "text": version.short_name or version.name,
            "url": f"/quan-tri/thu-tuc/{version.procedure.code}?ban={version.number}",
            "state": str(state.label),
            "number": version.number,
        }
    return list(found.values())


def conflict_words() -> str:
    """What a person is told who saves on an outdated page."""
    return _(
        "Người khác vừa sửa tờ khai này. Những gì bạn nhập còn nguyên bên dưới. Xem lại, rồi bấm Lưu lần nữa để "
        "đưa vào bản mới nhất."
    )
