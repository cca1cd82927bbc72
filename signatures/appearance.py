"""What is drawn inside the box of a signature: a picture, or lines of text in a typeface that the file carries."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from portal.floor.vietnamese import nfc
from signatures.refusals import SigningRefused

# Decree 30/2020, Appendix I: upright, 10 pt, black.
SIZE, LEADING = 10, 12
TIME = "Thời gian ký:"
_ALWAYS = frozenset("0123456789 /:+-.,")  # so that one subset serves a whole batch


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface reduced to some letters: the file, the place of each letter in it, widths in thousandths."""

    file: bytes
    glyphs: dict[str, int]
    widths: list[int]
    ascent: int
    descent: int
    box: tuple[int, ...]

    def width(self, line: str, size: float = SIZE) -> float:
        return sum(self.widths[self.glyphs.get(letter, 0)] for letter in line) * size / 1000


def signing_time(at: datetime) -> str:
    """The line that Decree 30/2020 wants, with the zone as ISO 8601 writes it."""
    local = timezone.localtime(at)
    zone = f"{local:%z}"
    return f"{TIME} {local:%d/%m/%Y %H:%M:%S} {zone[:3]}:{zone[3:]}"


def with_time(lines: Sequence[str], at: datetime) -> list[str]:
    """The lines of a mark, ending with the time of signing unless they say a time themselves."""
    said = any(line.startswith(TIME) for line in lines)
    return [*lines] if said else [*lines, signing_time(at)]


def extent(lines: Sequence[str]) -> tuple[float, float]:
    """How wide and high the lines are, in points."""
    face = _face_of(lines)
    return max((face.width(nfc(line)) for line in lines), default=0), len(lines) * LEADING


def picture(writer: BasePdfFileWriter, png: bytes, width: float, height: float) -> IndirectObject:
    """A form that fits the picture into the middle of its box, without what is transparent around it."""
    across, down, colours, cover = _pixels(png)
    scale = min(width / across, height / down)
    wide, high = across * scale, down * scale
    drawing = f"q {wide:.3f} 0 0 {high:.3f} {(width - wide) / 2:.3f} {(height - high) / 2:.3f} cm /I Do Q"
    mask = writer.add_object(_image(across, down, "/DeviceGray", cover))
    image = _image(across, down, "/DeviceRGB", colours)
    image["/SMask"] = mask
    resources = {"/XObject": DictionaryObject({pdf_name("/I"): writer.add_object(image)})}
    return _form(writer, drawing.encode(), resources, width, height)


def text(writer: BasePdfFileWriter, lines: Sequence[str], width: float, height: float) -> IndirectObject:
    """A form with the lines right aligned below its upper edge. Raises SigningRefused when they do not fit."""
    face, (wide, high) = _face_of(lines), extent(lines)
    if wide > width or high > height:
        raise SigningRefused(_("Khung chữ ký nhỏ hơn dòng chữ. Chọn khung lớn hơn."))
    parts = [f"BT /F {SIZE} Tf 0 g"]
    for number, line in enumerate(map(nfc, lines)):
        left, down = width - face.width(line), height - number * LEADING - SIZE * face.ascent / 1000
        codes = "".join(f"{face.glyphs.get(letter, 0):04X}" for letter in line)
        parts.append(f"1 0 0 1 {left:.3f} {down:.3f} Tm <{codes}> Tj")
    parts.append("ET")
    resources = {"/Font": DictionaryObject({pdf_name("/F"): _font(writer, face)})}
    return _form(writer, " ".join(parts).encode(), resources, width, height)


# Against a page that readers turn by so many degrees (ISO 32000-1, 8.3.4); they fit what comes out into its box.
_AGAINST = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}


def upright(form: IndirectObject, turned: int) -> IndirectObject:
    """The form so that it stands upright on a page that readers turn clockwise by so many degrees."""
    if turned:
        form.get_object()["/Matrix"] = ArrayObject(map(NumberObject, _AGAINST[turned]))
    return form


def _form(
    writer: BasePdfFileWriter, drawing: bytes, resources: dict[str, DictionaryObject], width: float, height: float
) -> IndirectObject:
    entries = {
        pdf_name("/Type"): pdf_name("/XObject"),
        pdf_name("/Subtype"): pdf_name("/Form"),
        pdf_name("/BBox"): ArrayObject(NumberObject(round(edge)) for edge in (0, 0, width, height)),
        pdf_name("/Resources"): DictionaryObject({pdf_name(name): found for name, found in resources.items()}),
    }
    return writer.add_object(StreamObject(entries, stream_data=drawing))


@lru_cache(maxsize=16)
def _pixels(png: bytes) -> tuple[int, int, bytes, bytes]:
    """Width, height, colours and cover of the drawn part, ready for the file: one scan serves a whole batch."""
    image = Image.open(BytesIO(png)).convert("RGBA")
    image = image.crop(image.getbbox())
    cover = image.getchannel("A").tobytes()
    return image.width, image.height, zlib.compress(image.convert("RGB").tobytes()), zlib.compress(cover)


def _image(width: int, height: int, colours: str, data: bytes) -> StreamObject:
    entries: dict[NameObject, PdfObject] = {
        pdf_name("/Type"): pdf_name("/XObject"),
        pdf_name("/Subtype"): pdf_name("/Image"),
        pdf_name("/Width"): NumberObject(width),
        pdf_name("/Height"): NumberObject(height),
        pdf_name("/BitsPerComponent"): NumberObject(8),
        pdf_name("/ColorSpace"): pdf_name(colours),
        pdf_name("/Interpolate"): BooleanObject(False),
    }
    return _compressed(entries, data)


def _compressed(entries: dict[NameObject, PdfObject], data: bytes) -> StreamObject:
    return StreamObject(entries | {pdf_name("/Filter"): pdf_name("/FlateDecode")}, encoded_data=data)


def _face_of(lines: Sequence[str]) -> Face:
    return _face(frozenset(nfc("".join(lines))) | _ALWAYS)


@lru_cache(maxsize=32)
def _face(letters: frozenset[str]) -> Face:
    font = TTFont(Path(settings.ROOT) / "static/fonts/papers/Tinos-Regular.ttf")
    options = subset.Options(hinting=False, notdef_outline=True, layout_features=[], name_IDs=[], glyph_names=False)
    narrower = subset.Subsetter(options)
    narrower.populate(text="".join(letters))
    narrower.subset(font)
    scale = 1000 / font["head"].unitsPerEm
    places = {name: place for place, name in enumerate(font.getGlyphOrder())}
    widths = [round(font["hmtx"][name][0] * scale) for name in places]
    head, lines, file = font["head"], font["hhea"], BytesIO()
    box = tuple(round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax))
    glyphs = {chr(code): places[name] for code, name in font.getBestCmap().items()}
    font.save(file)
    compressed = zlib.compress(file.getvalue())
    return Face(compressed, glyphs, widths, round(lines.ascent * scale), round(lines.descent * scale), box)


def _font(writer: BasePdfFileWriter, face: Face) -> IndirectObject:
    name = pdf_name("/" + "MOTCUA+Tinos")
    descriptor = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/FontDescriptor"),
            pdf_name("/FontName"): name,
            pdf_name("/Flags"): NumberObject(4),
            pdf_name("/FontBBox"): ArrayObject(map(NumberObject, face.box)),
            pdf_name("/ItalicAngle"): NumberObject(0),
            pdf_name("/Ascent"): NumberObject(face.ascent),
            pdf_name("/Descent"): NumberObject(face.descent),
            pdf_name("/CapHeight"): NumberObject(face.ascent),
            pdf_name("/StemV"): NumberObject(80),
            pdf_name("/FontFile2"): writer.add_object(_compressed({}, face.file)),
        }
    )
    descendant = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
            pdf_name("/BaseFont"): name,
            pdf_name("/CIDSystemInfo"): DictionaryObject(
                {
                    pdf_name("/Registry"): TextStringObject("Adobe"),
                    pdf_name("/Ordering"): TextStringObject("Identity"),
                    pdf_name("/Supplement"): NumberObject(0),
                }
            ),
            pdf_name("/FontDescriptor"): writer.add_object(descriptor),
            pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
            pdf_name("/W"): ArrayObject([NumberObject(0), ArrayObject(map(NumberObject, face.widths))]),
        }
    )
    return writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type0"),
                pdf_name("/BaseFont"): name,
                pdf_name("/Encoding"): pdf_name("/Identity-H"),
                pdf_name("/DescendantFonts"): ArrayObject([writer.add_object(descendant)]),
                pdf_name("/ToUnicode"): writer.add_object(_compressed({}, zlib.compress(_to_unicode(face)))),
            }
        )
    )


def _to_unicode(face: Face) -> bytes:
    """Which letter each code stands for: the text can be searched, copied and read aloud."""
    pairs = [f"<{place:04X}> <{letter.encode('utf-16-be').hex().upper()}>" for letter, place in face.glyphs.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{mapped}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
