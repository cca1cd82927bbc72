from django.apps import AppConfig
from django.conf import settings

from portal.floor import crypto


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Cổng"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        crypto.configure(settings.DATA_KEYS, settings.INDEX_KEY)
        from portal import celery, checks  # noqa: F401 -- the app that tasks belong to; the deploy checks
        from portal.certificates import expiry  # noqa: F401 -- names an outbox handler
        from portal.identity import invitations, receivers  # noqa: F401 -- names an outbox handler; connects the signals
