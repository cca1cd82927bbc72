"""One typesetting in a process of its own: `python -m portal.floor.trial` with an order on its standard input.

The order is JSON {"source", "data", "pages"}; the answer JSON {"error", "count", "text", "pages": [PNG in base64]}.
Memory and processor time are bounded before anything of the order is looked at, so that a source written by
an administrator takes no server down; a process that exceeds them is ended by the system.
"""

import base64
import json
import resource
import sys
from typing import Any

import pypdfium2

from portal.floor.typesetting import TypesettingError, pictures, typeset

SECONDS, MEMORY = 10, 2 << 30


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Typeset as results are, and draw the pages."""
    try:
        pdf = typeset(order["source"], order["data"])
        with pypdfium2.PdfDocument(pdf) as document:
            count = len(document)
            text = " ".join(document[n].get_textpage().get_text_range() for n in range(min(count, order["pages"])))
        drawn = pictures(order["source"], order["data"]) if count <= order["pages"] else []
    except TypesettingError as mistake:
        return {"error": str(mistake), "count": 0, "text": "", "pages": []}
    return {"error": "", "count": count, "text": text, "pages": [base64.b64encode(one).decode() for one in drawn]}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(run(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
