"""`/kieu-dang/`: every component in every state, for developers and for the tests that look at them."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.floor.dateparts import DatePartsField
from portal.models import User
from portal.views.style_guide_samples import CITIZEN, STAFF

PAGES = {
    "": "portal/style_guide.html",
    "bieu-mau": "portal/style_guide_forms.html",
    "can-bo": "portal/style_guide_staff.html",
}


class Sample(forms.Form):
    full_name = forms.CharField(label="Họ và tên", help_text="Như trên thẻ căn cước")
    personal_id = forms.CharField(label="Số định danh", help_text="12 chữ số")
    born_on = DatePartsField(label="Ngày sinh", help_text="Ví dụ 27 3 1990", latest=dt.date(2026, 11, 23))
    sex = forms.ChoiceField(label="Giới tính", choices=[("f", "Nữ"), ("m", "Nam")], widget=forms.RadioSelect)
    receive = forms.ChoiceField(
        label="Nhận kết quả ở đâu",
        choices=[
            ("post", "Bưu điện giao tận nhà"),
            ("counter", "Tại bộ phận một cửa"),
            ("online", "Chỉ cần bản điện tử"),
        ],
        widget=forms.RadioSelect,
    )
    papers = forms.MultipleChoiceField(
        label="Bạn đang có",
        choices=[("birth", "Giấy chứng sinh"), ("marriage", "Giấy chứng nhận kết hôn")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    field = forms.ChoiceField(
        label="Lĩnh vực", choices=[("", "Chọn một lĩnh vực"), ("ht", "Hộ tịch"), ("dd", "Đất đai")]
    )
    phone = forms.CharField(label="Điện thoại", required=False)
    email = forms.EmailField(label="Thư điện tử", required=False)
    income = forms.CharField(label="Thu nhập mỗi tháng", required=False)
    copies = forms.CharField(label="Số bản sao", required=False)
    reason = forms.CharField(label="Lý do", widget=forms.Textarea, required=False)
    paper = forms.FileField(label="Giấy chứng sinh", help_text="PDF hoặc ảnh, tối đa 20 MB", required=False)
    agree = forms.BooleanField(label="Tôi đồng ý", help_text="Bạn có thể rút lại bất cứ lúc nào")


@require_safe
def style_guide(request: HttpRequest, page: str = "") -> HttpResponse:
    user = request.user
    officer = isinstance(user, User) and user.kind == User.Kind.OFFICER
    if page not in PAGES or not (settings.DEBUG or settings.DEMO or officer):
        raise Http404
    return render(request, PAGES[page], _samples(page))


def _samples(page: str) -> dict[str, Any]:
    if page == "can-bo":
        return STAFF
    if page == "bieu-mau":
        wrong = {"full_name": "Nguyễn Thị An", "born_on_0": "14", "born_on_1": "11", "born_on_2": "2052", "sex": "f"}
        return {"blank": Sample(auto_id="trong_%s", use_required_attribute=False), "form": Sample(wrong)} | CITIZEN
    return CITIZEN
