from django.db import migrations

import portal.floor.fields


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial_dossiers")]

    operations = [
        # What the carrier writes may name people. Dropped and made anew: text does not turn into ciphertext by a cast.
        migrations.RemoveField("shipment", "reason"),
        migrations.RemoveField("shipmentevent", "note"),
        migrations.AddField("shipment", "reason", portal.floor.fields.EncryptedTextField(blank=True, default="")),
        migrations.AddField(
            "shipmentevent", "note", portal.floor.fields.EncryptedTextField(aad_from="key", blank=True, default="")
        ),
    ]
