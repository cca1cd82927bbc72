"""The four levels of online service as they were counted before NĐ 42/2022; reports and people still ask for them."""

from django.db.models import Exists, OuterRef, Q

from procedures.models import Case, OnlineScope, ProcedureVersion

LEVELS = (1, 2, 3, 4)


def legacy_level(version: ProcedureVersion) -> int:
    """4: wholly online; 3: in part, with an electronic form; 2: forms to download; 1: information only."""
    if version.online_scope == OnlineScope.FULL:
        return 4
    if version.online_scope == OnlineScope.PARTIAL:
        return 3 if any(case.form_id for case in version.cases.all()) else 2
    return 2 if version.online_scope == OnlineScope.INFO else 1


def of_level(level: int) -> Q:
    """The versions of that level, as a condition on `ProcedureVersion`."""
    with_form = Exists(Case.objects.filter(version=OuterRef("pk"), form__isnull=False))
    partial = Q(online_scope=OnlineScope.PARTIAL)
    return {
        4: Q(online_scope=OnlineScope.FULL),
        3: partial & Q(with_form),
        2: Q(online_scope=OnlineScope.INFO) | (partial & ~Q(with_form)),
    }.get(level, Q(online_scope=OnlineScope.NONE))
