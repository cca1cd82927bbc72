"""News for whoever stands above."""

from django.dispatch import Signal

agency_ended = Signal()
"""sender=Agency, agency. The agency works no longer; what lies with it has to go to its successor."""

calendar_changed = Signal()
"""sender=CalendarDay or WorkSession, agency_id (None: the whole province), at. Inside the transaction of the change."""

agency_ended = Signal()
"""sender=Agency, agency. An operator wrote down a last day that is over."""
