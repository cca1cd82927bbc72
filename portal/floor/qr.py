"""QR codes as SVG: of a verification address, a dossier code."""

import segno


def svg(text: str, *, title: str = "") -> str:
    """An inline SVG element without size, style or script; the page sizes it by the class `qr`."""
    drawing: str = segno.make_qr(text, error="m").svg_inline(
        omitsize=True, border=2, svgclass="qr", lineclass=None, title=title or None
    )
    return drawing
