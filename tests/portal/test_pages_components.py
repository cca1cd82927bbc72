"""The tags of the design language: what they say to eyes, to screen readers and to keyboards."""

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings

from portal.floor import markup
from portal.floor.actor import Actor, Seat
from portal.floor.dateparts import DatePartsField
from portal.navigation import groups, workspace


def draw(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class Form(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trên căn cước")
    born_on = DatePartsField(label="Ngày sinh", latest=dt.date(2026, 11, 23))
    sex = forms.ChoiceField(label="Giới tính", choices=[("f", "Nữ"), ("m", "Nam")], widget=forms.RadioSelect)
    note = forms.CharField(label="Ghi chú", required=False)


def test_a_field_ties_label_help_and_error_to_its_box() -> None:
    html = draw("{% field form.name 'person_name' %}", form=Form({}))
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="name"' in html
    assert 'id="id_name_error"' in html
    assert "required" not in draw("{% field form.note %}", form=Form({}))


def test_what_was_typed_is_escaped_and_kept() -> None:
    html = draw("{% field form.name %}", form=Form({"name": '"><script>x</script>'}))
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_the_error_summary_leads_to_the_first_box_of_each_field() -> None:
    html = draw("{% error_summary form %}", form=Form({}))
    for anchor in ("#id_name", "#id_born_on_0", "#id_sex_0"):
        assert f'href="{anchor}"' in html
    assert "Có 3 chỗ cần sửa" in html
    assert draw("{% error_summary form %}", form=Form()).strip() == ""


@pytest.mark.parametrize(
    "typed", [("27", "3", "1990"), ("27", "03", "1990"), (" 27 ", "tháng 3", "1990"), ("27/", "3.", " 1990")]
)
def test_a_date_is_understood_as_people_write_it(typed: tuple[str, str, str]) -> None:
    form = Form({f"born_on_{part}": text for part, text in enumerate(typed)} | {"name": "An", "sex": "f"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born_on"] == dt.date(1990, 3, 27)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("", "", ""), "Nhập ngày, tháng, năm"),
        (("27", "", "1990"), "Nhập đủ ngày, tháng và năm"),
        (("31", "2", "1990"), "không có trong lịch"),
        (("27", "3", "90"), "bốn chữ số"),
        (("14", "11", "2052"), "Ngày phải là 23/11/2026 hoặc trước đó"),
    ],
)
def test_a_wrong_date_is_answered_with_what_to_do(typed: tuple[str, str, str], message: str) -> None:
    form = Form({f"born_on_{part}": text for part, text in enumerate(typed)})
    html = draw("{% field form.born_on %}", form=form)
    assert message in html
    for text in typed:
        assert f'value="{text}"' in html


@pytest.mark.parametrize("state", markup.SLA_ICONS)
def test_a_deadline_speaks_in_words_not_in_colour_alone(state: str) -> None:
    html = draw("{% sla deadline %}", deadline={"state": state, "text": "Còn 3 giờ", "due": "Hẹn 16:30", "share": 0.88})
    assert "Còn 3 giờ" in html
    assert "Hẹn 16:30" in html
    assert html.count('aria-hidden="true"') == 2
    assert "style" not in html


def test_each_state_of_a_deadline_has_a_shape_of_its_own() -> None:
    shapes = {markup.icon(name) for name in markup.SLA_ICONS.values()}
    assert len(shapes) == len(markup.SLA_ICONS)


@pytest.mark.parametrize(("share", "width"), [(-1, "h0"), (0.5, "h50"), (7, "h100")])
def test_the_meter_never_leaves_its_track(share: float, width: str) -> None:
    assert f"M0 0{width}v5" in markup.sla({"state": "on_time", "text": "x", "share": share})


def test_an_unknown_icon_stops_the_page_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        markup.icon("no-such-icon")


def test_buttons_announce_their_shortcut_and_links_stay_links() -> None:
    html = draw('{% button "Trình ký" "secondary" "arrow-right" key="T" name="viec" value="trinh" %}')
    assert 'aria-keyshortcuts="T"' in html
    assert 'name="viec" value="trinh"' in html
    assert html.startswith("<button")
    assert draw('{% button "Mở" href=url %}', url="/a?b=1&c=2") == '<a class="btn" href="/a?b=1&amp;c=2">Mở</a>'


def test_a_table_row_escapes_what_people_wrote() -> None:
    rows = [{"id": "1", "label": "H1", "cells": ["<b>An</b>", {"text": "<i>", "sub": "</td>", "url": "/x"}]}]
    html = draw("{% table columns rows 'Hồ sơ' 'chon' %}", columns=["A", "B"], rows=rows)
    assert "<b>An" not in html
    assert "<i>" not in html
    assert 'name="chon" value="1"' in html
    assert "<caption" in html


def test_a_paper_nobody_has_to_bring_is_ticked_off() -> None:
    papers = [{"name": "Căn cước", "notes": [], "tag": "Không phải nộp"}, {"name": "Giấy chứng sinh", "notes": []}]
    html = draw("{% prep_list papers %}", papers=papers)
    assert html.count('class="auto"') == 1
    assert "Không phải nộp" in html


def test_the_current_step_is_announced() -> None:
    stops = [{"label": "Đã gửi", "state": "done"}, {"label": "Đang giải quyết", "state": "current"}]
    assert draw("{% rail stops %}", stops=stops).count('aria-current="step"') == 1


def test_fifty_rows_of_a_queue_are_drawn_without_a_template_per_row() -> None:
    deadline = {"state": "on_time", "text": "Còn 1 ngày", "share": 0.1}
    rows = [{"id": str(n), "cells": [{"text": n, "sla": deadline}]} for n in range(50)]
    html = draw("{% table columns rows 'Hồ sơ' %}", columns=["A"], rows=rows)
    assert html.count("<tr") == 51


def test_an_officer_sees_the_places_of_his_roles_alone() -> None:
    def words(*roles: str) -> list[str]:
        return [str(link["text"]) for group in groups(frozenset(roles)) for link in group["links"]]  # type: ignore[attr-defined]

    assert words("specialist") == ["Hàng việc", "Trả lời ý kiến", "Bản sao"]
    own = ["Điều phối", "Người dùng", "Cơ quan", "Địa bàn", "Lịch làm việc", "Chứng thư số", "Nhật ký"]
    assert words("operator") == own
    assert {"Thủ tục", "Nhật ký"} <= set(words("catalogue_editor"))
    assert not {"Người dùng", "Hàng việc"} & set(words("catalogue_editor"))
    assert words("citizen") == []


def test_the_officers_shell_names_person_role_and_agency(db: None) -> None:
    request = RequestFactory().get("/can-bo/hang-viec")
    request.actor = Actor(
        kind="officer", name="Trần Thị Chi", seats=(Seat(1, 1, "specialist", "Công chức", agency="UBND xã Xuân Lôi"),)
    )  # type: ignore[attr-defined]
    shown: Any = workspace(request)
    assert (shown["initials"], shown["role"], shown["agency"]) == ("TC", "Chuyên viên", "UBND xã Xuân Lôi")


@pytest.mark.parametrize("path", ["/kieu-dang/", "/kieu-dang/bieu-mau", "/kieu-dang/can-bo"])
def test_the_style_guide_shows_every_component(db: None, client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_style_guide_is_not_for_the_public_in_production(db: None, client: Client) -> None:
    with override_settings(DEMO=False, DEBUG=False):
        assert client.get("/kieu-dang/").status_code == 404
