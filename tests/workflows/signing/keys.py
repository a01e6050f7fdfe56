"""Keys, certificates and signed PDFs made by the tests themselves."""

from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf

PASSWORD = "mat-khau-khoa"
SIGNER, ISSUER = "Trần Văn Ba", "Tổ chức chứng thực thử nghiệm"


def _name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(subject, key, issuer, issuer_key, *, is_ca=False, ended=False):
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=20))
        .not_valid_after(now + timedelta(days=-10 if ended else 365))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=not is_ca,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_ca,
                crl_sign=is_ca,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


@cache
def root():
    """Return key and certificate of the root."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(ISSUER, key, ISSUER, key, is_ca=True)


def write_roots(folder):
    """Write the root into a folder of trusted certificates; returns the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "root.pem").write_bytes(root()[1].public_bytes(serialization.Encoding.PEM))
    return folder


def write_key(path, *, ended=False, subject=SIGNER):
    """Write a PKCS#12 file of a signer under the root; returns its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_key, issuer = root()
    certificate = _certificate(subject, key, ISSUER, issuer_key, ended=ended)
    sealed = serialization.BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, certificate, [issuer], sealed))
    return path


def plain_pdf(text="Van ban goc"):
    """Return a small PDF of one page."""
    writer = PdfFileWriter(stream_xrefs=False)
    fonts = generic.DictionaryObject({generic.pdf_name("/F1"): generic.DictionaryObject({
        generic.pdf_name("/Type"): generic.pdf_name("/Font"),
        generic.pdf_name("/Subtype"): generic.pdf_name("/Type1"),
        generic.pdf_name("/BaseFont"): generic.pdf_name("/Helvetica"),
    })})  # fmt: skip
    page = PageObject(
        contents=writer.add_object(
            generic.StreamObject(stream_data=f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
        ),
        media_box=(0, 0, 595, 842),
        resources=generic.DictionaryObject({generic.pdf_name("/Font"): fonts}),
    )
    writer.insert_page(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def signed_pdf(key_file, content=None, *, field="ChuKy"):
    """Return a PDF signed with a PKCS#12 file."""
    signer = SimpleSigner.load_pkcs12(str(key_file), passphrase=PASSWORD.encode())
    writer = IncrementalPdfFileWriter(BytesIO(content or plain_pdf()))
    return sign_pdf(writer, PdfSignatureMetadata(field, md_algorithm="sha256"), signer=signer).getvalue()


def added_to(content):
    """Return the PDF with an incremental update that writes something over its page."""
    writer = IncrementalPdfFileWriter(BytesIO(content))
    writer.add_stream_to_page(
        0, writer.add_object(generic.StreamObject(stream_data=b"BT /F1 30 Tf 72 600 Td (Sua) Tj ET"))
    )
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
