"""What hangs on a procedure rather than on its versions: fields, life events, agencies."""

from collections.abc import Mapping

from procedures.importing.library import Library
from procedures.importing.record import Record
from procedures.models import LifeEvent, Procedure, ProcedureAgency, ServiceField


def field_ids(records: Mapping[str, Record]) -> dict[str, int]:
    """Ids of the fields by code; those that are new are made."""
    known = dict(ServiceField.objects.values_list("code", "pk"))
    fresh = {r["field"]["code"]: ServiceField(**r["field"]) for r in records.values()}
    made = ServiceField.objects.bulk_create(one for code, one in fresh.items() if code not in known)
    return known | {one.code: one.pk for one in made}


def link_life_events(procedures: Mapping[str, Procedure], wanted: Mapping[str, list[str]]) -> None:
    """Give each procedure the life events wanted for it."""
    slugs = dict(LifeEvent.objects.values_list("slug", "pk"))
    through = Procedure.life_events.through
    pairs = {(procedures[code].pk, slugs[slug]) for code, events in wanted.items() for slug in events}
    rows = through._default_manager.filter(procedure__in=[procedures[code].pk for code in wanted])
    known = {(row.procedure_id, row.lifeevent_id): row.pk for row in rows}
    if gone := [pk for pair, pk in known.items() if pair not in pairs]:
        rows.filter(pk__in=gone).delete()
    fresh = [through(procedure_id=one, lifeevent_id=event) for one, event in sorted(pairs - known.keys())]
    through._default_manager.bulk_create(fresh, batch_size=2000)


def link_agencies(
    procedures: Mapping[str, Procedure], wanted: Mapping[str, Mapping[str, list[str]]], library: Library
) -> None:
    """Give each procedure the agencies that receive and are competent; rows that stay keep what else they say."""
    rows: dict[tuple[int, int], ProcedureAgency] = {}
    for code, said in wanted.items():
        receives, competent = set(said["receives"]), set(said["competent"])
        for agency in sorted(receives | competent):
            flags = {"receives": agency in receives, "competent": agency in competent}
            row = ProcedureAgency(procedure=procedures[code], agency_id=library.agency_ids[agency], **flags)
            rows[row.procedure_id, row.agency_id] = row
    here = ProcedureAgency.objects.filter(procedure__in=[procedures[code].pk for code in wanted])
    known = {(row.procedure_id, row.agency_id): row for row in here}
    if gone := [row.pk for pair, row in known.items() if pair not in rows]:
        here.filter(pk__in=gone).delete()
    changed = []
    for pair, row in known.items():
        if pair in rows and (row.receives, row.competent) != (rows[pair].receives, rows[pair].competent):
            row.receives, row.competent = rows[pair].receives, rows[pair].competent
            changed.append(row)
    ProcedureAgency.objects.bulk_update(changed, ["receives", "competent"], batch_size=1000)
    ProcedureAgency.objects.bulk_create([row for pair, row in rows.items() if pair not in known], batch_size=2000)
