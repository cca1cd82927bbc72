from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0007_legs_counter_and_facts")]

    operations = [
        migrations.AddField(
            model_name="accesslog",
            name="capacity",
            field=models.CharField(blank=True, db_default="", default="", max_length=250),
        ),
        migrations.AddField(
            model_name="accesslog",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("own", "Hồ sơ của chính người đó"),
                    ("desk", "Đang giải quyết hồ sơ"),
                    ("counter", "Tiếp nhận, trả kết quả"),
                    ("consulted", "Được lấy ý kiến, phối hợp"),
                    ("earlier", "Đã giải quyết một bước"),
                    ("reuse", "Dùng lại giấy tờ cho hồ sơ khác"),
                ],
                db_default="",
                default="",
                max_length=9,
            ),
        ),
    ]
