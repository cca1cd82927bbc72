from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0004_name_the_decision_of_an_assignment")]

    operations = [
        migrations.AddField(
            model_name="procedure",
            name="import_mark",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
        ),
    ]
