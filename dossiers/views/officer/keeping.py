"""What officers set about their queue: filters, views of their own, the height of rows."""

from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.models import SavedView
from dossiers.views.officer import queue, searching, shelves
from dossiers.views.officer.narrowing import Narrowing
from dossiers.views.officer.tabs import MOST
from portal.floor.web import ActorRequest


@require_POST
def narrow(request: ActorRequest) -> HttpResponse:
    """The filter as it was filled in, led on to the address that says it; what was typed travels sealed."""
    given = request.POST.dict()
    if asked := searching.scanned(str(given.get("tim", ""))[: searching.LONGEST]):
        given["k"] = searching.sealed(asked)
    narrowing = Narrowing(given, request.actor, now=timezone.now())
    query = narrowing.address(xem=_shelf(request, str(given.get("xem", ""))))
    return redirect(f"{reverse('officer_queue')}?{query}{f'&{queue.OPENED}=1' if given.get(queue.OPENED) else ''}")


@require_POST
def keep(request: ActorRequest) -> HttpResponse:
    """Keep the view shown under a name; under the same name again, it takes the place of the earlier."""
    name = " ".join(request.POST.get("ten", "").replace("\x00", "").split())[:60]
    query = _canonical(request)
    mine = _mine(request)
    if not name:
        messages.error(request, _("Đặt tên cho chế độ xem trước khi lưu."))
    elif len(query) > 500:
        messages.error(request, _("Bộ lọc này dài quá nên không lưu được. Bớt điều kiện rồi lưu lại."))
    elif mine.exclude(name=name).count() >= MOST:
        messages.error(request, _("Bạn đã lưu %d chế độ xem. Xóa bớt một chế độ rồi lưu lại.") % MOST)
    else:
        given = {"query": query, "created_at": timezone.now()}
        mine.update_or_create(user_id=str(request.actor.user_id), name=name, defaults=given)
        messages.success(request, _("Đã lưu chế độ xem “%s”.") % name)
    return redirect(f"{reverse('officer_queue')}?{query}")


def _mine(request: ActorRequest) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user_id=str(request.actor.user_id))


@require_POST
def drop(request: ActorRequest) -> HttpResponse:
    """Forget a view that was kept."""
    name = request.POST.get("ten", "").replace("\x00", "")
    if _mine(request).filter(name=name).delete()[0]:
        messages.success(request, _("Đã xóa chế độ xem “%s”.") % name)
    return redirect("officer_queue")


@require_POST
def density(request: ActorRequest) -> HttpResponse:
    """Rows of one line or of several, as the officer likes them; kept with the account."""
    user = cast(Any, request.user)
    user.desk |= {"rows": queue.COMPACT if request.POST.get("dong") == "gon" else "wide"}
    user.save(update_fields=["desk"])
    return redirect(f"{reverse('officer_queue')}?{_canonical(request)}")


def _canonical(request: ActorRequest) -> str:
    """The address that the page sent along, with nothing in it but what a queue's address says."""
    given = QueryDict(request.POST.get("cau", "")[:2000]).dict()
    narrowing = Narrowing(given, request.actor, now=timezone.now())
    return narrowing.address(xem=_shelf(request, str(given.get("xem", ""))))


def _shelf(request: ActorRequest, key: str) -> str:
    keys = [shelf.key for shelf in shelves.of(request.actor)]
    return key if key in keys else next(iter(keys), "")
