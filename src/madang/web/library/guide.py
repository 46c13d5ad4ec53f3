"""The library's own brochure: a page to print on how to read a promise, as PDF with a cover, in both languages."""

from __future__ import annotations

import io
from html import escape

import vl_convert
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from wagtail.documents.models import Document
from wagtail.images.models import Image

from madang.core.drawing import fonts, theme
from madang.core.drawing.words import wrap
from madang.core.language import Language
from madang.web.library.models import BrochurePage
from madang.web.library.plain import plain_text

KEY = "guide-to-promises"
_WIDTH, _HEIGHT, _MARGIN = 595, 842, 64
_BODY = 12.5


def make_guide() -> int:
    """Give each language's guide its PDF and cover where it has none; return how many were made."""
    made = 0
    for page in BrochurePage.objects.filter(key=KEY, file=None).select_related("locale"):
        code: Language = "ko" if page.locale.language_code == "ko" else "en"
        page.file = _document(page, code)
        page.cover = _cover(page, code)
        page.cover_alt = f"표지: {page.title}" if code == "ko" else f"Cover: {page.title}"
        page.page_count = 1
        page.save_revision().publish()
        made += 1
    return made


def _document(page: BrochurePage, code: Language) -> Document:
    """Return the PDF as a document."""
    pdf = vl_convert.svg_to_pdf(_leaf(page))
    document = Document(title=page.title)
    document.file.save(f"madang-guide-{code}.pdf", ContentFile(bytes(pdf)), save=False)
    document.file_size = len(pdf)
    document.save()
    return document


def _cover(page: BrochurePage, code: Language) -> Image:
    """Return the cover as a picture."""
    png = bytes(vl_convert.svg_to_png(_front(page), scale=1.5))
    image = Image(title=page.title, description=page.summary[:255])
    image.file.save(f"madang-guide-{code}.png", ImageFile(io.BytesIO(png), name="cover.png"), save=False)
    image.save()
    return image


def _front(page: BrochurePage) -> str:
    """Return the cover's SVG: the gate, the title, much paper."""
    gate = '<path d="M0 120V0h120v120M0 120h44M76 120h44" fill="none" stroke-width="12"/>'
    title = _lines(page.title, 34, 470, theme.PAPER, bold=True)
    mark = f'<g transform="translate({_MARGIN} 180)" stroke="{theme.PAPER}">{gate}</g>'
    return _sheet(theme.PINE, mark + title)


def _leaf(page: BrochurePage) -> str:
    """Return the page's SVG."""
    parts, y = [_lines(page.title, 26, 110, theme.INK, bold=True)], 175.0
    for paragraph in [page.summary, *plain_text(page.body).split("\n")]:
        rows = wrap(paragraph, _BODY, _WIDTH - 2 * _MARGIN)
        parts.append(_lines(paragraph, _BODY, y, theme.INK))
        y += len(rows) * _BODY * 1.6 + 10
    return _sheet(theme.PAPER, "".join(parts))


def _lines(words: str, size: float, y: float, colour: str, *, bold: bool = False) -> str:
    """Return words as lines of SVG text."""
    fonts.register()
    outline = f' stroke="{colour}" stroke-width="0.7"' if bold else ""
    rows = wrap(words, size, _WIDTH - 2 * _MARGIN)
    return "".join(
        f'<text x="{_MARGIN}" y="{y + place * size * 1.6:.1f}" font-size="{size}" fill="{colour}"{outline}>'
        f"{escape(row)}</text>"
        for place, row in enumerate(rows)
    )


def _sheet(paper: str, inner: str) -> str:
    """Return an A4 sheet."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="{theme.FONT}">'
        f'<rect width="100%" height="100%" fill="{paper}"/>{inner}</svg>'
    )
