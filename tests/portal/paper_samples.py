"""One full set of data for every paper: the world of the tests on paper."""

from copy import deepcopy
from typing import Any

SLIP: dict[str, Any] = {
    "number": "15/TNHS",
    "date": "2026-11-03",
    "form_number": "Mẫu 01",
    "reprint": "",
    "agency": {"name": "Ủy ban nhân dân xã Xuân Lôi", "parent_name": "", "place": "Xuân Lôi", "symbol": "UBND"},
    "unit": "Bộ phận Tiếp nhận và Trả kết quả",
    "dossier": {
        "code": "000.21.05.H62-261103-0001",
        "submitted_at": "2026-11-02T20:10:00+07:00",
        "accepted_at": "2026-11-03T08:05:00+07:00",
        "due_at": "2026-12-07T17:00:00+07:00",
    },
    "procedure": {"code": "1.010803", "name": "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ", "field": "Người có công"},
    "applicant": {
        "name": "Nguyễn Thị An",
        "address": "thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc",
        "phone": "0912345678",
        "email": "an@example.vn",
    },
    "officer": {"name": "Nguyễn Văn Bình", "title": "Công chức một cửa"},
    "signer": {"capacity": "TM. ỦY BAN NHÂN DÂN", "title": "Chủ tịch", "name": "Lê Tiến Dũng"},
    "verify_url": "https://motcua.example.vn/tra-cuu/000.21.05.H62-261103-0001",
    "evaluation_url": "https://motcua.example.vn/danh-gia/9f2c",
}

PARTS: dict[str, dict[str, Any]] = {
    "receipt": {
        "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "documents": [
            {
                "name": "Đơn đề nghị giải quyết chế độ trợ cấp thờ cúng liệt sĩ (Mẫu số 18)",
                "form": "Bản điện tử",
                "count": 1,
            },
            {"name": "Bản sao Bằng “Tổ quốc ghi công”", "form": "Bản sao chứng thực", "count": 1},
            {"name": "Văn bản ủy quyền của các thân nhân", "form": "Bản chính", "count": 2},
        ],
        "sets": 1,
        "time_limit": "24 ngày làm việc",
        "delivery": "Qua bưu chính, tại nơi thường trú",
        "fees": [{"name": "Lệ phí", "amount": 8000}, {"name": "Phí bản sao", "amount": 16000}],
        "payment": "Đã nộp",
        "register": {"book": "01", "line": "15"},
    },
    "supplement": {
        "title": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
        "form_number": "Mẫu 02",
        "items": [
            {
                "name": "Bằng “Tổ quốc ghi công”",
                "originals": 0,
                "copies": 1,
                "reason": "Ảnh mờ, không đọc được số bằng",
            },
            {"name": "Văn bản ủy quyền", "originals": 1, "copies": 0, "reason": "Thiếu chữ ký của bà Nguyễn Thị Bưởi"},
        ],
        "reason": "",
        "legal_basis": "Điều 9 Thông tư 01/2018/TT-VPCP",
        "answer_by": "2026-11-20T17:00:00+07:00",
        "contact": "Nguyễn Văn Bình, điện thoại 0211 3830 000",
    },
    "refusal": {
        "title": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
        "form_number": "Mẫu 03",
        "reasons": ["Liệt sĩ đã có người hưởng trợ cấp thờ cúng.", "Người đề nghị không thuộc diện được ủy quyền."],
        "legal_basis": "Điều 50 Nghị định 131/2021/NĐ-CP",
        "go_to": "Ủy ban nhân dân xã Tử Du",
    },
    "apology": {
        "title": "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
        "form_number": "Mẫu 04",
        "reason": "Chờ kết quả xác minh của Sở Lao động – Thương binh và Xã hội.",
        "new_due_at": "2026-12-14T17:00:00+07:00",
        "receivers": ["Như trên", "Bộ phận Tiếp nhận và Trả kết quả", "Lưu: VT"],
    },
    "stop_notice": {
        "title": "Thông báo dừng giải quyết hồ sơ",
        "form_number": "Mẫu 05",
        "reason": "Người nộp đề nghị rút hồ sơ.",
        "legal_basis": "Thông tư 03/2025/TT-VPCP",
        "papers": "Trả lại toàn bộ giấy tờ tại nơi nộp; hoàn 8.000 đồng lệ phí.",
        "receivers": ["Như trên", "Lưu: VT"],
    },
    "control_slip": {
        "title": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
        "form_number": "Mẫu 05",
        "hand_overs": [
            {
                "giver": "Bộ phận Một cửa xã Xuân Lôi",
                "giver_name": "Nguyễn Văn Bình",
                "receiver": "Công chức Văn hóa – Xã hội",
                "receiver_name": "Trần Thị Chi",
                "given_at": "2026-11-03T08:05:00+07:00",
                "received_at": "2026-11-03T09:00:00+07:00",
                "outcome": "Trước hạn",
                "note": "",
            },
            {
                "giver": "UBND xã Xuân Lôi",
                "giver_name": "Lê Tiến Dũng",
                "receiver": "UBND huyện Lập Thạch",
                "receiver_name": "Hoàng Văn Hải",
                "given_at": "2026-11-10T15:30:00+07:00",
                "received_at": "2026-11-11T07:45:00+07:00",
                "outcome": "Đúng hạn",
                "note": "Kèm bản giấy",
            },
        ],
    },
    "consultation": {
        "title": "Văn bản lấy ý kiến",
        "number": "01/LYK",
        "to": "Chi nhánh Văn phòng Đăng ký đất đai",
        "subject": "lấy ý kiến về hồ sơ 000.21.05.H62-261103-0001",
        "question": "Thửa đất số 12 có tranh chấp không?",
        "answer_by": "2026-11-10T17:00:00+07:00",
    },
    "minutes": {
        "title": "Biên bản kiểm tra thực tế",
        "held_at": "2026-11-10T08:30:00+07:00",
        "place": "thôn Đồng Xuân",
        "participants": "Bà Nguyễn Thị An; ông Trần Văn Tư, trưởng thôn",
        "purpose": "Kiểm tra nơi thờ cúng liệt sĩ",
        "minutes": "Nơi thờ cúng đúng như khai.",
        "recorded_by": "Trần Thị Chi",
    },
    "register": {
        "title": "Sổ theo dõi hồ sơ",
        "form_number": "Mẫu 06",
        "book": {"number": "01", "year": 2026, "opened_on": "2026-01-02", "closed_on": "2026-12-31"},
        "rows": [
            {
                "line": line,
                "code": f"000.21.05.H62-261103-{line:04}",
                "procedure": "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ",
                "sets": 1,
                "applicant": "Nguyễn Thị An",
                "contact": "thôn Đồng Xuân, xã Xuân Lôi; 0912345678",
                "agency": "Sở Lao động – Thương binh và Xã hội",
                "received_at": "2026-11-03T08:05:00+07:00",
                "due_at": "2026-12-07T17:00:00+07:00",
                "returned_at": "2026-12-04T10:00:00+07:00",
                "delivery": "Bưu chính",
                "signed": "Nguyễn Thị An",
                "note": "",
            }
            for line in range(1, 16)
        ],
        "totals": [{"label": "Tiếp nhận", "count": 15}, {"label": "Đã trả kết quả", "count": 15}],
    },
}

LIST: dict[str, Any] = {
    "province": "Tỉnh Vĩnh Phúc",
    "hotline": "1900 0000",
    "title": "Đăng ký khai sinh",
    "name": "Thủ tục đăng ký khai sinh",
    "code": "1.001193",
    "facts": [{"label": "Bao lâu có kết quả", "text": "Trong ngày làm việc"}],
    "cases": [
        {
            "name": "",
            "papers": [
                {
                    "name": "Giấy chứng sinh",
                    "tag": "",
                    "notes": ["1 bản chính"],
                    "others": [{"name": "Giấy cam đoan", "note": ""}],
                },
                {"name": "Nơi cư trú", "tag": "Không phải nộp", "notes": [], "others": []},
            ],
        }
    ],
    "sets": 1,
    "places": [{"name": "Một cửa xã Xuân Lôi", "contact": "Thôn Trung Tâm"}],
    "decision": "Quyết định công bố số 163/QĐ-BTP",
    "printed": "23/11/2026",
    "page_url": "https://motcua.example.vn/thu-tuc/1.001193",
}
# Papers about a procedure, not about one dossier.
NOTICES = {
    "checklist": LIST,
    "poster": LIST | {"size": "a3", "steps": ["Nộp", "Nhận"], "channels": ["Qua bưu điện"], "version": 1},
}
_AN = {"name": "Nguyễn Thị An", "phone": "0912345678", "address": "thôn Đồng Xuân, xã Xuân Lôi"}
# What goes along with parcels.
PARCELS: dict[str, dict[str, Any]] = {
    "labels": {"labels": [{"number": "RB1VN", "code": "000.21.05.H62-261109-0001", "sender": _AN, "receiver": _AN}],
               "p0_url": "RB1VN"},
    "hand_over_list": {
        **{name: SLIP[name] for name in ("agency", "unit", "date", "officer")},
        "printed_at": "2026-11-09T15:00:00+07:00",
        "rows": [{"number": "RB1VN", "code": "000.21.05.H62-261109-0001", "originals": "Sổ đỏ", **_AN}],
    },
}  # fmt: skip

_OFFICE = {name: SLIP[name] for name in ("agency", "date")}
# Books, and what stands behind a certified copy.
BOOKS: dict[str, dict[str, Any]] = {
    "outgoing": _OFFICE | {"period": "Tháng 11 năm 2026", "rows": [{
        "number": "15/QĐ-UBND", "date": "2026-11-09T15:00:00+07:00", "subject": "Quyết định trợ cấp",
        "signer": "Lê Tiến Dũng", "receivers": "Nguyễn Thị An", "kept_by": "Văn thư", "copies": "1", "note": "",
    }]},
    "copies_register": _OFFICE | {"title": "Sổ chứng thực bản sao", "year": 2026, "rows": [{
        "serial": 1, "date": "09/11/2026", "number": "01/2026-SCT/BS", "kind": "Chứng thực",
        "original": "Giấy khai sinh", "pages": 2, "asked_by": "Nguyễn Thị An", "signer": "Lê Tiến Dũng", "note": "",
    }]},
    "certification": _OFFICE | {
        "number": "01/2026-SCT/BS", "serial": "01", "year": 2026, "pages": 2, "signer": SLIP["signer"],
        "original": {"name": "Giấy khai sinh", "number": "12/2001", "date": "05/03/2001", "issuer": "UBND xã Tử Du",
                     "holder": "Nguyễn Thị An"},
        "verify_url": "https://motcua.example.vn/kiem-tra/ABCD-1234",
    },
}  # fmt: skip


def sample(kind: str) -> dict[str, Any]:
    """Data of a paper of that kind."""
    return deepcopy(SLIP | PARTS[kind])


RESULT: dict[str, Any] = {
    "number": "123/QĐ-UBND",
    "date": "2026-11-03",
    "agency": {"name": "Ủy ban nhân dân huyện Lập Thạch", "symbol": "UBND", "place": "Lập Thạch", "parent_name": ""},
    "signer": {"capacity": "TM. ỦY BAN NHÂN DÂN", "title": "Chủ tịch", "name": "Bùi Thị Oanh"},
    "dossier": {"code": "000.21.05.H62-261103-0001", "accepted_on": "2026-11-03", "submitted_on": "2026-11-02"},
    "procedure": {"code": "1.010803", "name": "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ"},
    "applicant": {
        "name": "Nguyễn Thị An",
        "personal_id": "026190001234",
        "birth_on": "1990-03-12",
        "address": "thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc",
        "phone": "0912345678",
    },
    "answers": {"martyr_name": "Nguyễn Văn Long", "from_year": "2027"},
    "answers_raw": {"children": [{"name": "Nguyễn Văn Một"}, {"name": "Nguyễn Thị Hai"}]},
    "stage_notes": ["Đủ điều kiện hưởng trợ cấp"],
    "text": {"reason": "Đã có người hưởng trợ cấp thờ cúng"},
    "verify_url": "https://motcua.example.vn/kiem-tra/ABCD-1234",
}
