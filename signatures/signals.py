"""News for whoever asked for a signature. Receivers run inside the transaction that records the news as told."""

from django.dispatch import Signal

signed = Signal()
"""sender=SignedDocument, document, reference. Told again until every receiver has returned."""

failed = Signal()
"""sender=SigningRequest, request, reference, reason (Vietnamese). There will be no signature under this reference."""
