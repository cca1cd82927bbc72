"""The table of contents of an archive package, for machines and for people, and how to check it without us."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.messaging import moment
from dossiers.models import ArchivePackage, Dossier
from dossiers.package_item import Item
from dossiers.package_proofs import sealed_heads
from dossiers.states import MOVES
from procedures.ruleset import Rules

_SHIPPED = ("XAC-MINH.md", "kiem-tra.sh", "kiem_tra.py")


def shipped() -> list[Item]:
    """What explains and checks the package."""
    folder = Path(settings.ROOT) / "templates" / "packages"
    return [Item(name, "", data=(folder / name).read_bytes()) for name in _SHIPPED]


def retained(dossier: Dossier) -> tuple[int, dt.date | None]:
    """For how many years after its own the dossier is kept, and until when; 0 and None: for ever."""
    years = Rules.of(dossier.rule_profile).retention(dossier.procedure_version.procedure.code)
    closed = timezone.localdate(dossier.closed_at)
    return years, dt.date(closed.year + years, 12, 31) if years else None


def index(package: ArchivePackage, dossier: Dossier, files: list[dict[str, Any]]) -> list[Item]:
    """`index.json` and `index.html`. `files`: {path, title, note, size, sha256} of everything else."""
    years, until = retained(dossier)
    facts: dict[str, Any] = {
        "format": "motcua-package/1", "version": package.version,
        "made_at": timezone.localtime(package.made_at).isoformat(timespec="seconds"), "made_by": package.made_by,
        "agency": {"code": package.agency.code, "name": package.agency.name},
        "dossier": {
            "id": str(dossier.pk), "code": str(dossier), "title": dossier.title, "applicant": dossier.applicant_name,
            "procedure": dossier.procedure_version.procedure.code, "register_line": dossier.register_line,
            "shelf": dossier.shelf, "status": dossier.status,
            **{name: _iso(getattr(dossier, name)) for name in
               ("submitted_at", "accepted_at", "due_at", "resolved_at", "returned_at", "closed_at", "archived_at")},
        },
        "retention": {"years": years, "until": until and until.isoformat()},
        "events": {"count": dossier.events_count, "head": dossier.events_head},
        "seals": [
            {"on": f"{head.seal.on:%Y-%m-%d}", "sequence": head.sequence, "sha256": head.seal.digest}
            for head in sealed_heads(dossier)
        ],
        "files": files,
    }  # fmt: skip
    readable = {
        "dossier": facts["dossier"],
        "facts": _readable(package, dossier),
        "files": files,
        "steps": _steps(dossier),
    }
    return [
        Item("index.json", "", data=(json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()),
        Item("index.html", "", data=render_to_string("packages/index.html", readable).encode()),
    ]


def _readable(package: ArchivePackage, dossier: Dossier) -> list[tuple[str, str]]:
    years, until = retained(dossier)
    kept = _("Vĩnh viễn") if until is None else _("%(years)d năm, đến hết ngày %(until)s") % {
        "years": years, "until": f"{until:%d/%m/%Y}"}  # fmt: skip
    rows = [
        (_("Mã hồ sơ"), str(dossier)), (_("Việc"), dossier.title), (_("Chủ hồ sơ"), dossier.applicant_name),
        (_("Cơ quan lưu"), f"{package.agency.name} ({package.agency.code})"),
        (_("Số thứ tự trong Sổ theo dõi"), str(dossier.register_line or "")),
        (_("Nộp"), moment(dossier.submitted_at)), (_("Tiếp nhận"), moment(dossier.accepted_at)),
        (_("Hẹn trả"), moment(dossier.due_at)), (_("Giải quyết xong"), moment(dossier.resolved_at)),
        (_("Kết thúc"), moment(dossier.closed_at)), (_("Trạng thái"), str(dossier.get_status_display())),
        (_("Lưu"), moment(dossier.archived_at)), (_("Nơi cất bản giấy"), dossier.shelf),
        (_("Thời hạn lưu trữ"), kept),
        (_("Gói"), _("bản %(version)d, lập lúc %(when)s, %(who)s") % {
            "version": package.version, "when": moment(package.made_at), "who": package.made_by}),
    ]  # fmt: skip
    return [(label, text) for label, text in rows if text]


def _steps(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {"sequence": event.sequence, "when": moment(event.at), "label": MOVES[event.verb].label,
         "who": ", ".join(filter(None, [event.actor_name, event.capacity]))}
        for event in dossier.events.order_by("sequence")
    ]  # fmt: skip


def _iso(at: dt.datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
