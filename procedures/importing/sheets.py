"""The sheets of a catalogue workbook: what a record holds, laid out so that people can fill it in.

Every sheet but the first begins with the procedure's code and the case's key; without a case it is "chung". A sheet or
column that is absent says nothing: what stands in the catalogue stays.
"""

from typing import Any

from procedures.importing.spreadsheets import Column, Sheet
from procedures.models import (
    ClockStart,
    FeeRule,
    Level,
    OnlineScope,
    PartialReason,
    ReturnWay,
    Role,
    RouteStage,
    TimeUnit,
)


def _choices(of: Any) -> dict[str, Any]:
    return dict(of.choices)


CHANNELS = {"direct": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu điện"}
CODE, OF, CASE = Column("code", "Mã thủ tục"), Column("procedure", "Mã thủ tục"), Column("case", "Mã trường hợp")
LEVELS = _choices(Level)

PROCEDURES = Sheet(
    "Thủ tục",
    (
        CODE,
        Column("code_suffix", "Phần đuôi của mã"),
        Column("name", "Tên thủ tục", width=60),
        Column("short_name", "Tên gọi thường ngày", width=30),
        Column("field.code", "Mã lĩnh vực"),
        Column("field.name", "Lĩnh vực", width=24),
        Column("field.slug", "Địa chỉ của lĩnh vực"),
        Column("level", "Cấp giải quyết", "choice", choices=LEVELS),
        Column("national", "Thuộc CSDL quốc gia", "flag"),
        Column("decision.number", "Số quyết định công bố"),
        Column("decision.title", "Trích yếu quyết định"),
        Column("decision.signed_on", "Ngày ký quyết định", "day"),
        Column("decision.effective_on", "Ngày quyết định có hiệu lực", "day"),
        Column("valid_from", "Áp dụng từ", "day"),
        Column("published", "Đang áp dụng", "flag"),
        Column("steps", "Trình tự thực hiện", "lines", 60),
        Column("channels", "Cách thức thực hiện", "codes", choices=CHANNELS),
        Column("audience", "Đối tượng thực hiện", "lines", 30),
        Column("competent", "Cơ quan có thẩm quyền", width=40),
        Column("conditions", "Yêu cầu, điều kiện", width=40),
        Column("legal_basis", "Căn cứ pháp lý", "lines", 40),
        Column("dossier_sets", "Số bộ hồ sơ", "whole"),
        Column("online_scope", "Mức độ trực tuyến", "choice", choices=_choices(OnlineScope)),
        Column("partial_kind", "Loại lý do chưa toàn trình", "choice", choices=_choices(PartialReason)),
        Column("partial_reason", "Lý do chưa toàn trình"),
        Column("partial_basis", "Căn cứ của lý do"),
        Column("return_ways", "Cách nhận kết quả", "codes", choices=_choices(ReturnWay)),
        Column("no_post_reason", "Lý do không qua bưu điện"),
        Column("notes", "Ghi chú dữ liệu", width=40),
        Column("popularity", "Mức hay dùng", "whole"),
        Column("keywords", "Từ người dân hay gõ", width=30),
        Column("life_events", "Việc trong đời", "codes"),
        Column("agencies.receives", "Nơi tiếp nhận", "level_or_codes", 24, choices=LEVELS),
        Column("agencies.competent", "Nơi có thẩm quyền", "level_or_codes", 24, choices=LEVELS),
    ),
    needed=True,
)
CASES = Sheet(
    "Trường hợp",
    (
        OF,
        Column("key", "Mã trường hợp"),
        Column("name", "Tên trường hợp", width=30),
        Column("condition", "Điều kiện", "json"),
        Column("time.amount", "Thời hạn", "whole"),
        Column("time.unit", "Đơn vị thời hạn", "choice", choices=_choices(TimeUnit)),
        Column("time.starts", "Tính từ khi", "choice", choices=_choices(ClockStart)),
        Column("time.legal_amount", "Thời hạn theo luật", "whole"),
        Column("time.cutoff", "Giờ chốt trong ngày", "clock"),
        Column("result.name", "Kết quả", width=40),
        Column("result.code", "Mã kết quả"),
        Column("result.symbol", "Ký hiệu văn bản"),
        Column("result.template_source", "Mẫu kết quả"),
        Column("result.refusal_source", "Mẫu từ chối"),
        Column("instant", "Trả ngay tại quầy", "flag"),
        Column("upload_result", "Cho tải lên kết quả", "flag"),
        Column("form", "Tờ khai điện tử", "json"),
        Column("pause_grounds", "Căn cứ tạm dừng", "json"),
        Column("route.decision", "Quyết định phê duyệt quy trình"),
    ),
)
DOCUMENTS = Sheet(
    "Thành phần",
    (
        OF,
        CASE,
        Column("key", "Mã giấy tờ"),
        Column("name", "Tên giấy tờ", width=60),
        Column("hint", "Hướng dẫn", width=30),
        Column("group", "Nhóm thay thế nhau"),
        Column("required", "Bắt buộc", "flag"),
        Column("originals", "Số bản chính", "whole"),
        Column("copies", "Số bản sao", "whole"),
        Column("source", "Lấy từ cơ sở dữ liệu", width=30),
        Column("is_form", "Là tờ khai điện tử", "flag"),
        Column("form_name", "Tên mẫu đơn", width=30),
        Column("condition", "Điều kiện", "json"),
    ),
)
FEES = Sheet(
    "Phí, lệ phí",
    (
        OF,
        CASE,
        Column("kind", "Loại", "choice", choices=_choices(FeeRule.Kind)),
        Column("name", "Tên khoản thu", width=40),
        Column("amount", "Số tiền (đồng)", "whole"),
        Column("reduction_percent", "Miễn, giảm (%)", "whole"),
        Column("channel", "Cách nộp hồ sơ", "choice", choices=CHANNELS),
        Column("per", "Tính theo ô của tờ khai"),
        Column("legal_basis", "Căn cứ", width=30),
        Column("valid_from", "Áp dụng từ", "day"),
        Column("valid_to", "Áp dụng đến", "day"),
        Column("condition", "Điều kiện", "json"),
    ),
)
RESULTS = Sheet("Kết quả khác", (OF, CASE, Column("name", "Tên kết quả", width=60), Column("code", "Mã kết quả")))
STAGES = Sheet(
    "Quy trình",
    (
        OF,
        CASE,
        Column("key", "Mã bước"),
        Column("name", "Tên bước", width=40),
        Column("kind", "Việc", "choice", choices=_choices(RouteStage.Kind)),
        Column("level", "Cấp", "choice", choices=LEVELS),
        Column("agency_rule", "Cơ quan thực hiện", "choice", 24, _choices(RouteStage.AgencyRule)),
        Column("agency", "Mã cơ quan ghi đích danh"),
        Column("agency_field", "Ô địa chỉ của tờ khai"),
        Column("department", "Phòng, ban"),
        Column("role", "Vai trò", "choice", choices=_choices(Role)),
        Column("hours", "Số giờ làm việc", "hours"),
        Column("condition", "Điều kiện", "json"),
    ),
)
CONSULTATIONS = Sheet(
    "Lấy ý kiến",
    (
        OF,
        CASE,
        Column("stage", "Mã bước"),
        Column("agency", "Mã cơ quan được hỏi"),
        Column("question", "Nội dung lấy ý kiến", width=40),
        Column("hours", "Số giờ làm việc", "hours"),
        Column("condition", "Điều kiện", "json"),
    ),
)
SHEETS = (PROCEDURES, CASES, DOCUMENTS, FEES, RESULTS, STAGES, CONSULTATIONS)
