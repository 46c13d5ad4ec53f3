"""Photos of meters and odometers: sealed until somebody has looked, then deleted; only the hash stays.

A photo is drawn anew before it is kept, so that the place where it was taken and whatever else it carried is gone.
"""

from __future__ import annotations

import hashlib
import io
import warnings

from PIL import Image, ImageOps

from madang.core.errors import Both, DataError, UsageError, Where
from madang.web.desks.eco_mileage.services import personal
from madang.web.desks.eco_mileage.services.people import photo_place

BYTES_MAX = 10_000_000
_SIDE_MAX, _PIXELS_MAX = 1600, 60_000_000
_FORMS = ("JPEG", "PNG", "WEBP")


def keep(content: bytes) -> str:
    """Keep a photo sealed and return the hash of it as it came.

    Raises:
        UsageError: too large, or no photo.
    """
    if len(content) > BYTES_MAX:
        raise UsageError(
            Both("사진이 너무 큽니다", "the photo is too large"),
            Where(value=f"{len(content):,} bytes"),
            Both("10MB까지 보낼 수 있습니다", "send at most 10 MB"),
        )
    sha256 = hashlib.sha256(content).hexdigest()
    photo_place(sha256).write_bytes(personal.seal_bytes(_drawn_anew(content)))
    return sha256


def _drawn_anew(content: bytes) -> bytes:
    """Return a photo as a JPEG without anything but its picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMS) as photo:
                if photo.width * photo.height > _PIXELS_MAX:
                    raise UsageError(
                        Both("사진의 화소가 너무 많습니다", "the photo has too many pixels"),
                        None,
                        Both("더 작은 사진을 보내십시오", "send a smaller one"),
                    )
                plain = ImageOps.exif_transpose(photo).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UsageError(
            Both("읽을 수 있는 사진이 아닙니다", "this is not a photo that can be read"),
            None,
            Both("JPEG, PNG, WebP로 보내십시오", "send JPEG, PNG or WebP"),
        ) from error
    plain.thumbnail((_SIDE_MAX, _SIDE_MAX))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=85)
    return out.getvalue()


def opened(sha256: str) -> bytes:
    """Return a photo that is still kept.

    Raises:
        DataError: it is gone: somebody has looked, or its member has left.
    """
    path = photo_place(sha256)
    if not path.is_file():
        raise DataError(
            Both("이 사진은 더 보관하지 않습니다", "this photo is not kept any more"),
            Where(value=sha256[:12]),
            Both("회원에게 다시 요청하십시오", "ask the member for another"),
        )
    return personal.open_bytes(path.read_bytes())


def forget(sha256: str) -> None:
    """Delete a photo."""
    photo_place(sha256).unlink(missing_ok=True)
