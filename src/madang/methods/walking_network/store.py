"""Networks kept on disk under the hash of what they were made from: numpy archives, never pickles."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from madang.methods.walking_network.network import WalkingNetwork
from madang.methods.walking_network.quality import DataQuality

# Raise when the arrays change their meaning, so that older files are not read.
STORE_VERSION = 3
_TEXT = ("origin", "quality")


def cache_folder() -> Path:
    """Return where networks are kept unless the caller says otherwise: the XDG cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "madang" / "networks"


def content_key(paths: Iterable[Path], recipe: Mapping[str, Any]) -> str:
    """Return the sha256 of the files' bytes, the importer with its version and its options."""
    digest = hashlib.sha256(json.dumps([STORE_VERSION, recipe], sort_keys=True, default=str).encode())
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def save_network(network: WalkingNetwork, path: Path) -> None:
    """Write a network whole or not at all: to a file beside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {
        field.name: getattr(network, field.name)
        for field in fields(WalkingNetwork)
        if field.name not in _TEXT and getattr(network, field.name) is not None
    }
    if network.is_level:
        del arrays["vertex_forward_mm"], arrays["vertex_backward_mm"], arrays["arc_backward_mm"]
    text = {"origin": network.origin, "quality": network.quality.to_dict()}
    arrays |= {name: np.array(json.dumps(value)) for name, value in text.items()}
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def load_network(path: Path) -> WalkingNetwork | None:
    """Return a kept network, or None where there is none or the file is not whole."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            values: dict[str, Any] = {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    if "vertex_offset_mm" in values and "arc" in values:
        values.setdefault("vertex_forward_mm", values["vertex_offset_mm"])
        values.setdefault("vertex_backward_mm", values["vertex_offset_mm"])
        values.setdefault("arc_backward_mm", values["arc"][:, 1])
    values.setdefault("node_elevation_m", None)
    if set(values) != {field.name for field in fields(WalkingNetwork)}:
        return None
    values["origin"] = tuple(json.loads(str(values["origin"])))
    values["quality"] = DataQuality.from_dict(json.loads(str(values["quality"])))
    return WalkingNetwork(**values)
