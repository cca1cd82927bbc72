"""Result templates: what their authors may write, what stops them, and what the typeset paper must show."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from procedures import eforms, result_templates
from procedures.result_templates import TrialFailed, faults, trial

TODAY = dt.date(2026, 11, 23)
SCHEMA: dict[str, Any] = {"pages": [{"key": "a", "title": "A", "fields": [
    {"key": "child_name", "type": "person_name", "label": "Họ và tên", "required": True},
    {"key": "parents", "type": "group", "label": "Cha mẹ",
     "fields": [{"key": "name", "type": "text", "label": "Tên"}]}]}]}  # fmt: skip
HEAD = '#import "decision.typ": *\n#show: official.with(kind: "GIẤY XÁC NHẬN")\n'
RESULTS = Path(result_templates.__file__).parent / "reference" / "results"


@pytest.fixture(autouse=True)
def _no_province(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_templates.ProvinceProfile, "current", classmethod(lambda cls: None))


def words(body: str, head: str = HEAD) -> str:
    return " | ".join(faults(head + body, SCHEMA))


@pytest.mark.parametrize(
    "body",
    [
        '#filled("Tên", answer("child_name"))',
        '#for one in answer-list("parents") [#one.name]',
        '#written("content") #data.applicant.name #day(data.date) #at("answers_raw.child_name")',
        '#for key in ("child",) [#answer(key + "_name")]',
        '#data.answers.at("child_name") #data.stage_notes.join(", ")',
    ],
)
def test_fields_of_the_form_and_of_every_dossier_may_be_merged(body: str) -> None:
    assert words(body) == ""


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('#answer("mother_name")', 'answer("mother_name")'),
        ('#answer-list("children")', 'answer-list("children")'),
        ('#at("agency.phone")', 'at("agency.phone")'),
        ('#at("answers.gone")', 'at("answers.gone")'),
        ("#data.signer.salary", "data.signer.salary"),
        ('#written("Không dấu")', 'written("Không dấu")'),
    ],
)
def test_a_field_that_no_dossier_fills_is_named(body: str, word: str) -> None:
    assert f"Mẫu gọi “{word}” nhưng không có ô nào như vậy" in words(body)


@pytest.mark.parametrize(
    "body",
    [
        '#read("base.typ")', '#include "base.typ"', '#eval("1")', '#plugin("x.wasm")', '#image("x.png")',
        '#csv("/etc/passwd")', "#sys.inputs.data", '#std.read("a")', '#import "@preview/tablex:0.0.8": *',
        '#import "/etc/x.typ": *', "#let r = read",
    ],
)  # fmt: skip
def test_a_template_reaches_for_nothing_outside(body: str) -> None:
    assert "Mẫu" in words(body)
    with pytest.raises(TrialFailed):
        trial(HEAD + body, SCHEMA, on=TODAY)


def test_layout_and_signature_block_are_demanded() -> None:
    own = '#import "base.typ": *\n#show: sheet.with(title: "Giấy")\n'
    assert "thiếu thể thức Nghị định 30" in words("Chữ", own)
    assert "thiếu khối chữ ký" in words("#letterhead() #paper-title[GIẤY]", own)
    assert words("#letterhead() #paper-title[GIẤY] #closing()", own) == ""


def test_a_trial_shows_the_pages_and_misses_nothing() -> None:
    seen = trial(HEAD + '#filled("Tên", answer("child_name"))', SCHEMA, on=TODAY)
    assert seen.faults == ()
    assert [page[:8] for page in seen.pages] == [b"\x89PNG\r\n\x1a\n"]


def test_a_paper_that_hides_its_signer_is_told() -> None:
    source = '#import "base.typ": *\n#show: sheet.with(title: "Giấy")\n#letterhead()\n#paper-title[GIẤY]\n'
    seen = trial(source + '#signature(name: "", title: "")', SCHEMA, on=TODAY)
    assert [one for one in seen.faults if "họ tên người ký" in one]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("#filled(", "chưa dàn trang được"),
        ("#while true {}", "chưa dàn trang được"),
        ("#for n in range(1000000000) [x]", "quá nhiều thời gian hoặc bộ nhớ"),
        ("#pagebreak()" * 30, "dài hơn 20 trang"),
    ],
)
def test_a_mistake_or_a_bomb_is_told_and_harms_nobody(body: str, why: str) -> None:
    with pytest.raises(TrialFailed, match=why):
        trial(HEAD + body, SCHEMA, on=TODAY)


def test_a_source_beyond_all_measure_is_not_even_tried() -> None:
    assert "dài quá" in words("x" * 50_000)


@pytest.mark.parametrize("refusal", [False, True])
def test_without_templates_of_its_own_a_case_has_the_standard_ones(refusal: bool) -> None:
    source = result_templates.source_of(result_templates.Case(), refusal=refusal)
    assert list(faults(source, {"pages": []})) == []
    assert trial(source, {"pages": []}, on=TODAY).faults == ()


def test_every_field_offered_may_be_used() -> None:
    schema = {"pages": [{"key": "a", "title": "A", "fields": list(eforms.fields(SCHEMA))}]}
    offered = [one.source for _title, group in result_templates.merge_fields(schema) for one in group]
    assert '#answer("child_name")' in offered
    assert words("\n".join(one.replace("[ … ]", "[ ]") for one in offered)) == ""


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.typ")), ids=lambda path: path.stem)
def test_shipped_templates_keep_to_the_layout_and_reach_for_nothing(path: Path) -> None:
    told = [one for one in faults(path.read_text("utf-8"), SCHEMA) if "không có ô nào như vậy" not in one]
    assert told == []
