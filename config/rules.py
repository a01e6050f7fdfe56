"""The office's rules as each province begins with them; what is decided later takes their place (accounts.regulation).

Part of the settings, which import every name of it.
"""

from config.environment import Environment

env = Environment()

# Terms count in working days. They are each province's own working regulation; where it is silent the national
# figures serve as the model. Citations are printed in requests, so they stay in the language of the documents.
TERMS = {
    "receive": {
        "days": env.int("TERM_RECEIVE_DAYS", default=1),
        "citation": "NĐ 30/2020/NĐ-CP Điều 22, 23: chuyển, xử lý trong ngày hoặc ngày làm việc tiếp theo",
    },
    "draft": {
        "days": env.int("TERM_DRAFT_DAYS", default=10),
        "citation": "Thời hạn nêu tại văn bản giao nhiệm vụ; nếu không nêu thì theo Quy chế làm việc của UBND",
    },
    "opinion": {
        "days": env.int("TERM_OPINION_DAYS", default=5),
        "citation": "Quy chế làm việc của UBND (Quy chế mẫu: QĐ 53/2006/QĐ-TTg; NĐ 191/2026/NĐ-CP Điều 12.2)",
    },
    "dispose": {
        "days": env.int("TERM_DISPOSE_DAYS", default=5),
        "citation": "Quy chế làm việc của UBND: tổng hợp, tiếp thu, giải trình ý kiến",
    },
    "review": {
        "days": env.int("TERM_REVIEW_DAYS", default=5),
        "citation": "Quy chế làm việc của UBND (tham chiếu NĐ 191/2026/NĐ-CP Điều 15)",
    },
    "decision": {
        "days": env.int("TERM_DECISION_DAYS", default=3),
        "citation": "Quy chế làm việc của UBND (tham chiếu NĐ 191/2026/NĐ-CP Điều 16)",
    },
    "inquiry": {
        "days": env.int("TERM_INQUIRY_DAYS", default=1),
        "citation": "Quy chế làm việc của UBND: cơ quan trình giải trình, bổ sung theo yêu cầu của người ký; nếu không "
        "nêu thời hạn thì trong ngày làm việc tiếp theo (NĐ 30/2020/NĐ-CP Điều 23)",
    },
    "issue": {
        "days": env.int("TERM_ISSUE_DAYS", default=1),
        "citation": "NĐ 30/2020/NĐ-CP Điều 18.1: phát hành trong ngày ký, chậm nhất ngày làm việc tiếp theo",
    },
    "report": {
        "days": env.int("TERM_REPORT_DAYS", default=20),
        "citation": "Thời hạn nêu tại văn bản giao nhiệm vụ; nếu không nêu thì theo Quy chế làm việc của UBND",
    },
}
# What the clock records when a term for opinions ends in silence, unless the request says otherwise: DEEMED_AGREED or
# NO_REPLY. The citation is printed in the request and beside every silence.
SILENCE = {
    "policy": env.str("SILENCE_POLICY", default="DEEMED_AGREED"),
    "citations": {
        "DEEMED_AGREED": "Quy chế làm việc của UBND: quá thời hạn không trả lời thì coi như đồng ý và phải chịu trách "
        "nhiệm (NĐ 191/2026/NĐ-CP Điều 7.2d)",
        "NO_REPLY": "Quy chế làm việc của UBND: cơ quan được hỏi phải trả lời trong thời hạn; không trả lời được "
        "ghi nhận là không có ý kiến",
    },
}
# A case that waits for an outside event stops its clock by decision. Where no day is named, whoever stopped it looks at
# it again after so many working days, and every working day from then on.
SUSPENSION = {
    "look_again_days": env.int("SUSPENSION_LOOK_AGAIN_DAYS", default=10),
    "citation": "Quy chế làm việc của UBND: hồ sơ chờ văn bản của cấp trên hoặc sự kiện khách quan được tạm dừng, thời "
    "gian chờ không tính vào thời hạn xử lý",
}
# Questions the Office or the leader may put to the submitting agency on one submission.
INQUIRIES_MOST = env.int("INQUIRIES_MOST", default=20)
CONSULTATION = {
    # Working days kept between the agencies' due moment and the assignment's own term, for answers and synthesis.
    "reserve_days": env.int("CONSULTATION_RESERVE_DAYS", default=3),
    # How many working days before the due moment silent agencies are reminded.
    "remind_days": tuple(env.list("CONSULTATION_REMIND_DAYS", cast=int, default=[2, 1])),
    # Hours between two reminders that the lead sends.
    "remind_gap_hours": env.int("CONSULTATION_REMIND_GAP_HOURS", default=12),
}
# Asking the members of the Committee by ballot slip (phiếu lấy ý kiến): what they may choose (some local forms have two
# boxes, FOR and AGAINST), how many working days they have unless the Chair names a day, how many working days before it
# those are reminded whose slips are missing (0: never), and what a missing slip counts as: NOT_COUNTED or FOR. The
# citations are printed on slips and tally sheets.
BALLOT = {
    "choices": tuple(env.list("BALLOT_CHOICES", default=["FOR", "AGAINST", "ABSTAIN"])),
    "days": env.int("BALLOT_DAYS", default=3),
    "remind_days": env.int("BALLOT_REMIND_DAYS", default=1),
    "silence": env.str("BALLOT_SILENCE", default="NOT_COUNTED"),
    "citations": {
        "NOT_COUNTED": "Luật Tổ chức chính quyền địa phương 77/2015/QH13 Điều 117, 118: quá nửa tổng số thành viên "
        "UBND biểu quyết tán thành; phiếu không gửi lại không tính cho bên nào",
        "FOR": "Quy chế làm việc của UBND: thành viên không gửi lại phiếu đúng hạn thì coi như tán thành (tham chiếu "
        "NĐ 191/2026/NĐ-CP Điều 7.2d)",
    },
    "report": "Luật Tổ chức chính quyền địa phương 77/2015/QH13 Điều 117: Chủ tịch UBND thông báo kết quả biểu quyết "
    "bằng phiếu tại phiên họp UBND gần nhất",
}
# A leader lends her position for a time, named in a document, to somebody who may sign in that form; never lent on.
DELEGATION = {
    "max_days": env.int("DELEGATION_MAX_DAYS", default=90),
    "citation": "NĐ 30/2020/NĐ-CP Điều 13: ký thay, ký thừa ủy quyền bằng văn bản, giới hạn thời gian và nội dung, "
    "không ủy quyền lại",
}
# After how many working days without a sign of a leader in whose inbox work waits a delegation is proposed.
ABSENCE = {
    "days": env.int("ABSENCE_DAYS", default=3),
    "citation": "Quy chế làm việc của UBND: lãnh đạo vắng mặt thì ủy nhiệm cho cấp phó (NĐ 30/2020/NĐ-CP Điều 13.1)",
}
# Which opinions a coordinating agency reads, before and after its round closes: OWN or ALL. The lead reads all.
OPINIONS_SEEN = {
    "before": env.str("OPINIONS_SEEN_BEFORE", default="OWN"),
    "after": env.str("OPINIONS_SEEN_AFTER", default="ALL"),
}
# How papers are signed. Signing itself goes through an adapter: "record" notes the approval and never claims legal
# effect; "pades" signs the PDF with a PKCS#12 file, for demonstration and tests.
SIGNING = {
    "adapter": env.str("SIGNING_ADAPTER", default="record"),
    "pkcs12": env.str("SIGNING_PKCS12", default=""),
    "password": env.str("SIGNING_PKCS12_PASSWORD", default=""),
    # A folder of PEM certificates: who signs with one of theirs, or one they issued, is trusted. Empty: nobody is.
    "trust_roots": env.str("SIGNING_TRUST_ROOTS", default=""),
    # Papers that may be signed by order (TL.): codes of `workflows.domain.signing.Paper`.
    "by_order": {
        "papers": env.list("SIGNING_BY_ORDER", default=["CV", "GM", "BC", "TB"]),
        "citation": "NĐ 30/2020/NĐ-CP Điều 13.4: loại văn bản ký thừa lệnh do quy chế làm việc hoặc quy chế công tác "
        "văn thư quy định",
    },
    # Kinds of agencies that work as a collective, whose papers are signed on its behalf (TM.).
    "collective": {
        "kinds": env.list("SIGNING_COLLECTIVE", default=["COMMITTEE", "DISTRICT"]),
        "citation": "NĐ 30/2020/NĐ-CP Điều 13.2: cơ quan, tổ chức làm việc theo chế độ tập thể",
    },
}
