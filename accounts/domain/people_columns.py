"""What stands in a table of people, and what positions may be called there."""

from django.conf import settings
from django.utils import translation

from accounts.models import Position
from accounts.search import fold

from .workbook import Column

COLUMNS = (
    Column(
        "username",
        "Tên đăng nhập",
        ("user name", "tài khoản"),
        "Bắt buộc. Chữ thường không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; không đổi được về sau. "
        "Ví dụ: skhdt.nguyenvana. Một người giữ nhiều chức danh thì ghi nhiều dòng cùng tên đăng nhập.",
        26,
    ),
    Column(
        "full_name",
        "Họ và tên",
        ("full name", "họ tên"),
        "Bắt buộc, viết có dấu như trong quyết định.",
        28,
    ),
    Column(
        "email",
        "Thư điện tử",
        ("e-mail", "email"),
        "Có thể để trống.",
        30,
        is_needed=False,
    ),
    Column(
        "agency",
        "Mã cơ quan",
        ("agency", "agency code", "cơ quan"),
        "Mã cơ quan trong hệ thống, ví dụ: stc. Để trống cả cơ quan và chức danh nếu chỉ tạo tài khoản.",
        16,
        is_needed=False,
    ),
    Column(
        "position",
        "Chức danh",
        ("position", "chức vụ"),
        "Một trong: HEAD (người đứng đầu), DEPUTY_HEAD (cấp phó), DIVISION_HEAD (trưởng phòng), SPECIALIST "
        "(chuyên viên), CLERK (văn thư); tại UBND: CHAIR (Chủ tịch), VICE_CHAIR (Phó Chủ tịch), MEMBER (Ủy viên).",
        20,
        is_needed=False,
    ),
    Column(
        "valid_from",
        "Từ ngày",
        ("from", "ngày bắt đầu"),
        "Ngày bắt đầu giữ chức danh, dạng ngày/tháng/năm. Bắt buộc khi có chức danh.",
        14,
        is_needed=False,
        is_day=True,
    ),
    Column(
        "valid_to",
        "Thôi từ ngày",
        ("until", "no longer from"),
        "Ngày đầu tiên không còn giữ chức danh; để trống nếu chưa xác định.",
        14,
        is_needed=False,
        is_day=True,
    ),
)
SAID = {
    Position.HEAD: ("giám đốc", "chánh văn phòng", "thủ trưởng", "người đứng đầu"),
    Position.DEPUTY_HEAD: ("phó giám đốc", "phó chánh văn phòng", "cấp phó"),
    Position.DIVISION_HEAD: ("trưởng phòng",),
    Position.SPECIALIST: ("chuyên viên",),
    Position.CLERK: ("văn thư",),
    Position.CHAIR: ("chủ tịch",),
    Position.VICE_CHAIR: ("phó chủ tịch",),
    Position.MEMBER: ("ủy viên",),
}


def positions_by_word() -> dict[str, str]:
    """Return positions by everything they are called, folded: in both languages and as the office says them."""
    words = {fold(said): each.value for each, said_of in SAID.items() for said in said_of}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {fold(str(each.label)): each.value for each in Position}
    return words | {spelled(each.value): each.value for each in Position}


def spelled(text: str) -> str:
    """Return what a cell says of a position as `positions_by_word` knows it."""
    return fold(text.replace("_", " "))


def heading(name: str) -> str:
    """Return how the template calls a column."""
    return next((each.heading for each in COLUMNS if each.name == name), name)
