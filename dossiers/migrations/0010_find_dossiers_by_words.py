from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0009_name_legs_before_sealing"), ("procedures", "0009_instant_and_uploaded_results")]

    operations = [
        migrations.AddIndex(
            model_name="dossier",
            index=GinIndex(fields=["search_fold"], name="dossier_by_folded_words", opclasses=["gin_trgm_ops"]),
        )
    ]
