"""A sum over what no signature covers: in the proofs at the end of a B-LT file a byte could fall over unseen.

It stands twice, as a comment before the last `startxref`, so that a damaged line cannot pass for a file that never had
one. It finds damage, not intent: whoever means to change the proofs may take the sum away, but each of them is signed
by its authority (`soundness`).
"""

import hashlib
import re

_MARK = b"%motcua-sha256 "
_END = re.compile(rb"(?P<line>%motcua-sha256 (?P<sum>[0-9a-f]{64})\n)(?P=line)(?P<rest>startxref\n\d+\n%%EOF\n?)")


def added(pdf: bytes) -> bytes:
    """The file with its sum. Raises ValueError for one that ends like no PDF."""
    place = pdf.rindex(b"startxref")
    line = _MARK + hashlib.sha256(pdf).hexdigest().encode() + b"\n"
    return pdf[:place] + line * 2 + pdf[place:]


def is_right(pdf: bytes, behind: int) -> bool:
    """Whether every sum behind that place fits what stands before it; a file of others has none."""
    found = list(_END.finditer(pdf, behind))
    return pdf.count(_MARK, behind) == 2 * len(found) and all(
        hashlib.sha256(pdf[: one.start()] + one["rest"]).hexdigest().encode() == one["sum"] for one in found
    )
