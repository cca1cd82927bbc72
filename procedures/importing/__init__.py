"""Reference data in: the same functions serve a new installation, the command line and the administrator's browser.

Every import is idempotent: the same file again changes nothing. Rows that cannot be used are refused one by one and
named; the rest is loaded.
"""

from procedures.importing.agencies import import_agencies, import_rules
from procedures.importing.catalogue import import_catalogue, import_life_events
from procedures.importing.days import import_calendar
from procedures.importing.summary import FileRefused, Refusal, Summary
from procedures.importing.units import import_successions, import_units

__all__ = [
    "FileRefused",
    "Refusal",
    "Summary",
    "import_agencies",
    "import_calendar",
    "import_catalogue",
    "import_life_events",
    "import_rules",
    "import_successions",
    "import_units",
]
