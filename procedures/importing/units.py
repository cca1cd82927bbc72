"""Administrative units of one era, and what became of them."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from portal.floor.vietnamese import fold, nfc, sort_key
from procedures.eforms import addresses
from procedures.importing.summary import Source, Summary, read_csv
from procedures.models import AdministrativeUnit, Level, UnitSuccession

ORDER = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)


def import_units(source: Source, unit_set: str) -> Summary:
    """CSV with code, level, name, parent (a code of the level above) and, if known, valid_from and valid_to.

    Units that are there already keep their row and take the file's name. Raises FileRefused.
    """
    summary = Summary()
    rows = dict(read_csv(source, "code", "level", "name", "parent"))
    with transaction.atomic():
        known = {unit.code: unit for unit in AdministrativeUnit.objects.filter(unit_set=unit_set)}
        for level in ORDER:
            fresh, renamed = [], []
            for line, row in rows.items():
                if row["level"] != level:
                    continue
                parent = known.get(row["parent"])
                if (level != Level.PROVINCE) != (parent is not None):
                    summary.refuse(line, "parent", _("Không có đơn vị cấp trên mã %(code)s") % {"code": row["parent"]})
                    continue
                unit = known.get(row["code"])
                if unit is None:
                    fresh.append(_unit(unit_set, row, parent))
                elif unit.name != nfc(row["name"]):
                    unit.name, unit.name_fold, unit.sort_key = _names(row["name"])
                    renamed.append(unit)
                else:
                    summary.unchanged += 1
            known |= {unit.code: unit for unit in AdministrativeUnit.objects.bulk_create(fresh, batch_size=2000)}
            AdministrativeUnit.objects.bulk_update(renamed, ["name", "name_fold", "sort_key"], batch_size=500)
            summary.loaded += len(fresh) + len(renamed)
    for line, row in rows.items():
        if row["level"] not in ORDER:
            summary.refuse(line, "level", _("Cấp phải là province, district hoặc commune"))
    addresses.forget()
    return summary


def import_successions(source: Source, old_set: str = "2024", new_set: str = "2025") -> Summary:
    """CSV with old, new (codes), partial and is_default (0 or 1). Raises FileRefused."""
    summary = Summary()
    ids: dict[str, dict[str, int]] = {old_set: {}, new_set: {}}
    for unit_set, code, pk in AdministrativeUnit.objects.values_list("unit_set", "code", "pk"):
        ids.setdefault(unit_set, {})[code] = pk
    known = set(UnitSuccession.objects.values_list("old_id", "new_id"))
    fresh = []
    for line, row in read_csv(source, "old", "new", "partial", "is_default"):
        old, new = ids[old_set].get(row["old"]), ids[new_set].get(row["new"])
        if old is None or new is None:
            summary.refuse(line, "old" if old is None else "new", _("Không có đơn vị mã này"))
        elif (old, new) in known:
            summary.unchanged += 1
        else:
            flags = {"partial": row["partial"] == "1", "is_default": row["is_default"] == "1"}
            fresh.append(UnitSuccession(old_id=old, new_id=new, **flags))
    UnitSuccession.objects.bulk_create(fresh, batch_size=2000)
    summary.loaded = len(fresh)
    return summary


def _unit(unit_set: str, row: dict[str, str], parent: AdministrativeUnit | None) -> AdministrativeUnit:
    name, name_fold, key = _names(row["name"])
    dates = {key: dt.date.fromisoformat(row[key]) for key in ("valid_from", "valid_to") if row.get(key)}
    plain = {"unit_set": unit_set, "code": row["code"], "level": row["level"]}
    return AdministrativeUnit(**plain, name=name, name_fold=name_fold, sort_key=key, parent=parent, **dates)


def _names(name: str) -> tuple[str, str, str]:
    """Name, folded name, and a key that orders by the proper name rather than by “Huyện”, “Thị xã” …"""
    plain = nfc(name)
    return plain, fold(plain), sort_key(addresses.proper(plain))
