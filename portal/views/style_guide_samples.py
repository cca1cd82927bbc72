"""Invented rows for the style guide; no page of the product shows them."""

from typing import Any

DEADLINES = [
    {"state": "on_time", "text": "Còn 7 ngày", "due": "Hẹn 02/12 11:00", "share": 0.32},
    {"state": "due_soon", "text": "Còn 3 giờ", "due": "Hẹn hôm nay 16:30", "share": 0.88},
    {"state": "overdue", "text": "Quá hạn 1 ngày", "due": "Hẹn 21/11 17:00", "share": 1},
    {"state": "paused", "text": "Tạm dừng 3 ngày", "due": "Hết hạn bổ sung 04/12", "share": 0.45},
    {"state": "done_early", "text": "Xong sớm 2 ngày", "due": "Hẹn 25/11 11:00", "share": 0.7},
    {"state": "intake", "text": "Còn 8 giờ tiếp nhận", "due": "Phải trả lời trước 16:00", "share": 0.06},
]
TONES = ["", "blue", "green", "amber", "red", "violet", "outline"]

CITIZEN: dict[str, Any] = {
    "deadlines": DEADLINES,
    "tones": TONES,
    "trail": [{"text": "Trang chủ", "url": "/"}, {"text": "Hộ tịch", "url": "/thu-tuc"}, {"text": "Đăng ký khai sinh"}],
    "facts": [
        {"icon": "clock", "label": "Bao lâu có kết quả", "text": "Trong ngày làm việc"},
        {"icon": "wallet", "label": "Lệ phí", "text": "Miễn phí nếu đúng hạn"},
        {"icon": "map-pin", "label": "Nơi giải quyết", "text": "UBND xã nơi cha hoặc mẹ ở"},
        {"icon": "file-text", "label": "Bạn nhận được", "text": "Giấy khai sinh"},
    ],
    "answers": [
        {"label": "Họ và tên", "text": "H’Blŏk Niê", "url": "#ho-ten"},
        {"label": "Nơi ở", "text": "Thôn Đồng Xuân\nxã Xuân Lôi", "url": "#noi-o"},
        {"label": "Điện thoại", "text": "", "url": "#dien-thoai"},
    ],
    "plain": [{"label": "Bản điện tử", "text": "Ngay khi ký"}, {"label": "Bản giấy", "text": "Bưu điện giao tận nhà"}],
    "papers": [
        {"name": "Giấy chứng sinh", "notes": ["Bệnh viện hoặc trạm y tế cấp", "1 bản chính"], "tag": ""},
        {"name": "Giấy tờ của cha, mẹ", "notes": ["Lấy từ cơ sở dữ liệu dân cư."], "tag": "Không phải nộp"},
    ],
    "story": [
        {"title": "Bạn điền và gửi", "text": "Khoảng 10 phút."},
        {"title": "Một cửa kiểm tra", "text": "Trả lời trong 8 giờ làm việc."},
        {"title": "Bạn nhận kết quả", "text": "Bản điện tử ngay khi ký."},
    ],
    "tasks": [
        {"title": "Người được khai sinh", "url": "#1", "status": "done"},
        {"title": "Cha và mẹ", "url": "#2", "status": "doing", "hint": "Còn 2 câu hỏi"},
        {"title": "Giấy tờ", "url": "#3", "status": "todo"},
        {"title": "Kiểm tra và gửi", "status": "blocked"},
    ],
    "stops": [
        {"label": "Đã gửi", "sub": "24/11, 07:58", "state": "done"},
        {"label": "Một cửa nhận", "sub": "24/11, 09:05", "state": "done"},
        {"label": "Đang giải quyết", "sub": "từ 24/11, 09:20", "state": "current"},
        {"label": "Lãnh đạo ký", "sub": "dự kiến 25/11", "state": ""},
        {"label": "Trả kết quả", "sub": "qua bưu điện", "state": ""},
    ],
    "events": [
        {
            "icon": "hourglass",
            "title": "Chuyển công chức tư pháp – hộ tịch",
            "time": "Hôm nay 09:20",
            "text": "Chị Trần Thị Chi, UBND xã Xuân Lôi, đang xem hồ sơ.",
            "now": True,
        },
        {
            "icon": "check",
            "title": "Một cửa đã nhận hồ sơ",
            "time": "Hôm nay 09:05",
            "links": [{"url": "#giay-hen", "text": "Giấy tiếp nhận và hẹn trả (PDF, có chữ ký số)"}],
        },
        {"icon": "send", "title": "Bạn đã gửi hồ sơ", "time": "Hôm nay 07:58"},
    ],
    "lines": [
        {
            "title": "Đăng ký khai sinh",
            "url": "#khai-sinh",
            "meta": [{"icon": "clock", "text": "Trong ngày"}, {"icon": "wallet", "text": "Miễn phí"}],
            "tag": {"text": "Làm hết trên mạng", "tone": "green", "icon": "globe"},
        },
        {"title": "Hồ sơ 000.21.05.H62-261123-0042", "url": "#ho-so", "sub": "Nộp 23/11", "sla": DEADLINES[1]},
        {
            "title": "Giấy chứng sinh",
            "sub": "chung-sinh.jpg, 412 kB",
            "tag": {"text": "Đạt", "tone": "green", "icon": "check"},
        },
    ],
    "tiles": [
        {"icon": "baby", "title": "Sinh con", "text": "Khai sinh, nhận con", "url": "#sinh-con"},
        {"icon": "house", "title": "Nhà, đất", "text": "Sổ đỏ, tách thửa", "url": "#nha-dat"},
    ],
    "chips": [
        {"text": "khai sinh cho con", "url": "#a"},
        {"text": "đang chọn", "url": "#b", "current": True},
        {"text": "Hộ tịch", "url": "#c", "remove": "Bỏ lọc"},
    ],
    "tabs": [
        {"text": "Đang làm", "url": "#dang-lam", "count": 3, "current": True},
        {"text": "Quá hạn", "url": "#qua-han", "count": 1, "tone": "red"},
        {"text": "Đã xong", "url": "#da-xong"},
    ],
    "upload": {
        "name": "Giấy chứng sinh",
        "note": "Bắt buộc · PDF hoặc ảnh · tối đa 20 MB",
        "tag": {"text": "Đã nhận 1 tệp", "tone": "green", "icon": "check"},
        "files": [{"name": "chung-sinh.jpg", "note": "412 kB · 1 trang · đọc rõ", "delete_url": "#xoa"}],
    },
    "points": ["Lấy thông tin cư trú từ cơ sở dữ liệu dân cư", "Chỉ dùng cho hồ sơ này"],
}


def _row(number: int, name: str, procedure: str, deadline: dict[str, Any], tag: tuple[str, str]) -> dict[str, Any]:
    code = f"000.21.05.H62-26112{number}-000{number}"
    return {
        "id": str(number),
        "label": code,
        "current": number == 1,
        "selected": number == 2,
        "cells": [
            {"text": code, "code": True, "url": f"#{number}", "sub": f"{name} · 026•••••100{number}"},
            {"text": procedure, "clamp": True, "icons": [("globe", "Nộp trên mạng"), ("truck", "Trả qua bưu điện")]},
            {"text": "Thẩm định", "sub": "Trần Thị Chi"},
            {"sla": deadline},
            {"tag": {"text": tag[0], "tone": tag[1]}},
        ],
    }


NAMES = [
    "H’Blŏk Niê",
    "Nguyễn Thị Thu Hường",
    "Hợp tác xã Nông nghiệp Xuân Lôi",
    "Lường Văn Pảo",
    "Y Ngông Kbuôr",
    "Vũ An",
]
PROCEDURES = [
    "Đăng ký khai sinh có yếu tố nước ngoài",
    "Cấp giấy xác nhận tình trạng hôn nhân",
    "Đăng ký thành lập hợp tác xã",
    "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất do chuyển đổi, tặng cho",
    "Cấp giấy phép xây dựng nhà ở riêng lẻ",
    "Trợ cấp thờ cúng liệt sĩ",
]
TAGS = [
    ("Đang giải quyết", "blue"),
    ("Chờ ký", "blue"),
    ("Mới nộp", "amber"),
    ("Cần bổ sung", "violet"),
    ("Có kết quả", "green"),
    ("Tạm dừng", ""),
]

STAFF: dict[str, Any] = {
    "deadlines": DEADLINES,
    "columns": [
        "Hồ sơ, người nộp",
        "Thủ tục",
        "Đang ở bước",
        {"label": "Thời hạn", "url": "#han", "sort": "ascending"},
        "Trạng thái",
    ],
    "table_rows": [
        _row(number, *given) for number, given in enumerate(zip(NAMES, PROCEDURES, DEADLINES, TAGS, strict=True), 1)
    ],
    "views": [
        {"text": "Cần tôi làm", "url": "#1", "count": 31, "current": True},
        {"text": "Chờ tiếp nhận", "url": "#2", "count": 12},
        {"text": "Quá hạn", "url": "#3", "count": 1, "tone": "red"},
        {"text": "Sắp đến hạn", "url": "#4", "count": 6, "tone": "amber"},
    ],
    "selects": [
        {
            "name": "linh-vuc",
            "label": "Lĩnh vực",
            "options": [
                {"value": "", "label": "Mọi lĩnh vực", "selected": False},
                {"value": "ht", "label": "Hộ tịch", "selected": True},
            ],
        }
    ],
    "filters": [{"text": "Hộ tịch", "url": "#bo", "remove": "Bỏ lọc"}],
    "bulk": [
        {"text": "Chuyển bước", "value": "forward", "icon": "arrow-right", "variant": "primary"},
        {"text": "In giấy hẹn", "value": "print", "icon": "printer"},
    ],
    "flow": [
        {"label": "Tiếp nhận", "sub": "Bình · 4 giờ", "state": "done"},
        {"label": "Thẩm định", "sub": "Chi · đang làm", "state": "current"},
        {"label": "Ký duyệt", "sub": "Lãnh đạo xã", "state": ""},
        {"label": "Vào sổ, đóng dấu", "sub": "Văn thư", "state": ""},
    ],
    "verdicts": [
        {"value": "dat", "label": "Đạt", "tone": "ok", "icon": "check"},
        {"value": "chua", "label": "Chưa", "tone": "no", "icon": "x"},
    ],
    "figures": [
        {"label": "Đúng và sớm hẹn", "value": "98,4%", "tone": "green", "note": "+0,3 điểm so tuần trước"},
        {"label": "Đang quá hạn", "value": "54", "tone": "red", "note": "giảm 7"},
        {"label": "Nộp trên mạng", "value": "74,9%"},
    ],
    "applicant": [
        {"label": "Số định danh", "text": "026•••••1234"},
        {"label": "Nơi thường trú", "text": "Thôn Đồng Xuân, xã Xuân Lôi"},
    ],
    "workspace": {
        "home": "/",
        "name": "Trần Thị Chi",
        "initials": "TC",
        "role": "Chuyên viên",
        "agency": "UBND xã Xuân Lôi",
        "groups": [
            {
                "heading": "Việc của tôi",
                "links": [
                    {"key": "queue", "text": "Hàng việc", "icon": "inbox", "url": "/kieu-dang/can-bo"},
                    {"key": "late", "text": "Quá hạn", "icon": "triangle-alert", "url": "#qua-han"},
                    {"key": "sign", "text": "Chờ tôi ký", "icon": "pen-line", "url": "#ky"},
                ],
            }
        ],
    },
    "nav_counts": {"queue": 31, "late": {"number": 1, "tone": "red"}, "sign": 0},
}
