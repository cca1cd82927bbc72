"""An officer's words about a paper may name people. No installation has any yet, so the column is made anew."""

from django.db import migrations

import portal.floor.fields


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0003_signing_attempts")]

    operations = [
        migrations.RemoveField(model_name="attachment", name="verdict_note"),
        migrations.AddField(
            model_name="attachment",
            name="verdict_note",
            field=portal.floor.fields.EncryptedTextField(blank=True, default=""),
        ),
    ]
