from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0007_open_addresses_to_the_agent"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signingrequest",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="signing_requests_of_a_batch"
            ),
        ),
    ]
