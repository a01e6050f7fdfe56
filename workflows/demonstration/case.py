"""What the demonstration holds: people, the directive with its assignments, and the plan that is written for one.

Facts of the directive: Công văn 3983/UBND-TKTH of 19/6/2020 of the Đà Nẵng People's Committee, as reported on 24/6/2020.
The persons, the plan's text, the opinions and every figure in them are invented.
"""

from dataclasses import dataclass
from datetime import date

from accounts.models import Position
from workflows.models import Level, Modality, Product

NUMBER, SYMBOL = 3983, "UBND-TKTH"
ISSUED_ON = date(2020, 6, 19)
SUBJECT = "Triển khai Nghị quyết phiên họp Chính phủ thường kỳ tháng 5 năm 2020"
BASES = (
    "Nghị quyết 84/NQ-CP ngày 29/5/2020",
    "Quyết định 15/2020/QĐ-TTg ngày 24/4/2020",
    "Nghị quyết 17/NQ-CP ngày 07/3/2019",
)

# Invented persons, by agency and position.
PEOPLE: dict[str, dict[Position, str]] = {
    "skhdt": {
        Position.SPECIALIST: "Lê Thị Thanh Hương",
        Position.HEAD: "Trần Quốc Bảo",
        Position.DEPUTY_HEAD: "Ngô Minh Quân",
        Position.CLERK: "Nguyễn Thị Mỹ Lệ",
    },
    "stc": {
        Position.SPECIALIST: "Phạm Thu Trang",
        Position.HEAD: "Đoàn Ngọc Hưng",
        Position.CLERK: "Lý Thị Kim Oanh",
    },
    "sct": {
        Position.SPECIALIST: "Trịnh Công Danh",
        Position.HEAD: "Lâm Thị Phương",
        Position.CLERK: "Hồ Văn Phước",
    },
    "sldtbxh": {
        Position.SPECIALIST: "Hồ Thị Kim Yến",
        Position.HEAD: "Nguyễn Đăng Khoa",
        Position.CLERK: "Tạ Thị Bích Vân",
    },
    "sgddt": {
        Position.SPECIALIST: "Mai Văn Tùng",
        Position.HEAD: "Lê Thị Ngọc Ánh",
        Position.CLERK: "Vũ Thị Sen",
    },
    "stttt": {
        Position.SPECIALIST: "Đinh Quang Huy",
        Position.HEAD: "Phan Hữu Thành",
        Position.CLERK: "Cao Thị Diễm",
    },
    "catp": {
        Position.SPECIALIST: "Lương Minh Đức",
        Position.HEAD: "Vũ Xuân Trường",
        Position.CLERK: "Đỗ Thị Hà",
    },
    "haichau": {
        Position.SPECIALIST: "Bùi Thanh Sơn",
        Position.HEAD: "Nguyễn Hoàng Long",
        Position.CLERK: "Trương Thị Nga",
    },
    "vp": {
        Position.SPECIALIST: "Phan Văn Thịnh",
        Position.HEAD: "Võ Hoàng Anh",
        Position.CLERK: "Ngô Thị Lan Chi",
    },
    "ubnd": {
        Position.CHAIR: "Huỳnh Tấn Phát",
        Position.VICE_CHAIR: "Đặng Văn Khải",
        Position.MEMBER: "Trần Đình Lộc",
    },
}


# A second holder of a position: user name, agency, position, name.
SECOND_PEOPLE = (("ubnd.vice_chair2", "ubnd", Position.VICE_CHAIR, "Lê Thị Minh Châu"),)
# Who is in charge of which fields, by user name; the fields and their assignment are invented.
IN_CHARGE: dict[str, tuple[str, ...]] = {
    "ubnd.vice_chair": ("kinh-te-tong-hop", "do-thi", "cong-thuong-nong-nghiep"),
    "ubnd.vice_chair2": ("van-hoa-xa-hoi", "khoa-hoc-cong-nghe-thong-tin", "noi-chinh"),
    "vp.specialist": ("kinh-te-tong-hop", "khoa-hoc-cong-nghe-thong-tin"),
}
CHARGE_BASIS = "Thông báo phân công công tác số 12/TB-UBND (giả định)"
# Who administers; holds no position.
ADMINISTRATOR, ADMINISTRATOR_NAME = "quantri", "Nguyễn Thị Quản"
# One delegation that holds: who lends, to whom, by which document, for how many days.
LENDER, BORROWER, LENT_DAYS = "ubnd.vice_chair", "ubnd.vice_chair2", 30
LENT_BASIS = "Giấy ủy nhiệm số 45/GUN-UBND (giả định)"


@dataclass(frozen=True, slots=True)
class Row:
    """One assignment of the directive; agencies by code."""

    title: str
    text: str
    lead: str = ""
    product: Product = Product.REPORT
    modality: Modality = Modality.ORDER
    addressees: str = ""
    basis: str = ""
    target: str = ""
    due_phrase: str = ""
    field: str = ""


ROWS: tuple[Row, ...] = (
    Row(
        title="Kiểm soát dịch Covid-19, khôi phục và phát triển kinh tế - xã hội",
        text="Căn cứ chức năng, nhiệm vụ, kiểm soát tốt dịch bệnh; phấn đấu đạt mức cao nhất các chỉ tiêu của kế hoạch năm"
        " 2020; đẩy nhanh giải ngân vốn đầu tư công và các gói hỗ trợ.",
        product=Product.ONGOING,
        addressees="Các sở, ban, ngành; UBND các quận, huyện",
        target="Đạt mức cao nhất các chỉ tiêu của kế hoạch năm 2020",
        due_phrase="năm 2020",
    ),
    Row(
        title="Kế hoạch thực hiện Nghị quyết số 84/NQ-CP ngày 29/5/2020 của Chính phủ",
        text="Chủ trì, phối hợp với các cơ quan liên quan tham mưu UBND thành phố xây dựng chương trình, kế hoạch thực hiện"
        " Nghị quyết 84/NQ-CP.",
        lead="skhdt",
        product=Product.PLAN,
        basis="84/NQ-CP ngày 29/5/2020",
        field="kinh-te-tong-hop",
    ),
    Row(
        title="Triển khai chính sách hỗ trợ người dân gặp khó khăn do đại dịch Covid-19",
        text="Chủ trì, phối hợp triển khai chính sách hỗ trợ theo Quyết định 15/2020/QĐ-TTg; công khai kết quả; tăng cường"
        " kiểm tra, kiểm soát.",
        lead="sldtbxh",
        basis="15/2020/QĐ-TTg ngày 24/4/2020",
        target="Hỗ trợ đúng đối tượng, không để trục lợi chính sách",
        field="van-hoa-xa-hoi",
    ),
    Row(
        title="Tổ chức Kỳ thi tốt nghiệp trung học phổ thông năm 2020; bảo đảm điều kiện dạy và học",
        text="Chủ trì, phối hợp tổ chức kỳ thi nghiêm túc, an toàn; đầu tư cơ sở vật chất, đội ngũ giáo viên đáp ứng Chương"
        " trình giáo dục phổ thông mới.",
        lead="sgddt",
        field="van-hoa-xa-hoi",
        due_phrase="kỳ thi năm 2020",
    ),
    Row(
        title="Chỉ đạo báo chí thông tin, truyền thông về phòng, chống dịch và phục hồi kinh tế",
        text="Chỉ đạo các cơ quan báo chí tăng cường thông tin về kết quả phòng, chống dịch, giải pháp tháo gỡ khó khăn và các"
        " mô hình, kinh nghiệm tốt.",
        lead="stttt",
    ),
    Row(
        title="Kế hoạch thực hiện Nghị quyết số 17/NQ-CP ngày 07/3/2019 về phát triển Chính phủ điện tử",
        text="Chủ trì, phối hợp tham mưu UBND thành phố tiếp tục thực hiện các nhiệm vụ năm 2020 tại Nghị quyết 17/NQ-CP; xây"
        " dựng nền tảng tích hợp, chia sẻ dữ liệu; giám sát an toàn, an ninh mạng tập trung.",
        lead="stttt",
        product=Product.PLAN,
        basis="17/NQ-CP ngày 07/3/2019",
        target="30% dịch vụ công trực tuyến mức độ 4; tối thiểu 30% báo cáo định kỳ gửi, nhận qua hệ thống thông tin báo cáo"
        " quốc gia",
        due_phrase="trong năm 2020",
        field="khoa-hoc-cong-nghe-thong-tin",
    ),
    Row(
        title="Bảo đảm an ninh quốc gia, trật tự, an toàn xã hội trên địa bàn",
        text="Tiếp tục nắm chắc tình hình, trấn áp các loại tội phạm; tuần tra, kiểm soát; bảo đảm trật tự an toàn giao thông"
        " và phòng, chống cháy, nổ.",
        lead="catp",
        field="noi-chinh",
        modality=Modality.REQUEST,
    ),
)

PLAN_ROW = 2  # the assignment that is played, by its number in the directive
ASKED = ("stc", "sct", "sldtbxh", "stttt", "catp", "haichau")
SILENT = "catp"

PARAGRAPHS: tuple[tuple[Level, str], ...] = (
    (Level.SECTION, "MỤC ĐÍCH, YÊU CẦU"),
    (
        Level.CLAUSE,
        "Cụ thể hóa Nghị quyết 84/NQ-CP thành nhiệm vụ của từng cơ quan, có thời hạn và sản phẩm rõ ràng.",
    ),
    (Level.CLAUSE, "Mỗi nhiệm vụ giao một cơ quan chủ trì, chịu trách nhiệm chính trước UBND thành phố."),
    (Level.SECTION, "NHIỆM VỤ, GIẢI PHÁP"),
    (Level.CLAUSE, "Tháo gỡ khó khăn cho sản xuất, kinh doanh và bảo đảm an sinh xã hội"),
    (Level.POINT, "Rà soát vướng mắc của doanh nghiệp nhỏ và vừa, trả lời kiến nghị trong 10 ngày làm việc."),
    (Level.POINT, "Chi trả hỗ trợ cho người dân gặp khó khăn theo Quyết định 15/2020/QĐ-TTg."),
    (Level.CLAUSE, "Thúc đẩy giải ngân vốn đầu tư công"),
    (
        Level.POINT,
        "Rà soát từng dự án, cam kết tiến độ giải ngân theo tháng; đến 31/12/2020 giải ngân 100% kế hoạch vốn.",
    ),
    (
        Level.CLAUSE,
        "Bảo đảm trật tự, an toàn xã hội; phòng ngừa lừa đảo chiếm đoạt tài sản trong lĩnh vực tài chính, ngân hàng.",
    ),
    (Level.SECTION, "TỔ CHỨC THỰC HIỆN"),
    (Level.CLAUSE, "Các cơ quan gửi báo cáo về Sở Kế hoạch và Đầu tư trước ngày 20 hằng tháng để tổng hợp."),
    (Level.CLAUSE, "Kinh phí thực hiện trong dự toán đã giao; không phát sinh ngoài dự toán."),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One task of the plan; agencies by code, due after so many days from now."""

    task: str
    lead: str
    coordinating: tuple[str, ...]
    days: int
    product: str
    target: str


ITEMS: tuple[Item, ...] = (
    Item(
        "Rà soát, điều chuyển vốn giữa các dự án chậm tiến độ",
        "skhdt",
        ("stc",),
        40,
        "Báo cáo",
        "Giải ngân tối thiểu 60%",
    ),
    Item(
        "Giám sát chi trả hỗ trợ theo Quyết định 15/2020/QĐ-TTg",
        "sldtbxh",
        ("stc", "haichau"),
        30,
        "Báo cáo",
        "100% hồ sơ",
    ),
    Item(
        "Chương trình kích cầu tiêu dùng, kết nối cung cầu", "sct", ("skhdt",), 60, "Chương trình", "02 đợt"
    ),
    Item(
        "Tuyên truyền cảnh báo lừa đảo chiếm đoạt tài sản",
        "catp",
        ("stttt",),
        45,
        "Kế hoạch truyền thông",
        "Mỗi tháng 01 đợt",
    ),
)

# What the agencies answer: stance, then remarks as (paragraph it is about by its first words, text, suggested wording).
OPINIONS: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "stc": (
        "AGREE_WITH_REMARKS",
        (
            (
                "Rà soát từng dự án",
                "Tách chỉ tiêu giải ngân theo quý III và quý IV để có cơ sở kiểm điểm trách nhiệm.",
                "đến 30/9/2020 giải ngân tối thiểu 60%, đến 31/12/2020 giải ngân 100% kế hoạch vốn",
            ),
            (
                "Kinh phí thực hiện",
                "Ghi rõ nguồn kinh phí thực hiện là dự toán chi thường xuyên năm 2020.",
                "",
            ),
        ),
    ),
    "sct": (
        "DISAGREE",
        (
            (
                "Rà soát vướng mắc",
                "Đề nghị giao Sở Công Thương chủ trì nội dung hỗ trợ doanh nghiệp nhỏ và vừa.",
                "",
            ),
        ),
    ),
    "sldtbxh": (
        "AGREE_WITH_REMARKS",
        (("Chi trả hỗ trợ", "Bổ sung yêu cầu công khai kết quả hỗ trợ để người dân giám sát.", ""),),
    ),
    "stttt": ("AGREE", ()),
    "haichau": (
        "AGREE_WITH_REMARKS",
        (
            (
                "Các cơ quan gửi báo cáo",
                "Chuyển thời hạn báo cáo từ ngày 20 sang ngày 25 hằng tháng cho khớp kỳ khóa sổ.",
                "",
            ),
        ),
    ),
}

# What the lead answers, in the order of the remarks: treatment, text, and the new wording of the paragraph where it changes.
ANSWERS: dict[str, tuple[str, str, str]] = {
    "Tách chỉ tiêu": (
        "ACCEPTED",
        "Tiếp thu. Bổ sung mốc 60% đến 30/9/2020 và 100% đến 31/12/2020.",
        "Rà soát từng dự án, cam kết tiến độ giải ngân theo tháng; đến 30/9/2020 giải ngân tối thiểu 60%, đến 31/12/2020 giải"
        " ngân 100% kế hoạch vốn.",
    ),
    "Ghi rõ nguồn": (
        "ACCEPTED",
        "Tiếp thu.",
        "Kinh phí thực hiện trong dự toán chi thường xuyên năm 2020 đã giao; không phát sinh ngoài dự toán.",
    ),
    "Đề nghị giao": (
        "EXPLAINED",
        "Sở Kế hoạch và Đầu tư là đầu mối hỗ trợ doanh nghiệp nhỏ và vừa; đã ghi Sở Công Thương là đơn vị phối hợp chính.",
        "",
    ),
    "Bổ sung yêu cầu": (
        "ACCEPTED",
        "Tiếp thu.",
        "Chi trả hỗ trợ cho người dân gặp khó khăn theo Quyết định 15/2020/QĐ-TTg; công khai danh sách, mức hỗ trợ để người"
        " dân giám sát.",
    ),
    "Chuyển thời hạn": (
        "PARTLY",
        "Giữ ngày 20 để kịp tổng hợp; quận, huyện được bổ sung số liệu đến ngày 25.",
        "Các cơ quan gửi báo cáo về Sở Kế hoạch và Đầu tư trước ngày 20 hằng tháng, bổ sung số liệu đến ngày 25.",
    ),
}

REQUIREMENTS = (
    "Kiểm điểm trách nhiệm người đứng đầu theo từng quý.",
    "Làm rõ cơ quan đôn đốc việc giải ngân.",
)
REQUIRED_TEXT = (
    "Rà soát từng dự án, cam kết tiến độ giải ngân theo tháng; đến 30/9/2020 giải ngân tối thiểu 60%, đến 31/12/2020 giải ngân"
    " 100% kế hoạch vốn; kiểm điểm trách nhiệm người đứng đầu theo từng quý; Sở Kế hoạch và Đầu tư đôn đốc."
)
REVIEW = "Hồ sơ đầy đủ, đúng thẩm quyền; các ý kiến đã được tiếp thu, giải trình. Kính trình lãnh đạo UBND xem xét, quyết định."
RECIPIENTS = "Các sở, ban, ngành; UBND các quận, huyện; Lưu: VT, SKHĐT."
