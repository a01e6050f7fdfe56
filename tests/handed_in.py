"""Small files of every kind we take, whole and harmless, with a place to put something that is not."""

import io
import struct
import zipfile
import zlib

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = "[Content_Types].xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(text="", *, catalog=b"", page=b"", objects=(), trailer=b""):
    """Return a PDF of one page; `objects` follow as 4, 5, …, the other arguments go into their dictionaries."""
    said = b"% " + "".join(char for char in text if char.isprintable()).encode() + b"\n" if text else b""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]" + page + b">>",
        *objects,
    ]
    out, places = bytearray(b"%PDF-1.7\n" + said), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R" % (len(bodies) + 1) + trailer + b">>\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(content, extra=b""):
    """Return the body of a stream object."""
    return b"<</Length %d" % len(content) + extra + b">>stream\n" + content + b"\nendstream"


def chunk(kind, body):
    """Return a chunk of a PNG."""
    return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))


def png(width=1, height=1, *, rows=None, chunks=()):
    """Return a grey PNG; `rows` are the packed rows where they are not to match the size."""
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes((width + 1) * height)) if rows is None else rows
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, body) for kind, body in [(b"IHDR", header), *chunks, (b"IDAT", packed), (b"IEND", b"")]
    )


def jpeg(width=1, height=1, *, segments=b"", tail=b""):
    """Return a JPEG as far as its markers go."""
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack("!HH", height, width) + b"\x01\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + segments
        + frame
        + b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00\x00\xff\xd9"
        + tail
    )


def office(main_part, main_type, *, parts=(), types="", body="<a/>"):
    """Return an Office document of one part; `parts` are further (name or ZipInfo, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            TYPES,
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{main_part}" ContentType="{main_type}.main+xml"/>{types}</Types>',
        )
        archive.writestr(main_part, body)
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def docx(*, parts=(), types="", body=f"<w:document {W}/>"):
    """Return a DOCX."""
    return office("word/document.xml", WORD, parts=parts, types=types, body=body)


def xlsx(*, parts=(), types="", body="<workbook/>"):
    """Return an XLSX."""
    return office("xl/workbook.xml", EXCEL, parts=parts, types=types, body=body)


def relations(kind, target, mode=' TargetMode="External"', where="word/_rels/document.xml.rels"):
    """Return the part that relates a document to something."""
    return (
        where,
        f'<Relationships><Relationship Id="r" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/></Relationships>',
    )


GOOD = {
    "tờ trình.pdf": pdf(),
    "bao-cao.DOCX": docx(),
    "bang.xlsx": xlsx(),
    "anh.png": png(),
    "anh.jpg": jpeg(),
    "anh.jpeg": jpeg(),
}
