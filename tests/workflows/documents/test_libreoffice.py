"""LibreOffice opens the files as they are: it asks for no repair, and the words are there.

Without a screen it opens nothing that would need a repair, which the damaged files show.
"""

import subprocess
from pathlib import Path

import pytest

from scripts.services import find_office
from tests.workflows.documents.sample import HOSTILE, asked, crowd, line, round_of, table
from workflows.documents import wording
from workflows.documents.docx import render_docx
from workflows.documents.table import Choice, Tally
from workflows.documents.xlsx import render_xlsx

pytestmark = pytest.mark.office

TEXTS = [*HOSTILE, "😀 עברית \u202e ngược", "<w:p>&amp;</w:p>", "a\x00\x0bb", "Góp ý rất dài. " * 3000]
TALLY = Tally(1, "Phương án nào", (Choice("Một", ("Sở Tài chính",)), Choice("Hai", ())))
ROUND = crowd()
SECOND = round_of(asked("Sở Tài chính", is_late=True), number=2, draft=2, questions=(TALLY,))
TABLE = table(
    *(line(number, text=text, upheld=text[:900]) for number, text in enumerate(TEXTS, start=1)),
    line(len(TEXTS) + 1, round=2, draft=2, text="Góp ý lần hai"),
    rounds=(ROUND, SECOND),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Let LibreOffice turn the files, whole and damaged, into text, in as few starts as there are kinds of text."""
    if find_office() is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    for name, content in (("docx", render_docx(TABLE)), ("xlsx", render_xlsx(TABLE))):
        (folder / f"whole.{name}").write_bytes(content)
        (folder / f"damaged.{name}").write_bytes(content[: len(content) // 2])
    _convert(folder, "docx", "txt:Text (encoded):UTF8")
    _convert(folder, "xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1")
    return folder


def _convert(folder: Path, extension: str, to: str) -> None:
    command = [str(find_office()), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", to, "--outdir", str(folder)]
    command += [str(path) for path in sorted(folder.glob(f"*.{extension}"))]
    subprocess.run(command, capture_output=True, check=False, timeout=100)


def test_docx_is_opened_without_repair(folder):
    said = (folder / "whole.txt").read_text("utf-8-sig")

    for text in (wording.TITLE, *wording.summary(TABLE), "Lấy ý kiến lần 2 (dự thảo lần 2)", *HOSTILE):
        assert text.strip() in said
    assert wording.groups(TABLE)[1].sentence in said
    assert list(folder.glob("damaged*.txt")) == []


def test_workbook_is_opened_without_repair(folder):
    sheets = {path.stem.partition("-")[2]: path.read_text() for path in folder.glob("whole-*.csv")}

    assert set(sheets) == {"Tổng hợp", "Tiếp thu, giải trình", "Cơ quan"}
    assert '"Số cơ quan, đơn vị được lấy ý kiến",133,1' in sheets["Tổng hợp"]
    for text in HOSTILE:
        assert text.replace('"', '""').strip() in sheets["Tiếp thu, giải trình"]
    assert list(folder.glob("damaged*.csv")) == []
