from typing import Any

from django.db import migrations, models

# The line is the number of the receipt; what was accepted without one follows behind, in the order of acceptance.
RECEIPTS = """
UPDATE dossiers_dossier d SET register_line = p.line FROM (
    SELECT DISTINCT ON (dossier_id) dossier_id, split_part(number, '/', 1)::int AS line
    FROM dossiers_issuedpaper WHERE kind = 'receipt' AND number ~ '^[0-9]+/' ORDER BY dossier_id, issued_at
) p WHERE p.dossier_id = d.id AND d.accepted_at IS NOT NULL
"""
OTHERS = """
WITH accepted AS (
    SELECT id, receiving_agency_id AS agency_id, register_line, accepted_at,
        to_char(accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY') AS year
    FROM dossiers_dossier WHERE accepted_at IS NOT NULL
), behind AS (
    SELECT a.id, row_number() OVER (PARTITION BY a.agency_id, a.year ORDER BY a.accepted_at, a.id)
        + greatest(coalesce(s.last, 0), coalesce(m.line, 0)) AS line
    FROM accepted a
    LEFT JOIN dossiers_series s ON s.agency_id = a.agency_id AND s.kind = 'receipt' AND s.period = a.year
    LEFT JOIN (SELECT agency_id, year, max(register_line) AS line FROM accepted GROUP BY agency_id, year) m
        ON m.agency_id = a.agency_id AND m.year = a.year
    WHERE a.register_line IS NULL
)
UPDATE dossiers_dossier d SET register_line = b.line FROM behind b WHERE b.id = d.id
"""
SERIES = """
INSERT INTO dossiers_series (agency_id, kind, period, last)
SELECT receiving_agency_id, 'receipt', to_char(accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY'), max(register_line)
FROM dossiers_dossier WHERE register_line IS NOT NULL GROUP BY 1, 2, 3
ON CONFLICT (agency_id, kind, period) DO UPDATE SET last = greatest(dossiers_series.last, EXCLUDED.last)
"""


def number(apps: Any, editor: Any) -> None:
    for statement in (RECEIPTS, OTHERS, SERIES):
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0010_find_dossiers_by_words")]

    operations = [
        migrations.AddField(
            "dossier",
            "register_line",
            models.PositiveIntegerField(null=True, verbose_name="số thứ tự trong Sổ theo dõi"),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
