"""Fifty thousand dossiers beside the test world, made by the database itself in a few seconds."""

from django.db import connection

from tests.world import World

_DOSSIERS = """
INSERT INTO dossiers_dossier (
    id, reference, code, tracking_key, procedure_version_id, case_id, rule_profile_id, title, applicant_name, search_fold,
    channel, return_mode, answers, status, version, withdrawn, receiving_agency_id, competent_agency_id, holder_agency_id,
    holder_role, stage_kind, stage_name, in_post, submitted_at, accepted_at, due_at, due_soon_at, original_due_at,
    next_due_at, next_soon_at, supplement_count, events_count, events_head)
SELECT uuidv7(), 'N261109-B' || lpad(n::text, 7, '0'), 'B.H62-261109-' || lpad(n::text, 7, '0'), 'k' || n,
    %(version)s, %(case)s, %(rules)s, 'Trợ cấp thờ cúng liệt sĩ', 'Nguyễn Văn ' || n, 'nguyen van ' || n || ' tro cap',
    'online', 'post', ''::bytea, CASE WHEN n %% 20 = 0 THEN 4 ELSE 10 END, 1, false,
    %(commune)s, %(province)s, %(commune)s, CASE WHEN n %% 20 = 0 THEN 'specialist' ELSE '' END, 'examine', 'Xã thẩm định',
    false, now() - n * interval '1 minute', now() - n * interval '1 minute',
    now() + (n %% 977) * interval '1 hour', now() + (n %% 977) * interval '50 minutes', now(),
    now() + (n %% 977) * interval '1 hour', now() + (n %% 977) * interval '50 minutes', 0, 1, md5(n::text)
FROM generate_series(1, %(count)s) AS n
"""
_EVENTS = """
INSERT INTO dossiers_dossierevent (
    dossier_id, sequence, verb, at, actor_kind, actor_id, actor_name, position_id, capacity, to_status, note, snapshot,
    note_digest, snapshot_digest, digest)
SELECT id, 1, 'submit', submitted_at, 'citizen', '', '', '', '', 1, ''::bytea, NULL, md5('a'), md5('b'), md5(id::text)
FROM dossiers_dossier
"""
_STAGES = """
INSERT INTO dossiers_stage (dossier_id, route_key, ordinal, name, kind, agency_id, role, hours, opened_at, due_at, outcome)
SELECT id, 'xa-tham-dinh', 1, 'Xã thẩm định', 'examine', holder_agency_id, 'specialist', 32, submitted_at, due_at, ''
FROM dossiers_dossier WHERE status = 4
"""


def fill(world: World, count: int) -> None:
    """`count` dossiers of one commune, one in twenty of them open, each with an event; open ones with a stage."""
    case = world.climbing.cases.get()
    with connection.cursor() as cursor:
        cursor.execute(
            _DOSSIERS,
            {
                "count": count, "version": world.climbing.pk, "case": case.pk, "commune": world.agencies["commune"].pk,
                "province": world.agencies["province"].pk, "rules": world.rules.pk,
            },
        )  # fmt: skip
        cursor.execute(_EVENTS)
        cursor.execute(_STAGES)
        cursor.execute("VACUUM ANALYZE")
