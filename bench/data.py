"""Dossiers by the million beside the test world, made by the database itself: rows, desks, clocks, people, and trails
whose every link holds.

Three hundred communes share them unevenly, as in a province: the commune of the test world has a tenth. One in twenty
is open, at one of its usual places; the others have been returned within three years. Rows lie in the order in which
they were filed, as in any table that has grown.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection
from psycopg2.extras import execute_values

from dossiers import chain
from dossiers.models import Dossier, Party
from portal.floor.fields import Sealed
from portal.floor.vietnamese import fold
from procedures.models import Agency
from tests.world import World

COMMUNES, AT_ONCE = 300, 1_000_000
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
MIDDLE = ("Thị", "Văn", "Đức", "Thu", "Hữu", "Ngọc", "Minh", "Xuân", "Quang", "Thanh")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Hải", "Hằng", "Khánh", "Lan", "Long", "Mai", "Nam", "Oanh", "Phúc", "Quyên", "Sơn",
         "Thảo", "Trang", "Tuấn", "Uyên", "Vinh", "Yến", "Đạt", "Ích", "Ước")  # fmt: skip

# Where a dossier stands: status, holding role, kind and name of the desk, and what has been done with it so far.
_KINDS = """
CREATE TEMP TABLE kind (kind, status, role, desk, stage) AS VALUES
    ('examine', 4, 'specialist', 'examine', 'Bước xa-tham-dinh'), ('approve', 4, 'leader', 'approve', 'Bước xa-duyet'),
    ('submitted', 1, 'receiver', '', ''), ('supplement', 5, 'specialist', 'examine', 'Bước xa-tham-dinh'),
    ('resolved', 9, 'returner', '', ''), ('returned', 10, '', '', '');
CREATE TEMP TABLE step (kind, sequence, verb, who, was, becomes, hours) AS VALUES
    ('submitted', 1, 'submit', 'citizen', NULL, 1, 0),
    ('examine', 1, 'submit', 'citizen', NULL, 1, 0), ('examine', 2, 'receive', 'officer', 1, 4, 1),
    ('approve', 1, 'submit', 'citizen', NULL, 1, 0), ('approve', 2, 'receive', 'officer', 1, 4, 1),
    ('approve', 3, 'forward', 'officer', 4, 4, 20),
    ('supplement', 1, 'submit', 'citizen', NULL, 1, 0), ('supplement', 2, 'receive', 'officer', 1, 4, 1),
    ('supplement', 3, 'request_supplement', 'officer', 4, 5, 20),
    ('resolved', 1, 'submit', 'citizen', NULL, 1, 0), ('resolved', 2, 'receive', 'officer', 1, 4, 1),
    ('resolved', 3, 'attach_signed_result', 'system', 4, 9, 40),
    ('returned', 1, 'submit', 'citizen', NULL, 1, 0), ('returned', 2, 'receive', 'officer', 1, 4, 1),
    ('returned', 3, 'attach_signed_result', 'system', 4, 9, 40), ('returned', 4, 'hand_out', 'officer', 9, 10, 60);
ANALYZE kind; ANALYZE step;
"""
# One link of the chain: the same canonical JSON as `dossiers.chain.digest_of`, of an event without note or snapshot.
_LINK = """
CREATE OR REPLACE FUNCTION pg_temp.link(previous text, moment timestamptz, dossier uuid, was int, number int, becomes int,
    verb text, who text) RETURNS text LANGUAGE sql STABLE AS $$
SELECT encode(sha256(convert_to(previous || '{{"at":' || (extract(epoch FROM moment) * 1000000)::bigint || ',"dossier":"'
    || dossier || '","from":' || coalesce(was::text, 'null') || ',"note":"{note_digest}","sequence":' || number
    || ',"snapshot":"{snapshot_digest}","to":' || becomes || ',"verb":"' || verb || '","who":["' || who || '","",""]}}',
    'UTF8')), 'hex') $$
"""
_MADE = """
CREATE TEMP TABLE made AS
WITH picked AS (
    SELECT n, (%(communes)s::bigint[])[1 + least(%(last)s, floor(%(last)s * power(
            (n::bigint * 7919 %% 10007) / 10007.0, 2.5)))::int] AS agency,
        CASE WHEN n %% %(open_every)s > 0 THEN 'returned' ELSE (ARRAY['examine', 'examine', 'examine', 'approve', 'examine',
            'examine', 'submitted', 'examine', 'supplement', 'resolved'])[1 + n / %(open_every)s %% 10] END AS kind,
        date_trunc('second', now()) - CASE WHEN n %% %(open_every)s > 0 THEN (1100 - n::bigint * 37 %% 1060)
            ELSE n::bigint * 13 %% 21 END * interval '1 day' - n %% 977 * interval '43 seconds' AS at,
        date_trunc('second', now()) + (n::bigint * 37 %% 977 - 90) * interval '1 hour' AS due,
        (%(surnames)s)[1 + n %% {surnames}] || ' ' || (%(middle)s)[1 + n / 12 %% {middle}] || ' '
            || (%(given)s)[1 + n / 120 %% {given}] AS name,
        (%(folded_surnames)s)[1 + n %% {surnames}] || ' ' || (%(folded_middle)s)[1 + n / 12 %% {middle}] || ' '
            || (%(folded_given)s)[1 + n / 120 %% {given}] AS folded
    FROM generate_series(%(from)s, %(to)s) AS n
), filed AS (SELECT uuidv7() AS id, p.* FROM (SELECT * FROM picked ORDER BY at, n) p)
SELECT p.*, k.status, k.role, k.desk, k.stage, d1, d2, d3, d4,
    CASE WHEN k.kind <> 'submitted' THEN a.code || to_char(at, '-YYMMDD-') || lpad(n::text, 7, '0') END AS code
FROM filed p JOIN kind k USING (kind) JOIN procedures_agency a ON a.id = p.agency
    LEFT JOIN step s1 ON s1.kind = p.kind AND s1.sequence = 1 LEFT JOIN step s2 ON s2.kind = p.kind AND s2.sequence = 2
    LEFT JOIN step s3 ON s3.kind = p.kind AND s3.sequence = 3 LEFT JOIN step s4 ON s4.kind = p.kind AND s4.sequence = 4
    {links}
"""
_ONE_LINK = """CROSS JOIN LATERAL (SELECT pg_temp.link({before}, at + s{n}.hours * interval '1 hour', p.id, s{n}.was, {n},
    s{n}.becomes, s{n}.verb, s{n}.who) AS d{n} OFFSET 0) l{n}"""
_DOSSIERS = """
INSERT INTO dossiers_dossier (
    id, reference, code, tracking_key, procedure_version_id, case_id, rule_profile_id, title, applicant_name, search_fold,
    channel, return_mode, answers, status, version, withdrawn, receiving_agency_id, competent_agency_id, holder_agency_id,
    holder_role, stage_kind, stage_name, in_post, submitted_at, accepted_at, due_at, due_soon_at, original_due_at,
    next_due_at, next_soon_at, resolved_at, returned_at, closed_at, supplement_count, events_count, events_head)
SELECT id, to_char(at, '"N"YYMMDD-') || lpad(n::text, 8, '0'), code, 'k' || n, %(version)s, %(case)s, %(rules)s, %(title)s,
    name, folded || ' ' || %(folded_title)s || ' ' || lower(coalesce(code, '')), CASE n %% 3 WHEN 0 THEN 'direct' ELSE
    'online' END, CASE n %% 2 WHEN 0 THEN 'post' ELSE 'desk' END, ''::bytea, status, 1, false, agency, %(province)s,
    agency, role, desk, stage, false, at, CASE WHEN kind <> 'submitted' THEN at + interval '1 hour' END,
    CASE WHEN kind <> 'submitted' THEN due + interval '20 days' END,
    CASE WHEN kind <> 'submitted' THEN due + interval '15 days' END,
    CASE WHEN kind <> 'submitted' THEN due + interval '20 days' END,
    CASE WHEN kind NOT IN ('returned', 'supplement') THEN due END,
    CASE WHEN kind NOT IN ('returned', 'supplement') THEN due - interval '9 hours' END,
    CASE WHEN kind IN ('returned', 'resolved') THEN at + interval '40 hours' END,
    CASE WHEN kind = 'returned' THEN at + interval '60 hours' END,
    CASE WHEN kind = 'returned' THEN at + interval '60 hours' END, (kind = 'supplement')::int,
    (SELECT count(*) FROM step WHERE step.kind = made.kind), coalesce(d4, d3, d2, d1)
FROM made ORDER BY id
"""
_EVENTS = """
INSERT INTO dossiers_dossierevent (dossier_id, sequence, verb, at, actor_kind, actor_id, actor_name, position_id, capacity,
    from_status, to_status, note, snapshot, note_digest, snapshot_digest, digest)
SELECT id, sequence, verb, at + hours * interval '1 hour', who, '', '', '', '', was, becomes, ''::bytea, NULL,
    '{note_digest}', '{snapshot_digest}', (ARRAY[d1, d2, d3, d4])[sequence]
FROM made JOIN step USING (kind) ORDER BY id, sequence
"""
_DESKS = """
INSERT INTO dossiers_stage (dossier_id, route_key, ordinal, name, kind, agency_id, role, hours, opened_at, due_at, closed_at,
    outcome)
SELECT id, CASE kind WHEN 'approve' THEN 'xa-duyet' ELSE 'xa-tham-dinh' END, 1, coalesce(nullif(stage, ''),
    'Bước xa-tham-dinh'), coalesce(nullif(desk, ''), 'examine'), agency, coalesce(nullif(role, ''), 'specialist'), 32,
    at + interval '1 hour', due, CASE WHEN kind IN ('resolved', 'returned') THEN at + interval '40 hours' END,
    CASE WHEN kind IN ('resolved', 'returned') THEN 'attach_signed_result' ELSE '' END
FROM made WHERE kind <> 'submitted' ORDER BY id
"""
_CLOCKS = """
INSERT INTO dossiers_clocksegment (dossier_id, kind, from_at, to_at, due_at, legal_basis, reason)
SELECT id, CASE kind WHEN 'supplement' THEN 'waiting' ELSE 'running' END, at + interval '1 hour',
    CASE WHEN kind IN ('resolved', 'returned') THEN at + interval '40 hours' END, due + interval '20 days', '', ''
FROM made WHERE kind <> 'submitted' ORDER BY id
"""
_OWNERS = """
INSERT INTO dossiers_party (id, dossier_id, role, is_organisation, name, identity, identity_index, phone, phone_index, email,
    address, birth_on)
SELECT uuidv7(), id, 'owner', false, name, ''::bytea, md5('person ' || n / 3), ''::bytea, '', ''::bytea, ''::bytea, ''::bytea
FROM made ORDER BY id
"""
_LENGTHEN = """
WITH RECURSIVE chained AS (
    SELECT id AS dossier_id, events_count AS sequence, now() AS at, events_head::text AS digest FROM dossiers_dossier
    WHERE id = ANY(%(ids)s::uuid[])
  UNION ALL
    SELECT dossier_id, sequence + 1, at + interval '1 second', pg_temp.link(digest, date_trunc('second', at), dossier_id, 4,
        sequence + 1, 4, 'assign', 'officer') FROM chained WHERE sequence < %(to)s
), told AS (
    INSERT INTO dossiers_dossierevent (dossier_id, sequence, verb, at, actor_kind, actor_id, actor_name, position_id,
        capacity, from_status, to_status, note, snapshot, note_digest, snapshot_digest, digest)
    SELECT c.dossier_id, c.sequence, 'assign', date_trunc('second', c.at - interval '1 second'), 'officer', '', '', '', '',
        4, 4, ''::bytea, NULL, '{note_digest}', '{snapshot_digest}', c.digest
    FROM chained c JOIN dossiers_dossier d ON d.id = c.dossier_id WHERE c.sequence > d.events_count)
UPDATE dossiers_dossier d SET events_count = %(to)s, events_head = c.digest FROM chained c
WHERE d.id = c.dossier_id AND c.sequence = %(to)s
"""
TABLES = "dossiers_dossier, dossiers_dossierevent, dossiers_stage, dossiers_clocksegment, dossiers_party"
_EMPTY = chain.text_digests("", None)


def fill(world: World, count: int, *, open_every: int = 20) -> None:
    """`count` dossiers, one in `open_every` open; the numbers of the owners that the desk of Chi sees are sealed."""
    given = _given(world) | {"open_every": open_every}
    with connection.cursor() as cursor:
        _unwatched(cursor)
        cursor.execute(_KINDS)
        cursor.execute(_LINK.format(**_EMPTY))
        for begin in range(1, count + 1, AT_ONCE):
            cursor.execute(_made(), given | {"from": begin, "to": min(begin + AT_ONCE - 1, count)})
            cursor.execute("ANALYZE made")
            for statement in (_DOSSIERS, _EVENTS.format(**_EMPTY), _DESKS, _CLOCKS, _OWNERS):
                cursor.execute(statement, given)
            cursor.execute("DROP TABLE made")
        cursor.execute("DROP TABLE kind, step")
        _unwatched(cursor, "origin")
    _seal_numbers(world)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {TABLES}")


def lengthen(dossiers: Sequence[Any], to: int) -> None:
    """Give these dossiers that many events, each chained to the one before."""
    with connection.cursor() as cursor:
        cursor.execute(_LENGTHEN.format(**_EMPTY), {"ids": list(dossiers), "to": to})


def clear() -> None:
    """Away with all dossiers."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE dossiers_dossier CASCADE")


def size() -> str:
    """What all tables with their indexes take on the disk."""
    return _said("pg_size_pretty(pg_database_size(current_database()))")


def version() -> str:
    """Of the database server."""
    return _said("current_setting('server_version')")


def _said(expression: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        return str(cursor.fetchone()[0])


def _made() -> str:
    befores = ["''", "d1", "d2", "d3"]
    links = "\n    ".join(_ONE_LINK.format(n=n, before=before) for n, before in enumerate(befores, 1))
    return _MADE.format(surnames=len(SURNAMES), middle=len(MIDDLE), given=len(GIVEN), links=links)


def _given(world: World) -> dict[str, Any]:
    commune = world.agencies["commune"]
    codes = [f"{number:03}.21.05.H62" for number in range(101, 100 + COMMUNES)]
    if not Agency.objects.filter(code__in=codes).exists():
        Agency.objects.bulk_create(
            Agency(code=code, scheme="qcvn102", name=f"Ủy ban nhân dân xã {code}", name_fold=f"uy ban nhan dan xa {code}",
                   level="commune", symbol="UBND", parent=commune.parent, one_stop=True)
            for code in codes
        )  # fmt: skip
    made = Agency.objects.filter(code__in=codes).order_by("code")
    title = world.climbing.short_name
    names = {"surnames": SURNAMES, "middle": MIDDLE, "given": GIVEN}
    return {
        "communes": [commune.pk, *(row.pk for row in made)], "last": COMMUNES - 1, "province": world.agencies["province"].pk,
        "version": world.climbing.pk, "case": world.climbing.cases.get().pk, "rules": world.rules.pk,
        "title": title, "folded_title": fold(title),
        **{key: list(values) for key, values in names.items()},
        **{f"folded_{key}": [fold(value) for value in values] for key, values in names.items()},
    }  # fmt: skip


def _unwatched(cursor: Any, role: str = "replica") -> None:
    """Rows that fit by the way they are made need no look at every key they name; only a superuser may leave it out."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone()[0]:
        cursor.execute(f"SET session_replication_role = {role}")


def _seal_numbers(world: World) -> None:
    field = Party._meta.get_field("identity")
    there = Dossier.objects.open().filter(holder_agency=world.agencies["commune"], holder_role="specialist")
    owners = Party.objects.filter(dossier__in=there.values("pk"), role="owner").only("pk")
    sealed = [
        (owner.pk, cast(Sealed, field.seal(owner, f"026{number:09}")).data) for number, owner in enumerate(owners)
    ]
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor, "UPDATE dossiers_party SET identity = v.data FROM (VALUES %s) AS v(id, data)"
            " WHERE dossiers_party.id = v.id::uuid", sealed, page_size=1000,
        )  # fmt: skip
