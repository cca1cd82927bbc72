"""The small world of the catalogue's tests."""

from collections.abc import Iterator

import pytest

from procedures import calendars
from procedures.eforms import addresses


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    calendars.forget()
    addresses.forget()
    yield
    calendars.forget()
    addresses.forget()


@pytest.fixture
def units(db: None) -> None:
    """Two provinces of 2024 with one commune each, and one of 2025 with two tiers."""
    from procedures.models import AdministrativeUnit as Unit

    def unit(unit_set: str, code: str, level: str, name: str, parent: Unit | None = None) -> Unit:
        return Unit.objects.create(unit_set=unit_set, code=code, level=level, name=name, parent=parent, sort_key=name)

    vinh_phuc = unit("2024", "26", "province", "Tỉnh Vĩnh Phúc")
    lap_thach = unit("2024", "246", "district", "Huyện Lập Thạch", vinh_phuc)
    unit("2024", "08836", "commune", "Xã Xuân Lôi", lap_thach)
    phu_tho = unit("2024", "25", "province", "Tỉnh Phú Thọ")
    unit("2024", "227", "district", "Thành phố Việt Trì", phu_tho)
    new = unit("2025", "25", "province", "Tỉnh Phú Thọ")
    unit("2025", "08866", "commune", "Xã Xuân Lôi", new)
