from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0004_name_the_decision_of_an_assignment")]

    operations = [
        migrations.AddField(
            model_name="procedure",
            name="imported",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
