import django.db.models.deletion
import portal.floor.fields
import portal.floor.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0014_read_batch_and_delegate_signing"),
        ("procedures", "0009_instant_and_uploaded_results"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArchivePackage",
            fields=[
                (
                    "id",
                    models.UUIDField(default=portal.floor.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("contents", portal.floor.fields.EncryptedJSONField(default=list)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                ("signed_document_id", models.UUIDField(null=True)),
                ("signing_error", models.CharField(blank=True, default="", max_length=300)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procedures.agency"
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packages", to="dossiers.dossier"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("dossier", "version"), name="one_package_per_version")],
            },
        ),
        migrations.CreateModel(
            name="CertifiedCopy",
            fields=[
                (
                    "id",
                    models.UUIDField(default=portal.floor.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sao-y", "Sao y"),
                            ("sao-luc", "Sao lục"),
                            ("trich-sao", "Trích sao"),
                            ("chung-thuc", "Chứng thực bản sao điện tử từ bản chính"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("original", portal.floor.fields.EncryptedJSONField(default=dict)),
                ("asked_by", portal.floor.fields.EncryptedJSONField(default=dict)),
                ("file", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("pages", models.PositiveSmallIntegerField()),
                ("prepared_at", models.DateTimeField()),
                ("prepared_by", models.CharField(max_length=200)),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("serial", models.PositiveIntegerField(null=True)),
                ("number", models.CharField(blank=True, default="", max_length=60)),
                ("verify_code", models.CharField(max_length=16, unique=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("signer_user_id", models.UUIDField(null=True)),
                ("signer_name", models.CharField(blank=True, default="", max_length=200)),
                ("snapshot", portal.floor.fields.EncryptedJSONField(null=True)),
                ("signing_attempt", models.PositiveSmallIntegerField(default=1)),
                ("signing_error", models.CharField(blank=True, default="", max_length=300)),
                ("signed_document_id", models.UUIDField(null=True)),
                ("issued_at", models.DateTimeField(null=True)),
                ("recalled_at", models.DateTimeField(null=True)),
                ("recalled_by", models.CharField(blank=True, default="", max_length=200)),
                ("recall_reason", portal.floor.fields.EncryptedTextField(blank=True, default="")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procedures.agency"
                    ),
                ),
                (
                    "attachment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dossiers.attachment",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.dossier"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agency", "-prepared_at", "-id"], name="copies_of_an_agency"),
                    models.Index(
                        condition=models.Q(("signed_document_id__isnull", False)),
                        fields=["signed_document_id"],
                        name="copy_by_file",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("agency"),
                        models.F("year"),
                        models.Case(models.When(kind="chung-thuc", then=1), default=0),
                        models.F("serial"),
                        condition=models.Q(("serial__isnull", False)),
                        name="one_copy_per_line_of_its_book",
                    )
                ],
            },
        ),
    ]
