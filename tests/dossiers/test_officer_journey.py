"""The officers' pages from reception to the post, each act as a browser without JavaScript posts it."""

from typing import Any

import pytest

from dossiers.models import Dossier, Shipment
from dossiers.states import Status
from tests.authority import Authority
from tests.dossiers.officers import Desk, text
from tests.journeys.test_verbs_end_to_end import certified, outside
from tests.world import World


def fresh(dossier: Dossier) -> Dossier:
    found: Dossier = Dossier.objects.get(pk=dossier.pk)
    return found


def done(response: Any) -> None:
    assert response.status_code == 302, text(response)[-3000:]


# Fixtures are found by their names in this module.
__all__ = ["certified", "outside"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_take_a_dossier_from_reception_to_the_post(
    world: World,
    submitted: Dossier,
    outside: dict[str, Any],
    certified: None,
    authority: Authority,
) -> None:
    desk = {
        name: Desk(world, name) for name in ("binh", "chi", "dung", "hai", "oanh", "khanh", "lan", "quyen", "giang")
    }
    assert "Hẹn trả kết quả" in text(desk["binh"].get(f"ho-so/{submitted.reference}/nhan"))
    done(desk["binh"].act(submitted, "nhan"))
    for name in ("chi", "dung", "hai", "oanh"):
        assert str(fresh(submitted)) in text(desk[name].get("hang-viec"))
        assert "Bước tiếp theo" in text(desk[name].get(f"ho-so/{fresh(submitted).code}/chuyen"))
        done(desk[name].act(submitted, "chuyen", note="Đủ điều kiện"))
    done(desk["khanh"].act(submitted, "soan", kind="approval"))
    done(desk["khanh"].act(submitted, "trinh", note="Kính trình"))
    assert "Kính trình" in text(desk["lan"].get(f"ho-so/{fresh(submitted).code}/ky"))
    done(desk["lan"].act(submitted, "ky"))
    done(desk["quyen"].act(submitted, "dong-dau"))
    assert fresh(submitted).status == Status.RESOLVED
    answer = desk["giang"].act(submitted, "gui")
    done(answer)
    item = Shipment.objects.get(dossier=submitted).item_code
    assert item
    assert item in text(desk["giang"].open(fresh(submitted)))
