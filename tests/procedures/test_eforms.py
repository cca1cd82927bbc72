"""One schema: what a page asks, what it keeps, what an officer reads."""

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from procedures import eforms
from procedures.eforms import Prefilled, Setting

SETTING = Setting(today=dt.date(2026, 11, 23), unit_set="2024", province="26")
SCHEMA: dict[str, Any] = {
    "pages": [
        {
            "key": "child",
            "title": "Trẻ",
            "fields": [
                {"key": "name", "type": "person_name", "label": "Họ và tên", "required": True, "index": True},
                {"key": "born_on", "type": "date", "label": "Ngày sinh", "required": True, "max": "today"},
                {
                    "key": "sex",
                    "type": "choice",
                    "label": "Giới tính",
                    "required": True,
                    "statistic": True,
                    "options": [{"value": "nam", "label": "Nam"}, {"value": "nu", "label": "Nữ"}],
                },
                {"key": "home", "type": "address", "label": "Nơi sinh", "required": True},
            ],
        },
        {
            "key": "family",
            "title": "Gia đình",
            "fields": [
                {"key": "has_father", "type": "yes_no", "label": "Có khai người cha", "required": True},
                {
                    "key": "father_id",
                    "type": "personal_id",
                    "label": "Số định danh của cha",
                    "required": True,
                    "condition": {"field": "has_father", "value": True},
                },
                {
                    "key": "kin",
                    "type": "group",
                    "label": "Anh chị em",
                    "entry_label": "Người",
                    "max": 2,
                    "fields": [
                        {"key": "name", "type": "person_name", "label": "Họ và tên", "required": True},
                        {"key": "born_on", "type": "date", "label": "Ngày sinh"},
                    ],
                },
                {"key": "copies", "type": "number", "label": "Số bản sao", "max": 20},
                {
                    "key": "fee",
                    "type": "computed",
                    "label": "Phí bản sao",
                    "formula": {"op": "times", "args": [{"field": "copies"}, 8000]},
                },
                {"key": "note", "type": "explanation", "text": "Bản sao có giá trị như bản chính."},
            ],
        },
    ]
}
CHILD = {
    "name": "Nguyễn  Văn Cường ",
    "born_on_0": "14",
    "born_on_1": "11",
    "born_on_2": "2026",
    "sex": "nam",
    "home_province": "26",
    "home_district": "246",
    "home_commune": "08836",
    "home_detail": "Trạm y tế xã",
}


def post(values: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for key, value in values.items():
        data.setlist(key, value if isinstance(value, list) else [value])
    return data


def page(key: str, data: dict[str, Any] | None = None, answers: dict[str, Any] | None = None, **given: Any) -> Any:
    posted = None if data is None else post(data)
    return eforms.build_form(SCHEMA, key, answers=answers or {}, setting=SETTING, data=posted, **given)


def test_a_page_keeps_its_answers_as_plain_json(units: None) -> None:
    form = page("child", CHILD)
    assert form.is_valid(), form.errors
    assert form.answers == {
        "name": "Nguyễn Văn Cường",
        "born_on": "2026-11-14",
        "sex": "nam",
        "home": {
            "unit_set": "2024",
            "province": "26",
            "district": "246",
            "commune": "08836",
            "detail": "Trạm y tế xã",
            "text": "Trạm y tế xã, Xã Xuân Lôi, Huyện Lập Thạch, Tỉnh Vĩnh Phúc",
        },
    }


def test_errors_say_what_to_do_in_the_words_of_the_label(units: None) -> None:
    form = page("child", CHILD | {"name": "", "born_on_2": "2052", "sex": "khac", "home_commune": "99999"})
    assert form.errors == {
        "name": ["Nhập họ và tên"],
        "born_on": ["Ngày sinh phải là hôm nay hoặc trước đó"],
        "sex": ["Chọn một mục có trong danh sách"],
        "home": ["Chọn xã, phường"],
    }


def test_a_date_that_does_not_exist_is_named_as_such(units: None) -> None:
    form = page("child", CHILD | {"born_on_0": "31", "born_on_1": "2"})
    assert "không có trong lịch" in form.errors["born_on"][0]


def test_choosing_another_province_lists_its_districts_and_keeps_everything_typed(units: None) -> None:
    empty = page("child")
    assert 'name="home_listed" value=".26."' in str(empty)
    form = page("child", CHILD | {"home_province": "25", "home_district": "", "home_listed": ".26."})
    assert not form.is_bound
    drawn = str(form)
    assert "Thành phố Việt Trì" in drawn
    assert "Nguyễn  Văn Cường" in drawn
    assert "emsg" not in drawn
    stale = page("child", CHILD | {"home_province": "25", "home_listed": ".26.246"})
    assert not stale.is_bound  # district and commune still of the province before
    asked = page("child", CHILD | {"home_province": "26", "home_district": "", "home_listed": ".26."})
    assert asked.errors["home"] == ["Chọn quận, huyện"]


def test_two_tier_addresses_ask_for_no_district(units: None) -> None:
    setting = Setting(today=SETTING.today, unit_set="2025")
    data = CHILD | {"home_province": "25", "home_commune": "08866"}
    form = eforms.build_form(SCHEMA, "child", answers={}, setting=setting, data=post(data))
    assert form.is_valid(), form.errors
    assert form.answers["home"]["text"] == "Trạm y tế xã, Xã Xuân Lôi, Tỉnh Phú Thọ"


def test_a_field_that_a_choice_brings_up_is_shown_before_it_is_asked(units: None) -> None:
    assert "father_id" not in page("family").fields
    shown = {"has_father": "true", "_shown": "has_father kin copies fee note"}
    again = page("family", shown)
    assert not again.is_bound
    assert "father_id" in again.fields
    refused = page("family", shown | {"_shown": "has_father father_id kin copies fee note"})
    assert refused.errors == {"father_id": ["Nhập số định danh của cha"]}


def test_an_answer_whose_condition_fails_is_not_kept(units: None) -> None:
    form = page("family", {"has_father": "false", "father_id": "026090001234", "copies": "2"})
    assert form.is_valid(), form.errors
    assert form.answers == {"has_father": False, "copies": 2, "fee": 16000}
    kept = eforms.keep_page(SCHEMA, "family", {"name": "A", "father_id": "026090001234"}, form)
    assert kept == {"name": "A", "has_father": False, "copies": 2, "fee": 16000}


def test_entries_are_added_and_dropped_by_buttons(units: None) -> None:
    typed = {"has_father": "false", "kin-count": "1", "kin-0-name": "Lê Thị Hoa", "kin-0-born_on_2": "2010"}
    more = page("family", typed | {"_them": "kin"})
    assert not more.is_bound
    drawn = str(more)
    assert 'name="kin-1-name"' in drawn
    assert 'value="Lê Thị Hoa"' in drawn
    assert 'value="2010"' in drawn
    fewer = page("family", typed | {"_bo": "kin-0"})
    assert 'name="kin-0-name"' not in str(fewer)


def test_an_entry_with_a_mistake_is_pointed_out_and_an_empty_one_is_dropped(units: None) -> None:
    typed = {"has_father": "false", "kin-count": "2", "kin-0-name": "", "kin-0-born_on_2": "20", "kin-1-name": ""}
    form = page("family", typed)
    assert form.errors == {"kin": ["Xem lại mục 1"]}
    assert str(form).count("Nhập đủ ngày, tháng và năm") == 1
    assert str(form).count("Nhập họ và tên") == 1
    form = page("family", typed | {"kin-0-name": "Lê Thị Hoa", "kin-0-born_on_2": ""})
    assert form.is_valid(), form.errors
    assert form.answers["kin"] == [{"name": "Lê Thị Hoa"}]


def test_a_locked_value_is_text_with_its_source_and_no_post_replaces_it(units: None) -> None:
    prefilled = {"name": Prefilled("Nguyễn Thị An", "định danh điện tử", True)}
    form = page("child", CHILD | {"name": "Kẻ Mạo Danh"}, prefilled=prefilled)
    assert form.is_valid(), form.errors
    assert form.answers["name"] == "Nguyễn Thị An"
    drawn = str(page("child", prefilled=prefilled))
    assert "Nguyễn Thị An" in drawn
    assert "Lấy từ định danh điện tử" in drawn
    assert 'name="name"' not in drawn


def test_a_prefilled_address_in_one_line_is_found_among_the_units(units: None) -> None:
    known = Prefilled("thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc", "định danh điện tử")
    drawn = str(page("child", prefilled={"home": known}))
    assert '<option value="08836" selected>' in drawn
    assert 'value="thôn Đồng Xuân"' in drawn


def test_the_whole_document_is_checked_alike(units: None) -> None:
    answers = page_answers()
    assert eforms.clean_answers(SCHEMA, answers, setting=SETTING) == answers
    with pytest.raises(eforms.AnswersRefused) as refused:
        eforms.clean_answers(SCHEMA, {"has_father": True, "born_on": 5, "evil": 1}, setting=SETTING)
    assert set(refused.value.errors) == {"name", "born_on", "sex", "home", "father_id", "evil"}


def page_answers() -> dict[str, Any]:
    first, second = page("child", CHILD), page("family", {"has_father": "true", "father_id": "026 085 004 321"})
    assert first.is_valid()
    assert second.is_valid()
    return dict(first.answers | second.answers)


def test_an_officer_reads_labels_and_words(units: None) -> None:
    answers = page_answers() | {"kin": [{"name": "Lê Thị Hoa", "born_on": "2010-05-01"}]}
    assert dict(eforms.display(SCHEMA, answers)) == {
        "Trẻ": [
            ("Họ và tên", "Nguyễn Văn Cường"),
            ("Ngày sinh", "14/11/2026"),
            ("Giới tính", "Nam"),
            ("Nơi sinh", "Trạm y tế xã, Xã Xuân Lôi, Huyện Lập Thạch, Tỉnh Vĩnh Phúc"),
        ],
        "Gia đình": [
            ("Có khai người cha", "Có"),
            ("Số định danh của cha", "026085004321"),
            ("Người 1: Họ và tên", "Lê Thị Hoa"),
            ("Người 1: Ngày sinh", "01/05/2010"),
            ("Số bản sao", "Không có"),
            ("Phí bản sao", "0"),
        ],
    }


def test_a_paper_prints_words_and_nothing_for_the_unanswered(units: None) -> None:
    words = eforms.printed(SCHEMA, page_answers())
    assert (words["born_on"], words["has_father"], "kin" in words) == ("14/11/2026", "Có", False)


def test_only_marked_answers_leave_the_sealed_document(units: None) -> None:
    answers = page_answers()
    assert eforms.marked(SCHEMA, answers, "index") == {"name": "Nguyễn Văn Cường"}
    assert eforms.marked(SCHEMA, answers, "statistic") == {"sex": "nam"}


def test_the_interface_gets_a_json_schema() -> None:
    schema = eforms.api_schema(SCHEMA)
    assert schema["required"] == ["name", "born_on", "sex", "home", "has_father"]
    assert schema["properties"]["sex"]["enum"] == ["nam", "nu"]
    assert schema["properties"]["kin"]["items"]["required"] == ["name"]
    assert schema["properties"]["father_id"]["x-condition"] == {"field": "has_father", "value": True}


def test_facts_are_put_where_the_schema_names_them() -> None:
    schema = {
        "pages": [{"key": "a", "title": "A", "fields": [{"key": "x", "type": "text", "prefill": "profile.phone"}]}]
    }
    fact = Prefilled("0912345678", "định danh điện tử", False)
    assert eforms.prefill_map(schema, {"profile.phone": fact, "profile.email": fact}) == {"x": fact}
    assert eforms.prefill_map(schema, {"profile.phone": Prefilled("", "", False)}) == {}


def test_nul_bytes_and_wrong_encodings_are_answered_with_words(units: None) -> None:
    form = page("child", CHILD | {"name": "An\x00", "home_detail": "a\x00b"})
    assert "ký tự không dùng được" in form.errors["name"][0]
    assert "ký tự không dùng được" in form.errors["home"][0]


def test_decomposed_vietnamese_is_stored_composed(units: None) -> None:
    form = page("child", CHILD | {"name": "Nguye\u0302\u0303n Thi\u0323 An"})
    assert form.is_valid()
    assert form.answers["name"] == "Nguyễn Thị An"


def test_hostile_posts_are_refused_without_harm(units: None) -> None:
    form = page("family", {"has_father": "perhaps", "kin-count": "9" * 30, "copies": "١٢", "_bo": "kin-x"})
    assert not form.is_bound
    form = page("family", {"has_father": "perhaps", "kin-count": "-1", "copies": "1e99"})
    assert set(form.errors) == {"has_father", "copies"}
    plain = eforms.build_form(SCHEMA, "child", answers={}, setting=SETTING, data=MultiValueDict({"home": ["x"]}))
    assert plain.errors["home"] == ["Chọn tỉnh, thành phố"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([{"key": "A", "type": "text", "label": "x"}], "mã riêng"),
        ([{"key": "a", "type": "tex", "label": "x"}], "Loại ô tex"),
        ([{"key": "a", "type": "text"}], "chưa có nhãn"),
        ([{"key": "a", "type": "choice", "label": "x"}], "chưa có lựa chọn"),
        ([{"key": "a", "type": "group", "label": "x", "fields": []}], "Nhóm chưa có ô"),
        ([{"key": "a", "type": "text", "label": "x", "pattern": "("}], "Mẫu ký tự"),
        (
            [{"key": "a", "type": "text", "label": "x", "condition": {"field": "b", "op": "filled"}}],
            "ô b, nhưng ô đó không đứng trước",
        ),
        ([{"key": "a", "type": "text", "label": "x", "condition": {"op": "is"}}], "Điều kiện"),
        ([{"key": "a", "type": "computed", "label": "x", "formula": "1+1"}], "Công thức"),
        ([{"key": "a", "type": "text", "label": "x"}] * 2, "mã riêng"),
    ],
)
def test_a_schema_that_could_not_be_filled_in_is_refused(fields: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(eforms.SchemaMistake, match=words):
        eforms.check({"pages": [{"key": "a", "title": "A", "fields": fields}]})


def test_a_page_without_visible_fields_is_skipped() -> None:
    condition = {"field": "has_father", "value": True}
    father = {"key": "job", "type": "text", "label": "Nghề", "condition": condition}
    schema = {"pages": [*SCHEMA["pages"], {"key": "father", "title": "Cha", "fields": [father]}]}
    eforms.check(schema)
    assert [one["key"] for one in eforms.visible_pages(schema, {})] == ["child", "family"]
    assert [one["key"] for one in eforms.visible_pages(schema, {"has_father": True})] == ["child", "family", "father"]


def test_entries_are_checked_as_json_too(units: None) -> None:
    def kin(entries: object) -> Any:
        answers = {"has_father": False, "kin": entries}
        family = {"pages": [SCHEMA["pages"][1]]}
        return eforms.clean_answers(family, answers, setting=SETTING)["kin"]

    assert kin([{"name": "Lê Hoa", "born_on": "2010-05-01"}, {"name": ""}]) == [
        {"name": "Lê Hoa", "born_on": "2010-05-01"}
    ]
    for wrong, words in [
        ([{"born_on": "2010-05-01"}], "Xem lại mục 1"),
        ("Lê Hoa", "không đúng kiểu"),
        ([{"name": "A"}] * 3, "Nhiều nhất 2"),
    ]:
        with pytest.raises(eforms.AnswersRefused, match=words):
            kin(wrong)


def test_a_locked_value_stands_over_what_a_program_sends(units: None) -> None:
    known = {
        "name": Prefilled("Nguyễn Thị An", "định danh điện tử", True),
        "home": Prefilled("thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc", "định danh điện tử", True),
    }
    sent = {"name": "Kẻ Mạo Danh", "born_on": "2026-11-14", "sex": "nam", "home": "x", "has_father": False}
    found = eforms.clean_answers(SCHEMA, sent, setting=SETTING, prefilled=known)
    assert found["name"] == "Nguyễn Thị An"
    assert (found["home"]["commune"], found["home"]["detail"]) == ("08836", "thôn Đồng Xuân")
    assert found["home"]["text"].startswith("thôn Đồng Xuân, xã Xuân Lôi")


def test_words_for_every_kind_of_answer() -> None:
    options = [{"value": "a", "label": "Mục A"}, {"value": "b", "label": "Mục B"}]
    fields = [
        {"key": "many", "type": "multi_choice", "label": "Nhiều", "options": options},
        {"key": "capital", "type": "money", "label": "Vốn"},
        {"key": "area", "type": "number", "label": "Diện tích", "decimals": 1},
    ]
    schema = {"pages": [{"key": "p", "title": "P", "fields": fields}]}
    eforms.check(schema)
    answers = eforms.clean_answers(
        schema, {"many": ["b", "a"], "capital": "1.250.000", "area": "1.200,5"}, setting=SETTING
    )
    words = dict(eforms.display(schema, answers)[0][1])
    assert words == {"Nhiều": "Mục A; Mục B", "Vốn": "1.250.000 đồng", "Diện tích": "1.200,5"}
