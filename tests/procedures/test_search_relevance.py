"""What people type, and the procedure they mean: it stands among the first three."""

import pytest

from procedures.search import find
from tests.procedures import findable

pytestmark = pytest.mark.django_db

# Query: codes of which one must be among the first three.
EVERYDAY = {
    "khai sinh": "1.001193",
    "làm giấy khai sinh cho con": "1.001193",
    "khai sinh cho con mới đẻ": "1.001193",
    "tôi muốn làm giấy khai sinh cho con thì cần những gì": "1.001193",
    "em bé": "1.001193",
    "sinh con": "1.001193",
    "mất giấy khai sinh": "1.004884 2.000635",
    "bản sao khai sinh": "2.000635",
    "trích lục khai sinh": "2.000635",
    "cưới": "1.000894",
    "đám cưới": "1.000894",
    "đăng kí kết hôn": "1.000894",
    "lấy vợ": "1.000894",
    "lấy chồng nước ngoài": "2.000806",
    "giấy độc thân": "1.004873",
    "xác nhận độc thân": "1.004873",
    "ly dị": "2.000554",
    "sổ đỏ": "1.013978 1.013831",
    "mất sổ đỏ": "1.012786",
    "sang tên sổ đỏ": "1.013831",
    "mua bán đất": "1.013831",
    "tách sổ": "1.012784",
    "chia đất": "1.012784",
    "vay ngân hàng thế chấp sổ đỏ": "1.011441",
    "tranh chấp đất với hàng xóm": "1.012812",
    "xây nhà": "1.013225",
    "xin phép xây nhà": "1.013225",
    "sửa nhà": "1.013229",
    "xem quy hoạch": "1.014159",
    "sao y": "2.000815",
    "photo công chứng": "2.000815",
    "công chứng giấy tờ": "2.000815",
    "dịch thuật": "2.000992",
    "báo tử": "1.000656",
    "giấy chứng tử": "1.000656",
    "mai táng phí": "1.001731 1.014028 2.002307",
    "đám ma": "1.001731",
    "hộ khẩu": "1.004222",
    "nhập hộ khẩu cho con": "1.004222 2.000986",
    "tách khẩu": "1.010038",
    "cắt khẩu": "1.003197",
    "ở trọ": "1.004194",
    "giấy CT07": "1.010041",
    "cccd": "1.014063",
    "căn cước cho bé": "1.014062",
    "đổi chứng minh thư": "1.014063",
    "vneid": "3.000228",
    "bằng lái xe": "3.000348",
    "mất bằng lái": "3.000348",
    "lltp": "3.000333",
    "án tích": "3.000333",
    "mở quán": "2.000720 2.000575",
    "mở công ty": "2.001583 2.001199",
    "tạm nghỉ bán hàng": "1.001570",
    "bán rượu": "2.000620",
    "hiệu thuốc": "1.004616",
    "quán hát": "1.001029",
    "taxi": "1.000703",
    "giếng khoan": "1.001662",
    "hộ nghèo": "1.011607",
    "người già 80 tuổi": "1.001776",
    "tàn tật": "1.001699",
    "thờ cúng liệt sỹ": "1.010803",
    "chuyển trường cấp 2": "2.002481",
    "mất bằng tốt nghiệp": "3.000465",
    "mở lớp mẫu giáo": "1.012971",
    "sai ngày sinh": "1.004859",
    "sửa tên trong giấy khai sinh": "1.004859",
    "nhận con ngoài giá thú": "1.001022",
    "chia thừa kế": "2.001406",
    "làm di chúc": "2.001019",
    "luật sư miễn phí": "2.000829",
    "work permit": "1.014199",
    "kiện": "2.002501",
}
PLAIN = {
    "dang ky ket hon": "1.000894",
    "so do": "1.013978 1.013831",
    "doc than": "1.004873",
    "li lich tu phap": "3.000333",
    "giay phep xay dung": "1.013225",
    "ho ngheo": "1.011607",
    "KHAI TỬ": "1.000656",
    "ke\u0302\u0301t ho\u0302n": "1.000894",  # decomposed
    "khai si": "1.001193",  # still typing
}
SLIPS = {
    "khai sihn": "1.001193",
    "khia sinh": "1.001193",
    "khaisinh": "1.001193",
    "dang ki kett hon": "1.000894",
    "ket hom": "1.000894",
    "doc thaan": "1.004873",
    "tam truu": "1.004194",
    "lí lịch tư páp": "3.000333",
    "giay pehp xay dung": "1.013225",
    "chung thuc bna sao": "2.000815",
}
CODES = dict.fromkeys(
    ("1.001193", "1.001193.000.00.00.H62", "1001193", "001193", "1193", "1.0011", "thủ tục 1.001193"), "1.001193"
)


def missed(queries: dict[str, str]) -> dict[str, list[str]]:
    """Of the queries without an expected code among the first three: what was found instead."""
    first = {query: [one.code for one in find(query).found[:3]] for query in queries}
    return {query: found for query, found in first.items() if not set(found) & set(queries[query].split())}


def test_there_are_enough_queries_to_tell() -> None:
    assert len(EVERYDAY) >= 60


@pytest.mark.parametrize("queries", [EVERYDAY, PLAIN, SLIPS, CODES], ids=["everyday", "plain", "slips", "codes"])
def test_the_shipped_catalogue_answers_what_people_ask(queries: dict[str, str]) -> None:
    findable.put_in_force(findable.shipped())
    assert missed(queries) == {}


@pytest.mark.reference
def test_so_does_the_catalogue_with_all_that_ministries_publish() -> None:
    findable.put_in_force([*findable.shipped(), *findable.official()])
    assert missed(EVERYDAY | PLAIN | SLIPS | CODES) == {}
