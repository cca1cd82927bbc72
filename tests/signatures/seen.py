"""What is seen of a signed file: its page drawn as on paper, and where on it a colour stands."""

from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image, ImageChops, ImageFilter

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


def turned(pdf: bytes, degrees: int) -> bytes:
    """A file whose first page looks the same although readers turn it, and that does not begin at 0, 0."""
    with pikepdf.open(BytesIO(pdf)) as document:
        page, (left, bottom) = document.pages[0], (30, 40)
        width, height = map(float, page.MediaBox[2:])
        against = {
            0: (1, 0, 0, 1, 0, 0), 90: (0, 1, -1, 0, height, 0),
            180: (-1, 0, 0, -1, width, height), 270: (0, -1, 1, 0, 0, width),
        }[degrees]  # fmt: skip
        *turn, across, up = against
        matrix = " ".join(map(str, (*turn, across + left, up + bottom)))
        page.contents_add(pikepdf.Stream(document, f"q {matrix} cm".encode()), prepend=True)
        page.contents_add(pikepdf.Stream(document, b"Q"))
        wide, high = (height, width) if degrees in (90, 270) else (width, height)
        page.Rotate, page.MediaBox = degrees, [left, bottom, left + wide, bottom + high]
        made = BytesIO()
        document.save(made)
        return made.getvalue()


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether nothing is drawn on either that is not, within a millimetre, on the other."""
    return one.size == other.size and not any(
        _ink(ImageChops.lighter(here, ImageChops.invert(there.filter(ImageFilter.MinFilter(11)))))
        for here, there in ((_dark(one), _dark(other)), (_dark(other), _dark(one)))
    )


def _dark(picture: Image.Image) -> Image.Image:
    return picture.convert("L").point(lambda value: 0 if value < 200 else 255)


def _ink(picture: Image.Image) -> int:
    return sum(picture.histogram()[:128])
