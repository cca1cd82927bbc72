"""What the same work costs without the product: hand-written SQL on one connection, and the barest Django."""

import itertools
import json
import uuid
from typing import Any

from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.test.client import ClientHandler
from django.test.utils import override_settings
from django.urls import URLPattern, path
from django.utils import timezone

from dossiers.models import Dossier, DossierEvent, OutboxMessage, Party, Stage
from dossiers.states import Status
from portal.floor.ids import uuid7
from tests.world import World

_serial = itertools.count(1)
OPEN = "status IN (1, 2, 4, 5, 6, 7, 9)"


class Raw:
    """psycopg2 and SQL; every method one committed operation."""

    def __init__(self, world: World) -> None:
        self.world, self.case = world, world.climbing.cases.get()
        self.commune, self.province = world.agencies["commune"].pk, world.agencies["province"].pk

    def file(self) -> None:
        pk, now = uuid.uuid4(), timezone.now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO dossiers_dossier (id, reference, tracking_key, procedure_version_id, case_id, rule_profile_id,"
                " title, applicant_name, search_fold, channel, return_mode, answers, status, version, withdrawn,"
                " receiving_agency_id, competent_agency_id, holder_agency_id, holder_role, stage_kind, stage_name, in_post,"
                " submitted_at, next_due_at, supplement_count, events_count, events_head)"
                " VALUES (%s, %s, 'k', %s, %s, %s, 't', 'a', 'a', 'online', 'desk', ''::bytea, 1, 1, false,"
                " %s, %s, %s, 'receiver', '', '', false, %s, %s, 0, 1, 'x')",
                [pk, f"R{next(_serial):09d}", self.world.climbing.pk, self.case.pk, self.world.rules.pk,
                 self.commune, self.province, self.commune, now, now],
            )  # fmt: skip
            _raw_event(cursor, pk, 1, now)
            for role in ("submitter", "owner", "collector"):
                cursor.execute(
                    "INSERT INTO dossiers_party (id, dossier_id, role, is_organisation, name, identity, identity_index, phone,"
                    " phone_index, email, address, birth_on) VALUES (%s, %s, %s, false, 'a', ''::bytea, 'i', ''::bytea, 'p',"
                    " ''::bytea, ''::bytea, ''::bytea)",
                    [uuid.uuid4(), pk, role],
                )
            _raw_promise(cursor, pk, now)

    def move(self, pk: uuid.UUID) -> None:
        now = timezone.now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT version, events_count FROM dossiers_dossier WHERE id = %s", [pk])
            version, count = cursor.fetchone()
            cursor.execute(
                "UPDATE dossiers_dossier SET version = version + 1, events_count = events_count + 1, next_due_at = %s"
                " WHERE id = %s AND version = %s",
                [now, pk, version],
            )
            _raw_event(cursor, pk, count + 1, now)
            cursor.execute(
                "UPDATE dossiers_stage SET closed_at = %s WHERE dossier_id = %s AND closed_at IS NULL", [now, pk]
            )
            cursor.execute(
                "INSERT INTO dossiers_stage (dossier_id, route_key, ordinal, name, kind, agency_id, role, hours, opened_at,"
                " due_at, outcome) VALUES (%s, 'k', %s, 'n', 'examine', %s, 'leader', 8, %s, %s, '')",
                [pk, count + 100, self.commune, now, now],
            )
            _raw_promise(cursor, pk, now)

    def queue(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, code, title, applicant_name, status, stage_name, next_due_at FROM dossiers_dossier"
                f" WHERE {OPEN} AND holder_agency_id = %s AND holder_role = 'specialist' AND assignee_id IS NULL"
                " ORDER BY next_due_at, id LIMIT 50",
                [self.commune],
            )
            cursor.fetchall()

    def search(self, word: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, code, title, applicant_name, status, stage_name, next_due_at FROM dossiers_dossier"
                " WHERE receiving_agency_id = %s AND search_fold LIKE %s ORDER BY submitted_at DESC LIMIT 50",
                [self.commune, f"%{word}%"],
            )
            cursor.fetchall()

    def track(self, code: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, status, due_at, tracking_key FROM dossiers_dossier WHERE code = %s", [code])
            row = cursor.fetchone()
            cursor.execute(
                "SELECT s.name, a.name, s.opened_at, s.due_at FROM dossiers_stage s JOIN procedures_agency a"
                " ON a.id = s.agency_id WHERE s.dossier_id = %s ORDER BY s.ordinal",
                [row[0]],
            )
            cursor.fetchall()


def _raw_event(cursor: Any, pk: uuid.UUID, sequence: int, now: Any) -> None:
    cursor.execute(
        "INSERT INTO dossiers_dossierevent (dossier_id, sequence, verb, at, actor_kind, actor_id, actor_name, position_id,"
        " capacity, to_status, note, note_digest, snapshot_digest, digest)"
        " VALUES (%s, %s, 'v', %s, 'officer', '', '', '', '', 4, ''::bytea, 'a', 'b', 'c')",
        [pk, sequence, now],
    )


def _raw_promise(cursor: Any, pk: uuid.UUID, now: Any) -> None:
    cursor.execute(
        "INSERT INTO dossiers_outboxmessage (id, dossier_id, kind, topic, lane, key, created_at, next_at, attempts, last_error,"
        " done_at) VALUES (%s, %s, 'k', 't', 'l', %s, %s, %s, 0, '', now())",
        [uuid.uuid4(), pk, str(uuid.uuid4()), now, now],
    )


STATES = {status.value: str(status.label) for status in Status}
_ICON = '<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 6v6l4 2"/><circle cx="12" cy="12" r="10"/></svg>'
# A row of the same words and about as many letters as the product's (`portal.floor.markup.rows`).
ROW = f"""<tr><td class="ck"><label><input type="checkbox" name="chon" value="{{{{ r.id }}}}"><span class="vh">Chọn
{{{{ r.code }}}}</span></label></td><td><a href="/can-bo/ho-so/{{{{ r.code }}}}"><span class="code">{{{{ r.code }}}}</span></a>
<span class="sub">{{{{ r.name }}}} · 026•••••1234</span></td><td><span class="both"><span class="clamp">{{{{ r.title }}}}</span>
<span class="icons">{_ICON}{_ICON}</span></span></td><td>{{{{ r.stage }}}}<span class="sub">{{{{ r.agency }}}}</span></td>
<td><div class="sla {{{{ r.state }}}}"><span class="t">{_ICON}Còn 3 ngày</span><svg class="m" viewBox="0 0 100 5"
preserveAspectRatio="none" aria-hidden="true"><path d="M0 0h50v5H0z"/></svg><span class="sub">Hạn {{{{ r.due }}}}</span></div>
</td><td><span class="tag blue">{{{{ r.status }}}}</span><span class="sub">nộp {{{{ r.filed }}}}</span></td></tr>"""

ONLY_VIEW: list[URLPattern] = []
urlpatterns = ONLY_VIEW


def one_view(get_response: Any) -> Any:
    """Middleware that sends every request to the bare view."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = "bench.floors"
        return get_response(request)  # type: ignore[no-any-return]

    return answer


class Bare:
    """Django doing only that: the same rows through the ORM, a template that only substitutes."""

    def __init__(self, world: World) -> None:
        self.world, self.case = world, world.climbing.cases.get()
        self.commune, self.province = world.agencies["commune"], world.agencies["province"]
        self.engine = Engine()
        self.page = self.engine.from_string(
            "<table>{% for r in rows %}<tr><td>{{ r.code }}<td>{{ r.title }}</tr>{% endfor %}</table>"
        )
        self.likeness: Template | None = None

    def file(self) -> None:
        now = timezone.now()
        with transaction.atomic():
            dossier = Dossier.objects.create(
                reference=f"D{next(_serial):09d}", tracking_key="k", procedure_version=self.world.climbing, case=self.case,
                rule_profile=self.world.rules, title="t", applicant_name="a", channel="online", return_mode="desk", status=1,
                receiving_agency=self.commune, competent_agency=self.province, holder_agency=self.commune,
                holder_role="receiver", submitted_at=now, next_due_at=now,
            )  # fmt: skip
            self._event(dossier, 1, now)
            for role in ("submitter", "owner", "collector"):
                Party.objects.create(dossier=dossier, role=role, name="a")
            self._promise(dossier, now)

    def move(self, pk: uuid.UUID) -> None:
        now = timezone.now()
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update().get(pk=pk)
            dossier.version += 1
            dossier.events_count += 1
            dossier.next_due_at = now
            dossier.save()
            self._event(dossier, dossier.events_count, now)
            stage = Stage.objects.get(dossier=dossier, closed_at=None)
            stage.closed_at = now
            stage.save()
            Stage.objects.create(
                dossier=dossier, route_key="k", ordinal=stage.ordinal + 1, name="n", kind="examine", agency=self.commune,
                role="leader", hours=8, opened_at=now, due_at=now,
            )  # fmt: skip
            self._promise(dossier, now)

    def queue(self) -> HttpResponse:
        rows = list(
            Dossier.objects.open().filter(holder_agency=self.commune, holder_role="specialist").order_by("next_due_at", "id")
            .values("code", "title", "applicant_name", "status", "stage_name", "next_due_at")[:50]
        )  # fmt: skip
        return HttpResponse(self.page.render(Context({"rows": rows})))

    def alike(self, page: str) -> None:
        """Take the product's own page for a likeness: all but its rows as ready text, one row as what is repeated."""
        before, _begin, rest = page.partition("<tbody>")
        _rows, _end, after = rest.partition("</tbody>")
        ready = "{% verbatim %}"
        text = (
            f"{ready}{before}<tbody>{{% endverbatim %}}{{% for r in rows %}}{ROW}{{% endfor %}}{ready}</tbody>{after}"
        )
        self.likeness = self.engine.from_string(f"{text}{{% endverbatim %}}")

    def tuned(self) -> HttpResponse:
        """The product's page as Django gives it at its best: `values_list`, rows presented in Python, a template that
        only puts them in; the numbers above it by one aggregate. No seats, no deadlines in working time, no masking."""
        assert self.likeness is not None
        now = timezone.now()
        held = Dossier.objects.open().filter(
            holder_agency=self.commune, holder_role="specialist", assignee=None, next_due_at__isnull=False
        )
        found = held.order_by("next_due_at", "id").values_list(
            "id", "code", "applicant_name", "title", "stage_name", "next_due_at", "status", "submitted_at",
            "holder_agency__name",
        )[:50]  # fmt: skip
        held.order_by("next_due_at", "id")[:1001].aggregate(
            whole=Count("pk"), late=Count("pk", filter=Q(next_due_at__lt=now)), own=Count("pk", filter=Q(assignee=1))
        )
        rows = [
            {"id": str(pk), "code": code, "name": name, "title": title, "stage": stage, "agency": agency,
             "due": f"{due:%d/%m %H:%M}", "state": "overdue" if due < now else "on_time", "status": STATES[status],
             "filed": f"{filed:%d/%m %H:%M}"}
            for pk, code, name, title, stage, due, status, filed, agency in found
        ]  # fmt: skip
        return HttpResponse(self.likeness.render(Context({"rows": rows})))

    def track(self, code: str) -> HttpResponse:
        dossier = Dossier.objects.get(code=code)
        rows = [{"code": s.agency.name, "title": s.name} for s in dossier.stages.select_related("agency")]
        return HttpResponse(json.dumps({"status": dossier.status}) + self.page.render(Context({"rows": rows})))

    def answer(self, request: HttpRequest) -> HttpResponse:
        """A bare view behind Django's session and log-in alone; `?track=` needs neither."""
        if code := request.GET.get("track"):
            return self.track(code)
        assert request.user.is_authenticated
        return self.tuned() if "tuned" in request.GET else self.queue()

    def site(self) -> BaseHandler:
        """A whole Django with one view."""
        middleware = ["bench.floors.one_view", "django.contrib.sessions.middleware.SessionMiddleware",
                      "django.contrib.auth.middleware.AuthenticationMiddleware"]  # fmt: skip
        with override_settings(MIDDLEWARE=middleware):
            handler = ClientHandler(enforce_csrf_checks=False)
            handler.load_middleware()
        ONLY_VIEW.append(path("", self.answer))
        return handler

    def _event(self, dossier: Dossier, sequence: int, now: Any) -> None:
        DossierEvent.objects.create(
            dossier=dossier, sequence=sequence, verb="v", at=now, actor_kind="officer", to_status=4, note_digest="a",
            snapshot_digest="b", digest="c",
        )  # fmt: skip

    def _promise(self, dossier: Dossier, now: Any) -> None:
        OutboxMessage.objects.create(
            dossier=dossier, kind="k", lane="l", key=str(uuid7()), created_at=now, next_at=now, done_at=now
        )
