"""The builder of electronic forms."""
