"""QR codes as SVG: of a verification address, a dossier code."""

import io

import segno


def svg(text: str, *, title: str = "") -> str:
    """An SVG element without size, style or script, for HTML and for papers; the page sizes it by the class `qr`."""
    drawing = io.BytesIO()
    segno.make_qr(text, error="m").save(
        drawing,
        kind="svg",
        xmldecl=False,
        nl=False,
        omitsize=True,
        border=2,
        svgclass="qr",
        lineclass=None,
        title=title or None,
    )
    return drawing.getvalue().decode()
