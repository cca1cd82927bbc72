from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"
    verbose_name = "Hồ sơ"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Features name their outbox handlers by being imported; verbs never import a feature.
        from dossiers import digests, drafts, grouping, issuing, messaging, papers, postal, receivers  # noqa: F401
