"""The form for pictures: one that cannot be read to its end is refused in words, whatever the decoder fails with."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from PIL import Image
from wagtail.images.forms import BaseImageForm

from madang.web.wording import both


class PictureForm(BaseImageForm):
    """Wagtail's form, whose file is read whole before it is taken."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put our reading around the field's own; a form for many pictures at once has no such field."""
        super().__init__(*args, **kwargs)
        field = self.fields.get("file")
        if field is not None:
            plain = field.to_python
            field.to_python = lambda data: _read_whole(plain, data)


def _read_whole(plain: Any, data: Any) -> Any:
    """Return what the field makes of an upload, once every row of the picture has been decoded.

    Raises:
        ValidationError: the upload is damaged, or no picture.
    """
    try:
        taken = plain(data)
        if taken:
            taken.seek(0)
            with Image.open(taken) as picture:
                picture.load()
            taken.seek(0)
    except ValidationError:
        raise
    except Exception as error:
        # Decoders fail in as many ways as files can be damaged: OSError, SyntaxError, ValueError, struct.error, ...
        raise ValidationError(both("그림 파일이 손상되어 읽을 수 없습니다.", "The picture is damaged.")) from error
    return taken
