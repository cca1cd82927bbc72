import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('procedures', '0005_remember_what_was_imported'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='procedure',
            name='procedure_by_folded_words',
        ),
        migrations.AddIndex(
            model_name='procedure',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('search_fold', config='simple'), fastupdate=False, name='procedure_by_words'),
        ),
        migrations.AddIndex(
            model_name='procedure',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search_fold'], name='procedure_by_folded_words', opclasses=['gin_trgm_ops']),
        ),
    ]
