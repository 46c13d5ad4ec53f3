"""What an article is made of: text, pictures, and the numbers and figures of solutions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from draftjs_exporter.error import ExporterException
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from madang.web.live import catalogue
from madang.web.live.tokens import unknown_tokens
from madang.web.wording import both

TEXT_FEATURES = ["h3", "bold", "italic", "superscript", "subscript", "ol", "ul", "link", "document-link", "number"]


class ParagraphBlock(blocks.RichTextBlock):
    """Text; a number of a solution stands in it as ``{{ number:solution.name }}``."""

    def __init__(self, **kwargs: Any) -> None:
        """Allow what reads well and nothing that only decorates."""
        kwargs.setdefault("features", TEXT_FEATURES)
        super().__init__(**kwargs)

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        """Read what the text editor sends; anything else was sent by no editor, and is answered with 400."""
        try:
            return super().value_from_datadict(data, files, prefix)
        except (ValueError, TypeError, AttributeError, LookupError, ExporterException) as error:
            raise BadRequest(f"no text in the editor's own format: {error}") from error

    def clean(self, value: Any) -> Any:
        """Refuse a quoted number or figure that no solution has."""
        cleaned = super().clean(value)
        wrong = unknown_tokens(str(cleaned.source))
        if wrong:
            raise ValidationError(both(f"없는 수치입니다: {', '.join(wrong)}", f"no such number: {', '.join(wrong)}"))
        return cleaned

    class Meta:
        """How the block is shown and called."""

        icon = "pilcrow"
        label = both("글", "Text")
        template = "library/blocks/paragraph.html"


class NumberBlock(blocks.StructBlock):
    """A solution's number on a card: value, unit, day, and what was stated."""

    number = blocks.ChoiceBlock(choices=catalogue.number_choices, label=both("수치", "Number"))
    note = blocks.CharBlock(required=False, max_length=240, label=both("설명", "Note"))

    class Meta:
        """How the block is shown and called."""

        icon = "order"
        label = both("정책 모형의 수치", "A solution's number")
        template = "library/blocks/number.html"


class FigureBlock(blocks.StructBlock):
    """A solution's chart, map or table, drawn from its latest run."""

    figure = blocks.ChoiceBlock(choices=catalogue.figure_choices, label=both("그림", "Figure"))
    note = blocks.CharBlock(required=False, max_length=240, label=both("설명", "Note"))

    class Meta:
        """How the block is shown and called."""

        icon = "image"
        label = both("정책 모형의 그림", "A solution's figure")
        template = "library/blocks/figure.html"


class PictureBlock(blocks.StructBlock):
    """A picture with words for those who cannot see it."""

    image = ImageChooserBlock(label=both("사진", "Picture"))
    alt = blocks.CharBlock(max_length=240, label=both("그림을 말로", "The picture in words"))
    caption = blocks.CharBlock(required=False, max_length=240, label=both("설명", "Caption"))

    class Meta:
        """How the block is shown and called."""

        icon = "image"
        label = both("사진", "Picture")
        template = "library/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    words = blocks.TextBlock(label=both("말", "Words"))
    who = blocks.CharBlock(max_length=160, label=both("누가", "Who"))

    class Meta:
        """How the block is shown and called."""

        icon = "openquote"
        label = both("인용", "Quotation")
        template = "library/blocks/quote.html"


class BodyBlock(blocks.StreamBlock):
    """The text of any page of the library."""

    paragraph = ParagraphBlock()
    number = NumberBlock()
    figure = FigureBlock()
    picture = PictureBlock()
    quote = QuoteBlock()
    document = DocumentChooserBlock(
        icon="doc-full", label=both("파일", "File"), template="library/blocks/document.html"
    )
