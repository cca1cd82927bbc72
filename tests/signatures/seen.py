"""What is seen of a signed file: its page drawn as on paper, and where on it a colour stands."""

import pypdfium2
from PIL import Image, ImageChops

DPI = 150
_BANDS = {"blue": (2, 0), "red": (0, 2)}  # the band that must be stronger, and the one it is stronger than


def drawn(pdf: bytes, page: int = 0) -> Image.Image:
    """The page at 150 dots an inch, its signatures included."""
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        picture: Image.Image = document[page].render(scale=DPI / 72).to_pil().convert("RGB")
        return picture


def colours(picture: Image.Image, name: str) -> tuple[float, float, float, float]:
    """The box around every dot of that colour: left, bottom, right, top, in dots from the lower left corner."""
    bands = picture.split()
    strong, weak = _BANDS[name]
    mask = ImageChops.subtract(bands[strong], bands[weak]).point(lambda value: 255 if value > 60 else 0)
    box = mask.getbbox()
    assert box is not None, f"nothing {name} on the page"
    return box[0], picture.height - box[3], box[2], picture.height - box[1]


def in_mm(dots: float) -> float:
    return dots / DPI * 25.4
