"""The picture of a signature or of a seal, as Decree 30/2020 wants it: PNG, transparent, blue or red."""

from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from signatures.refusals import SigningRefused

MOST_BYTES, MOST_PIXELS = 512 * 1024, 3000
SEEN = 128  # of 255: ink, not its soft edge


def check(png: bytes, *, seal: bool) -> None:
    """Raises SigningRefused for a picture that is no such mark."""
    if len(png) > MOST_BYTES:
        raise SigningRefused(_("Ảnh mẫu lớn hơn 512 KB. Thu nhỏ ảnh rồi tải lại."))
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as picture:
            if max(picture.size) > MOST_PIXELS:
                raise SigningRefused(_("Ảnh mẫu rộng hoặc cao hơn 3000 điểm ảnh. Thu nhỏ ảnh rồi tải lại."))
            small = picture.convert("RGBA").resize((200, 200), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SigningRefused(_("Ảnh mẫu phải là tệp PNG đọc được.")) from error
    raw = small.tobytes()
    pixels = [(raw[at], raw[at + 1], raw[at + 2], raw[at + 3]) for at in range(0, len(raw), 4)]
    ink = [(red, green, blue) for red, green, blue, alpha in pixels if alpha >= SEEN]
    if not ink or len(ink) > 0.9 * len(pixels):
        raise SigningRefused(_("Ảnh mẫu phải có nền trong suốt: xóa nền trắng rồi tải lại."))
    red, _green, blue = (sum(part) / len(ink) for part in zip(*ink, strict=True))
    if seal and red < blue + 30:
        raise SigningRefused(_("Mẫu dấu phải màu đỏ."))
    if not seal and blue < red + 30:
        raise SigningRefused(_("Mẫu chữ ký phải màu xanh."))
