"""The register of certificates and the trust store in Chromium: whole, accessible, and without JavaScript."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from playwright.sync_api import expect

from portal.certificates.store import BASE as STORE
from signatures import truststore
from signatures.models import TrustedRoot
from tests.browser import chromium, faults, picture
from tests.portal import operators
from tests.portal.certified import certificate, held
from tests.portal.test_people_browser import entered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REGISTER = "/quan-tri/chung-thu-so"


def test_pages_are_whole_accessible_and_work_without_javascript(
    live_server: Any, tmp_path: Path, settings: Any
) -> None:
    settings.TRUST_ROOTS = []
    world, now = operators.build(), timezone.now()
    one = held(world.users["lan"], now, days=20)
    held(world.agencies["commune"], now, days=300)
    held(world.users["chi"], now, days=-3)
    made = [
        certificate(name, now - dt.timedelta(days=1), now + dt.timedelta(days=300), ca=True).public_bytes(Encoding.PEM)
        for name in ("Cơ quan chứng thực gốc thử nghiệm", "Chứng thực chuyên dùng công vụ thử nghiệm")
    ]
    root = truststore.add(
        truststore.read(made[0], at=now), kind="national", document="Thông báo số 1/TB", by=None, at=now
    )
    pages = {
        "register": REGISTER, "enter": f"{REGISTER}/them", "one": f"{REGISTER}/{one.serial}",
        "stop": f"{REGISTER}/{one.serial}/ngung",
        "store": STORE, "root": f"{STORE}/{root.pk}", "add": f"{STORE}/them", "withdraw": f"{STORE}/{root.pk}/thoi",
    }  # fmt: skip
    found = {}
    with chromium() as browser:
        for width in (320, 390, 1280):
            size = {"width": width, "height": 900}
            with entered(browser, live_server.url, world, "nam", viewport=size) as window:
                page = window.new_page()
                for name, path in pages.items():
                    page.goto(live_server.url + path)
                    picture(page, tmp_path / f"{name}-{width}.png")
                    if faulty := faults(page, rules=width != 320):
                        found[name, width] = faulty
        with entered(browser, live_server.url, world, "nam", java_script_enabled=False) as window:
            page = window.new_page()
            page.goto(live_server.url + STORE)
            page.get_by_role("link", name="Thêm chứng thư gốc").click()
            page.get_by_label("Tệp chứng thư").set_input_files(
                {"name": "goc.pem", "mimeType": "application/x-pem-file", "buffer": made[1]}
            )
            page.get_by_label("Chuyên dùng công vụ").check()
            page.get_by_label("Văn bản căn cứ").fill("Thông báo số 2/TB")
            page.get_by_role("button", name="Xem trước").click()
            page.screenshot(path=tmp_path / "preview-1280.png", full_page=True)
            page.get_by_role("button", name="Tin cậy chứng thư này").click()
            expect(page.locator("main")).to_contain_text("Đã tin cậy")
    assert TrustedRoot.objects.trusted().count() == 2
    assert found == {}
