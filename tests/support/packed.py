"""Files of Word and Excel as what they say: the moment at which they were made is left out."""

import io
import zipfile

KINDS = "application/vnd.openxmlformats-officedocument."
OF_THE_MOMENT = "docProps/core.xml"


def bare(body: bytes) -> bytes:
    """The parts of the package one after another, without the times of the pack and the file."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        names = sorted(set(package.namelist()) - {OF_THE_MOMENT})
        return b"".join(name.encode() + b"\0" + package.read(name) for name in names)
