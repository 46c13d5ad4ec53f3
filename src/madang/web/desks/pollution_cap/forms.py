"""The form of a request: what the rules ask of a project, with the land as it is and as it will be."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from madang.solutions.pollution_cap.paragraphs import KINDS
from madang.solutions.pollution_cap.permit import Project
from madang.web.desks.pollution_cap.asking import project_of
from madang.web.desks.pollution_cap.cells import Cell
from madang.web.desks.pollution_cap.rules import LAND, Rules
from madang.web.wording import both, language

WAYS = (
    ("public_sewer", both("공공하수도", "public sewer")),
    ("private_plant", both("개인하수처리시설", "private plant")),
    ("septic_tank", both("정화조", "septic tank")),
)
SETTINGS = (("urban", both("시가화 지역", "urban")), ("rural", both("비시가화 지역", "rural")))


def _named(names: Iterable[str], rules: Rules) -> list[tuple[str, Any]]:
    """Return choices in the page's language; a name without words stands for itself."""
    return [(name, rules.names[name].to(language()) if name in rules.names else name) for name in names]


class RequestForm(forms.Form):
    """A project as an officer types it; areas that are left empty are no rows of the sheet."""

    nonce = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name = forms.CharField(label=both("사업 이름", "Project"), max_length=200)
    district = forms.ChoiceField(label=both("자치구", "District"))
    unit = forms.ChoiceField(label=both("단위유역", "Unit"))
    year = forms.IntegerField(label=both("준공 연도", "Year of completion"), min_value=2000, max_value=2100)
    setting = forms.ChoiceField(label=both("지역", "Setting"), choices=SETTINGS)
    way = forms.ChoiceField(label=both("오수의 길", "Where sewage goes"), choices=WAYS)
    plant = forms.ChoiceField(label=both("공공하수처리시설", "Sewage plant"), required=False)
    people_before = forms.FloatField(label=both("지금 거주 인구", "Residents now"), min_value=0, required=False)
    people = forms.FloatField(label=both("계획 인구", "Residents afterwards"), min_value=0, required=False)
    flats = forms.IntegerField(label=both("세대수", "Flats"), min_value=0, required=False)
    sewage_m3_per_day = forms.FloatField(
        label=both("영업 오수량(㎥/일)", "Business sewage (m3/d)"), min_value=0, required=False
    )
    sewage_bod = forms.FloatField(label=both("영업 오수 BOD(mg/L)", "its BOD (mg/L)"), min_value=0, required=False)
    sewage_tn = forms.FloatField(label=both("영업 오수 T-N(mg/L)", "its T-N (mg/L)"), min_value=0, required=False)
    sewage_tp = forms.FloatField(label=both("영업 오수 T-P(mg/L)", "its T-P (mg/L)"), min_value=0, required=False)
    floor_m2 = forms.FloatField(label=both("연면적(㎡)", "Floor area (m2)"), min_value=0, required=False)
    kind = forms.MultipleChoiceField(
        label=both("협의 대상 구분", "On the list as"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(key, both(said.ko, said.en)) for key, said in KINDS.items()],
    )  # fmt: skip

    def __init__(self, *args: Any, rules: Rules, cells: Iterable[Cell], **kwargs: Any) -> None:
        """Offer the districts and units that have an account, the plants and the land categories of the rules."""
        super().__init__(*args, **kwargs)
        cells = list(cells)
        self.land = list(rules.units.land)
        self.land_says = LAND
        self.fields["nonce"].initial = secrets.token_hex(16)
        self.fields["district"].choices = _named(sorted({cell.district for cell in cells}), rules)
        self.fields["unit"].choices = _named(sorted({cell.unit for cell in cells}), rules)
        self.fields["plant"].choices = [("", "—"), *_named(rules.plants, rules)]
        self.fields["year"].initial = max((cell.year for cell in cells), default=None)
        for place in range(len(self.land)):
            for when in ("before", "after"):
                self.fields[f"land_{when}_{place}"] = forms.FloatField(required=False, min_value=0)

    def plain(self) -> Iterator[Any]:
        """Return the boxes that are not of the land."""
        return (box for box in self if not box.name.startswith("land_") and not box.is_hidden)

    def land_rows(self) -> Iterator[tuple[str, Any, Any]]:
        """Return each land category with its two boxes."""
        for place, category in enumerate(self.land):
            said = self.land_says.get(category)
            yield said.to(language()) if said else category, self[f"land_before_{place}"], self[f"land_after_{place}"]

    def project(self) -> Project:
        """Return the project that was typed."""
        typed = self.cleaned_data
        given: dict[str, Any] = {
            name: typed[name] for name in ("name", "district", "unit", "year", "setting", "way", "kind")
        }
        for name in ("people_before", "people", "flats", "sewage_m3_per_day", "floor_m2"):
            given[name] = typed[name] or 0
        strength = {name: typed[f"sewage_{name}"] for name in ("bod", "tn", "tp")}
        given["sewage_mg_per_l"] = {name: value for name, value in strength.items() if value is not None}
        for when in ("before", "after"):
            areas = {category: typed[f"land_{when}_{place}"] for place, category in enumerate(self.land)}
            given[f"land_{when}"] = {category: area for category, area in areas.items() if area}
        return project_of(given)
