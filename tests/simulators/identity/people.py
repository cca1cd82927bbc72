"""Who can log in here. Claims are flat and named as VNeID and the national portal name them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    name: str
    label: str
    hint: str
    claims: dict[str, str]

    @property
    def organisation(self) -> bool:
        return self.claims["LoaiTaiKhoan"] == "2"

    @property
    def initials(self) -> str:
        words = self.label.split()
        return words[-2][0] + words[-1][0]


ACCOUNTS = {
    account.name: account
    for account in (
        Account(
            "an",
            "Nguyễn Thị An",
            "Công dân, xã Xuân Lôi",
            {
                "sub": "5d0c2f1e9a7b4c3e8f60a1b2c3d4e5f6",
                "TechID": "5d0c2f1e9a7b4c3e8f60a1b2c3d4e5f6",
                "LoaiTaiKhoan": "1",
                "SoDinhDanh": "026190001234",
                "HoVaTen": "Nguyễn Thị An",
                "NgayThangNamSinh": "12/03/1990",
                "GioiTinh": "Nữ",
                "SoDienThoai": "0912345678",
                "ThuDienTu": "an@example.vn",
                "ThuongTru": "Thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc",
                "loAs": "2",
                "IAL": "2",
            },
        ),
        Account(
            "vinh",
            "Trần Quang Vinh",
            "Công dân, xã Tử Du",
            {
                "sub": "a94e17b6c05d4f2893be7a6d5c4b3a21",
                "TechID": "a94e17b6c05d4f2893be7a6d5c4b3a21",
                "LoaiTaiKhoan": "1",
                "SoDinhDanh": "026085004321",
                "HoVaTen": "Trần Quang Vinh",
                "NgayThangNamSinh": "05/07/1985",
                "GioiTinh": "Nam",
                "SoDienThoai": "0987654321",
                "ThuDienTu": "vinh@example.vn",
                "ThuongTru": "Thôn Đồng Tâm, xã Tử Du, huyện Lập Thạch, tỉnh Vĩnh Phúc",
                "loAs": "2",
                "IAL": "2",
            },
        ),
        Account(
            "hoptac",
            "Hợp tác xã Nông nghiệp Xuân Lôi",
            "Tổ chức, người đại diện Lê Văn Hợp",
            {
                "sub": "e3b1d8807f6c45a29d14c5b6a7980f12",
                "TechID": "e3b1d8807f6c45a29d14c5b6a7980f12",
                "LoaiTaiKhoan": "2",
                "MaSoThue": "2500123451",
                "TenDoanhNghiep": "Hợp tác xã Nông nghiệp Xuân Lôi",
                "NguoiDaiDien": "Lê Văn Hợp",
                "SoDinhDanh": "026075006789",
                "HoVaTen": "Lê Văn Hợp",
                "NgayThangNamSinh": "20/08/1975",
                "GioiTinh": "Nam",
                "SoDienThoai": "0977000111",
                "ThuDienTu": "hoptac@example.vn",
                "ThuongTru": "Thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc",
                "loAs": "2",
                "IAL": "2",
            },
        ),
    )
}
