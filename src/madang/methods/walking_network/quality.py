"""What an import found wrong or left out: the report every import ends with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from madang.core.language import Language, Text, say_count, text

_EXAMPLES_MAX = 5


@dataclass
class Findings:
    """Defects and dropped ways, gathered while streets are read; grows until the import ends.

    Each stands under its English words, of which ``korean`` holds the Korean; tags have no language.
    """

    dropped: dict[str, int] = field(default_factory=dict)
    defects: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    korean: dict[str, str] = field(default_factory=dict)

    def drop(self, why: str | Text, count: int = 1) -> None:
        """Count ways that were left out because of ``why``."""
        if count:
            name = self._name(why)
            self.dropped[name] = self.dropped.get(name, 0) + int(count)

    def defect(self, what: Text, count: int = 1, ids: Iterable[object] = ()) -> None:
        """Count a defect and keep up to five ids of where it was seen."""
        if not count:
            return
        name = self._name(what)
        self.defects[name] = self.defects.get(name, 0) + int(count)
        shown = (*self.examples.get(name, ()), *(str(one) for one in ids))
        if shown:
            self.examples[name] = shown[:_EXAMPLES_MAX]

    def note(self, words: Text) -> None:
        """Keep a sentence for the reader of the report."""
        self.notes.append(self._name(words))

    def _name(self, words: str | Text) -> str:
        """Return the English words, and remember the Korean."""
        if isinstance(words, str):
            return words
        self.korean[words.en] = words.ko
        return words.en


@dataclass(frozen=True)
class DataQuality:
    """The state of an imported network: its size, its pieces, what was dropped and what was mended.

    ``component_nodes`` holds the nodes of the ten largest components; ``dropped`` counts ways by the
    tag that ruled them out; ``defects`` counts what was wrong, ``examples`` names a few of each.
    """

    source: str
    importer: str
    nodes: int
    edges: int
    junctions: int
    chains: int
    street_km: float
    components: int
    component_nodes: tuple[int, ...]
    dropped: Mapping[str, int]
    defects: Mapping[str, int]
    examples: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    korean: Mapping[str, str] = field(default_factory=dict)

    @property
    def largest_component_share(self) -> float:
        """Share (0..1) of the nodes that lie in the largest component."""
        return self.component_nodes[0] / self.nodes if self.nodes else 0.0

    def words(self, what: str) -> Text:
        """Return what was found or left out in both languages; a tag as it is."""
        return Text(ko=self.korean.get(what, what), en=what)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "largest_component_share": self.largest_component_share}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DataQuality:
        """Rebuild a report from ``to_dict``'s values after a trip through JSON."""
        known = {key: values[key] for key in cls.__dataclass_fields__ if key != "korean" or key in values}
        known["component_nodes"] = tuple(known["component_nodes"])
        known["examples"] = {what: tuple(ids) for what, ids in known["examples"].items()}
        known["notes"] = tuple(known["notes"])
        return cls(**known)

    def lines(self, language: Language = "en") -> list[str]:
        """Return the report as lines of text in a language, most important first."""
        share = f"{self.largest_component_share:.2%}"
        head = [
            text(f"{self.source} ({self.importer})", f"{self.source} ({self.importer})"),
            text(
                f"마디 {self.nodes:,}개, 길 {self.edges:,}개, 거리 {self.street_km:,.1f}km",
                f"{say_count(self.nodes, 'node')}, {say_count(self.edges, 'edge')}, {self.street_km:,.1f} km of street",
            ),
            text(
                f"이어 붙인 뒤 갈림길 {self.junctions:,}개, 사슬 {self.chains:,}개",
                f"{say_count(self.junctions, 'junction')} and {say_count(self.chains, 'chain')} after contraction",
            ),
            text(
                f"조각 {self.components:,}개, 가장 큰 것에 마디의 {share}",
                f"{say_count(self.components, 'component')}, the largest with {share} of the nodes",
            ),
        ]
        dropped = [self._dropped(why, count) for why, count in _by_count(self.dropped)]
        defects = [self._found(what, count) for what, count in _by_count(self.defects)]
        said = [*head, *dropped, *defects, *(self.words(note) for note in self.notes)]
        return [line.to(language) for line in said]

    def _dropped(self, why: str, count: int) -> Text:
        """Return the line of ways that were left out."""
        return text(f"뺀 길 {count:,}개: {self.words(why).ko}", f"dropped {count:,}: {why}")

    def _found(self, what: str, count: int) -> Text:
        """Return the line of a defect, with a few of those that have it."""
        ids = ", ".join(self.examples.get(what, ()))
        ko, en = (f" (예: {ids})", f" (such as {ids})") if ids else ("", "")
        return text(f"발견 {count:,}: {self.words(what).ko}{ko}", f"found {count:,}: {what}{en}")


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return name and count pairs, largest first, ties by name."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
