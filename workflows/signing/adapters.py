"""Who signs papers: each adapter takes a PDF and returns what became of it.

The system writes no signature of its own. A province connects its signing service as another adapter; the two here
are a record without legal effect, and PAdES with a PKCS#12 file for demonstration and tests.
Source: domain notes 13.11 (Decree 23/2025/NĐ-CP art. 17 governs signing software).
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils import timezone

from workflows.models import SigningState

from .examining import name_of

FIELD = "ChuKy"


class SigningError(Exception):
    """The paper could not be signed; says why."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A paper after its adapter: the PDF, its state, and who signed with which certificate, when."""

    content: bytes
    state: SigningState
    signer: str = ""
    signed_at: datetime | None = None


class Adapter(Protocol):
    """What signs papers."""

    name: ClassVar[str]
    note: ClassVar[str]

    def sign(self, paper: bytes) -> Signed:
        """Return the paper as it is kept; raises SigningError where it could not be signed."""


class RecordOnly:
    """Keeps the paper as it is: the approval is on record, and that is no digital signature."""

    name: ClassVar[str] = "record"
    note: ClassVar[str] = "Ghi nhận trong hệ thống, không phải chữ ký số"

    def sign(self, paper: bytes) -> Signed:
        """Return the paper unsigned."""
        return Signed(paper, SigningState.RECORDED)


class PadesFile:
    """Signs with the key in a PKCS#12 file: PAdES baseline B, without a time stamp of others."""

    name: ClassVar[str] = "pades"
    note: ClassVar[str] = "Ký số bằng tệp PKCS#12 dùng để trình diễn và thử nghiệm"

    def sign(self, paper: bytes) -> Signed:
        """Return the paper with a signature over the whole of it.

        Raises:
            SigningError: the key cannot be had, its certificate does not hold now, or the PDF takes no signature.
        """
        # pyHanko takes a second to load: only whoever signs waits for it.
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
        from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf  # noqa: PLC0415
        from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415

        password = settings.SIGNING["password"].encode() or None
        signer = SimpleSigner.load_pkcs12(_key_file(), passphrase=password)  # type: ignore[no-untyped-call]
        if signer is None or signer.signing_cert is None:
            message = "the PKCS#12 file cannot be read with its password"
            raise SigningError(message)
        now = timezone.now()
        if not signer.signing_cert.not_valid_before <= now <= signer.signing_cert.not_valid_after:
            message = "the certificate does not hold now"
            raise SigningError(message)
        described = PdfSignatureMetadata(FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        try:
            signed = sign_pdf(IncrementalPdfFileWriter(BytesIO(paper)), described, signer=signer)
        except Exception as error:  # whatever the library runs into, the paper is not signed
            raise SigningError(str(error) or type(error).__name__) from error
        return Signed(signed.getvalue(), SigningState.SIGNED, name_of(signer.signing_cert.subject), now)


ADAPTERS: dict[str, type[Adapter]] = {adapter.name: adapter for adapter in (RecordOnly, PadesFile)}


def adapter_named(name: str) -> Adapter:
    """Return an adapter.

    Raises:
        SigningError: there is none of that name.
    """
    if name not in ADAPTERS:
        message = f"there is no signing adapter {name}"
        raise SigningError(message)
    return ADAPTERS[name]()


def _key_file() -> str:
    path = settings.SIGNING["pkcs12"]
    if not path or not Path(path).is_file():
        message = "SIGNING_PKCS12 names no file"
        raise SigningError(message)
    return str(path)
