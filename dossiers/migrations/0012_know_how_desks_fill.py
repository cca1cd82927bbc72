from django.db import migrations

# A finished dossier lies at no desk, an open one always at one. Taken as independent of each other the planner expects a
# twentieth of what a desk holds, and sorts all of it where it could stop after the nearest thousand.
KNOW = """
CREATE STATISTICS dossier_desks (mcv) ON holder_agency_id, holder_role, status FROM dossiers_dossier;
ALTER STATISTICS dossier_desks SET STATISTICS 1000;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0011_number_the_register")]

    operations = [migrations.RunSQL(KNOW, "DROP STATISTICS dossier_desks")]
