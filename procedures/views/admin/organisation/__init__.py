"""The operators' pages under /quan-tri: agencies, units, calendars; and the history of all changes."""
