"""Background work. A task only hurries a promise that is a row already: a message the broker loses costs a minute.

Without REDIS_URL messages travel through files below MOTCUA_HOME, and one worker on this machine serves them.
"""

import os
from pathlib import Path

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init, worker_ready

from portal.environment import load_env_file

load_env_file()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.conf import settings  # noqa: E402

HOME = Path(settings.HOME)


def transport() -> dict[str, object]:
    """Redis, or two folders that both sides share."""
    if settings.REDIS_URL:
        # kombu looks for lost messages every `interval` × `throttle` seconds; the timeout outlasts the longest task.
        patience = {"visibility_timeout": 3600, "unacked_restore_interval": 10, "unacked_restore_throttle": 1}
        return {"broker_url": settings.REDIS_URL, "broker_transport_options": patience}
    queue, control = HOME / "broker" / "queue", HOME / "broker" / "control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    options = {"data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(control)}
    return {"broker_url": "filesystem://", "broker_transport_options": options}


PACE = float(settings.SWEEP_SECONDS)

# Each sweep expires before the next one is due: a worker that was away does not find a heap of them.
BEAT = {
    "send what was promised": {"task": "dossiers.tasks.sweep_outbox", "schedule": PACE},
    "perform signatures": {"task": "signatures.tasks.sweep_requests", "schedule": PACE},
    "hear who confirmed a signature": {"task": "signatures.tasks.hear_holders", "schedule": PACE / 6},
    "judge what was signed": {"task": "signatures.tasks.judge_documents", "schedule": 2 * PACE},
    "keep signed documents judgeable": {
        "task": "signatures.tasks.preserve_documents",
        "schedule": crontab(minute="40"),
    },
    "ask where parcels are": {"task": "dossiers.tasks.poll_shipments", "schedule": 2 * PACE},
    "remind of deadlines": {"task": "dossiers.tasks.remind_deadlines", "schedule": 2 * PACE},
    "drop drafts out of time": {"task": "dossiers.tasks.expire_drafts", "schedule": crontab(hour="2", minute="30")},
    "hand over the work of ended agencies": {
        "task": "dossiers.tasks.hand_over_ended",
        "schedule": crontab(hour="0", minute="15"),
    },
    "remind of ending certificates": {
        "task": "portal.tasks.remind_of_certificates",
        "schedule": crontab(hour="7", minute="30"),
    },
    "forget ended sessions": {"task": "portal.tasks.forget_sessions", "schedule": crontab(hour="3", minute="5")},
    "put decided procedures in force": {
        "task": "procedures.tasks.publish_due",
        "schedule": crontab(hour="0", minute="5"),
    },
    "forget what nobody misses": {
        "task": "procedures.tasks.forget_missed_queries",
        "schedule": crontab(hour="3", minute="20"),
    },
    "seal the day": {"task": "dossiers.tasks.seal_day", "schedule": crontab(minute="10")},
}
for entry in BEAT.values():
    if isinstance(entry["schedule"], float):
        entry["options"] = {"expires": entry["schedule"]}

app = Celery("motcua")
app.conf.update(
    **transport(),
    timezone=settings.TIME_ZONE,
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    beat_schedule=BEAT,
    beat_schedule_filename=str(HOME / "beat-schedule"),
)
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_start(**_: object) -> None:
    from portal.checks import refuse_unsafe_start

    refuse_unsafe_start()


@worker_ready.connect
def announce(**_: object) -> None:
    """The supervisor waits for this file."""
    (HOME / "worker.ready").touch()
