"""Each way a data file, a method file, or the two together can be wrong has one clear error."""

from __future__ import annotations

import re

import pytest

from madang.core.errors import MadangError
from madang.core.given_files import GivenFile
from madang.solutions.city_rank.inputs import RankInputs
from madang.solutions.city_rank.model import run
from madang.solutions.city_rank.tests.conftest import DATA, METHOD, Ranked, seoul

CERTAIN = METHOD[: METHOD.index("[uncertainty]")] + METHOD[METHOD.index("[groups.space]") :]


def told(error: MadangError) -> str:
    """Return an error in one line: what, where, what to do."""
    return " | ".join(str(part) for part in (error.what, error.where, error.todo) if part)


def refused(ranked: Ranked, data: str = DATA, method: str = METHOD, **more: object) -> str:
    """Return what is said of files that are refused."""
    with pytest.raises(MadangError) as caught:
        ranked(data, method, **more)
    return told(caught.value)


@pytest.mark.parametrize(
    ("given", "lacking"), [("data", "method"), ("method", "data")], ids=["data alone", "method alone"]
)
def test_one_file_alone_is_no_index(given: str, lacking: str) -> None:
    inputs = seoul().with_set({given: GivenFile(name="one.txt", text="x")})
    assert isinstance(inputs, RankInputs)
    with pytest.raises(MadangError) as caught:
        run(inputs, lambda _share, _what: None)
    assert told(caught.value) == (
        f"an index needs two files: {given} is given, {lacking} is not"
        " | give both: --set data=FILE.csv --set method=FILE.toml"
    )


DATA_FAULTS = {
    "semicolons": (
        lambda data: data.replace(",", ";"),
        "the columns are parted by ';', not by commas | file cities.csv, row 1 | save it as CSV with commas",
    ),
    "tabs": (
        lambda data: data.replace(",", "\t"),
        r"the columns are parted by '\t', not by commas | file cities.csv, row 1 | save it as CSV with commas",
    ),
    "nothing in it": (
        lambda data: "",
        "the file is empty | file cities.csv | give a header and at least one row",
    ),
    "a header alone": (
        lambda data: data.split("\n")[0],
        "the table has no rows | file cities.csv | give at least one row below the header",
    ),
    "no column of cities": (
        lambda data: data.replace("city,", "town,"),
        "the column 'city' is missing | file cities.csv, row 1 | name the cities in a column called city",
    ),
    "a column twice": (
        lambda data: data.replace("museums,", "rent,"),
        "the column 'rent' stands there twice | file cities.csv, row 1 | remove one",
    ),
    "a city twice": (
        lambda data: data + "Aran,north,1,1,1,1,made_up\n",
        "two rows have the same key | file cities.csv, row 8, column city, value 'Aran' | keep one of them",
    ),
    "a city without a name": (
        lambda data: data.replace("Aran", ""),
        "a cell is empty | file cities.csv, row 2, column city | fill it; an unknown is not zero",
    ),
    "an empty line in between": (
        lambda data: data.replace("Chaum", "\nChaum"),
        "a cell is empty | file cities.csv, row 4, column city | fill it; an unknown is not zero",
    ),
    "words where a number belongs": (
        lambda data: data.replace("14,made", "many,made"),
        (
            "a cell is not a number | file cities.csv, row 2, column museums, value 'many'"
            " | write digits with a decimal point"
        ),
    ),
    "nan": (
        lambda data: data.replace("41.2", "nan"),
        (
            "a cell is not a finite number | file cities.csv, row 2, column green_space, value 'nan'"
            " | leave the cell empty where nothing is known"
        ),
    ),
    "a word for a gap": (
        lambda data: data.replace("41.2", "NA"),
        (
            "a cell is not a number | file cities.csv, row 2, column green_space, value 'NA'"
            " | leave the cell empty where nothing is known"
        ),
    ),
    "a value beyond measure": (
        lambda data: data.replace("41.2", "1e300"),
        ("a cell is above 1e+100 | file cities.csv, row 2, column green_space, value '1e300' | correct it"),
    ),
    "a comma too many": (
        lambda data: data.replace("14,made_up", "14,made_up,9"),
        "a row has 8 cells where the header has 7 | file cities.csv, row 2 | put text that holds a comma in quotes",
    ),
    "a comma too few": (
        lambda data: data.replace("14,made_up", "14"),
        "a row has 6 cells where the header has 7 | file cities.csv, row 2 | add the commas that are missing",
    ),
    "an origin nobody knows": (
        lambda data: data.replace("made_up\nBorim", "invented\nBorim"),
        (
            "a cell is not one of the known words | file cities.csv, row 2, column origin, value 'invented'"
            " | use one of: measured, published, estimated, made_up"
        ),
    ),
    "a page instead of a table": (
        lambda data: "<html><body>no</body></html>",
        "the column 'city' is missing | file cities.csv, row 1 | name the cities in a column called city",
    ),
}


@pytest.mark.parametrize("fault", DATA_FAULTS)
def test_a_fault_of_the_data_is_told_with_its_place(ranked: Ranked, fault: str) -> None:
    spoil, expected = DATA_FAULTS[fault]
    assert refused(ranked, data=spoil(DATA)) == expected


METHOD_FAULTS = {
    "nothing in it": ("", "", "a required key is missing | file method.toml, column title | add 'title'"),
    "a rule misspelt": (
        "normalisation =", "normalization =",
        ("there is a key nobody knows | file method.toml, column rules.normalization, value 'min_max'"
        " | remove 'normalization', or correct its spelling"),
    ),
    "an edition that is a number": (
        '"2026"', "2026", "this is not text | file method.toml, column edition, value 2026",
    ),
    "a scale upside down": (
        "[1, 100]", "[100, 1]",
        "a scale stands as [low, high], the low end below the high one | file method.toml, column rules",
    ),
    "goalposts upside down": (
        'better = "low"', 'better = "low"\ngoalposts = [9, 1]',
        "goalposts stand as [low, high], the low one below the high one | file method.toml, column indicators.rent",
    ),
    "a group nobody made": (
        'group = "life"', 'group = "lives"',
        "there is no group called 'lives' | file method.toml, column indicators.museums.group | did you mean life?",
    ),
    "a group without parts": (
        "[groups.life]", "[groups.void]\n\n[groups.life]",
        "the group 'void' has no parts | file method.toml | put an indicator into it, or remove it",
    ),
    "a name that is both": (
        "[groups.life]", "[groups.rent]\n\n[groups.life]",
        "'rent' is both a group and an indicator | file method.toml | rename one of them",
    ),
    "the name of the whole": (
        "[groups.life]", "[groups.index]\n\n[groups.life]",
        "the name 'index' is that of the whole | file method.toml | call it otherwise",
    ),
    "a power without its number": (
        '"geometric"\n', '"power"\n',
        'power = NUMBER belongs to aggregation = "power", and to nothing else | file method.toml, column rules',
    ),
    "a reference that is not named": (
        'normalisation = "min_max"', 'normalisation = "distance_reference"',
        ('reference = CITY belongs to normalisation = "distance_reference", and to nothing else'
        " | file method.toml, column rules | give both, or neither"),
    ),
    "a choice of one": (
        '["min_max", "rank"]', '["min_max"]',
        ("the assumption 'normalisation' has no effect: list at least two different words"
        " | file method.toml, column uncertainty"),
    ),
    "weights by an importance that is not given, as one choice": (
        "[uncertainty]", '[uncertainty]\nweights = ["given", "importance"]',
        ("weights by importance need an importance for every indicator | file method.toml, column"
        " indicators.green_space | add importance"),
    ),
    "groups in a circle": (
        "[groups.space]\nweight = 2\n\n[groups.life]",
        '[groups.space]\ngroup = "life"\n[groups.life]\ngroup = "space"',
        ("groups stand in a circle: 'space' in 'life' in 'space' | file method.toml"
        " | let one of them stand in a group outside the circle"),
    ),
    "a group in itself": (
        "[groups.space]", '[groups.space]\ngroup = "space"',
        ("the group 'space' stands in itself | file method.toml"
        " | let it stand in another group, or in none"),
    ),
    "a column with a meaning of its own as an indicator": (
        "[indicators.rent]", "[indicators.year]",
        ("the column 'year' has a meaning of its own and cannot be an indicator | file method.toml"
        " | call the column otherwise, in both files"),
    ),
    "a column with a meaning of its own as a denominator": (
        'denominator = "population"', 'denominator = "origin"',
        ("the column 'origin' has a meaning of its own and cannot be the denominator of 'green_space'"
        " | file method.toml | call the column otherwise, in both files"),
    ),
    "an indicator to group by": (
        '"region"', '"rent"',
        ("cities cannot be grouped by 'rent': it is an indicator | file method.toml, column rules.group_by"
        " | name a column that holds each city's group"),
    ),
    "years to group by": (
        '"region"', '"year"',
        ("cities cannot be grouped by 'year': it is no column of groups | file method.toml, column rules.group_by"
        " | name a column that holds each city's group"),
    ),
    "an indicator to ignore": (
        '"2026"', '"2026"\nignore = ["rent"]',
        ("the column 'rent' is to be ignored, and it is an indicator | file method.toml, column ignore"
        " | take it out of one of the two"),
    ),
    "a denominator to ignore": (
        '"2026"', '"2026"\nignore = ["population"]',
        ("the column 'population' is to be ignored, and it is the denominator of 'green_space'"
        " | file method.toml, column ignore | take it out of one of the two"),
    ),
    "the column to group by to ignore": (
        '"2026"', '"2026"\nignore = ["region"]',
        ("the column 'region' is to be ignored, and it is the column to group by | file method.toml, column ignore"
        " | take it out of one of the two"),
    ),
    "cities to ignore": (
        '"2026"', '"2026"\nignore = ["city"]',
        ("the column 'city' is to be ignored, and it is read from every file | file method.toml, column ignore"
        " | take it out of one of the two"),
    ),
    "groups that nothing reads": (
        '"median"', '"leave_out"',
        ('group_by belongs to missing = "mean" or "median", and nothing else reads it'
        " | file method.toml, column rules.group_by | take one or add the other"),
    ),
    "points that nothing pulls in": (
        '"median"', '"median"\npoints_max = 3',
        ('points_max belongs to treatment = "winsorise" or "auto", and nothing else reads it'
        " | file method.toml, column rules.points_max | take one or add the other"),
    ),
    "bounds on weights that nothing reads": (
        '"median"', '"median"\nshare_max_percent = 50',
        ('share_max_percent belongs to weights = "benefit_of_doubt", and nothing else reads it'
        " | file method.toml, column rules.share_max_percent | take one or add the other"),
    ),
    "a veto that nothing reads": (
        '"median"', '"median"\nveto = 20',
        ('veto belongs to aggregation = "outranking", and nothing else reads it'
        " | file method.toml, column rules.veto | take one or add the other"),
    ),
    "choices without what is chosen": (
        '["arithmetic", "geometric"]', '["arithmetic", "harmonic"]',
        ("the choices of 'aggregation' do not hold what the rules say, 'geometric'"
        " | file method.toml, column uncertainty.aggregation"
        " | add 'geometric' to the list, or let the rules say one of: arithmetic, harmonic"),
    ),
    "choices of means where a group has its own": (
        "[groups.life]", '[groups.life]\naggregation = "harmonic"',
        ("the choices of 'aggregation' take one mean throughout, and the group 'life' names its own"
        " | file method.toml, column uncertainty.aggregation | take one of the two out"),
    ),
    "a scale of three": (
        "[1, 100]", "[1, 50, 100]", "the list is too long | file method.toml, column rules.scale",
    ),
    "weights by an importance that is not given": (
        'aggregation = "geometric"\n', 'aggregation = "geometric"\nweights = "importance"\n',
        ("weights by importance need an importance for every indicator | file method.toml, column"
        " indicators.green_space | add importance"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", METHOD_FAULTS)
def test_a_fault_of_the_method_is_told_with_its_place(ranked: Ranked, fault: str) -> None:
    right, wrong, expected = METHOD_FAULTS[fault]
    spoilt = METHOD.replace(right, wrong, 1) if right else ""
    assert spoilt != METHOD
    assert refused(ranked, method=spoilt) == expected


def test_the_two_files_given_the_wrong_way_round_are_told_apart() -> None:
    swapped = {"data": GivenFile(name="method.toml", text=METHOD), "method": GivenFile(name="cities.csv", text=DATA)}
    inputs = seoul().with_set(swapped)
    assert isinstance(inputs, RankInputs)
    with pytest.raises(MadangError) as caught:
        run(inputs, lambda _share, _what: None)
    assert told(caught.value).endswith(" | file cities.csv | give the CSV file as data and the TOML file as method")


def test_a_reference_city_may_belong_to_a_choice_alone(ranked: Ranked) -> None:
    choices = '["min_max", "distance_reference"]'
    method = METHOD.replace('["min_max", "rank"]', choices).replace('"median"', '"median"\nreference = "Aran"')
    assert ranked(method=method).part is not None


def test_a_method_that_is_no_toml_is_told_with_its_line(ranked: Ranked) -> None:
    said = refused(ranked, method=DATA)
    assert re.fullmatch(
        r"the file is not valid TOML: Expected '=' after a key in a key/value pair \(at line 1, column 5\)"
        r" \| file method\.toml \| mend that line",
        said,
    )


#: What is replaced in the data, what in the method, and what is said of the pair.
APART = {
    "an indicator without a column": (
        ("museums,", "musems,"), None,
        "there is no column for the indicator 'museums' | file cities.csv, row 1 | did you mean musems?",
    ),
    "a denominator without a column": (
        ("population", "people"), None,
        ("there is no denominator of 'green_space' called 'population' | file cities.csv, row 1"
        " | known: green_space, museums, people, region, rent"),
    ),
    "a column the method does not know": (
        ("museums,", "museums,parks,"), None,
        ("the method knows no column 'parks' | file cities.csv, row 1, column parks"
        ' | define it in method.toml, or list it there: ignore = ["parks"]'),
    ),
    "a column to ignore that is not there": (
        None, ('edition = "2026"', 'edition = "2026"\nignore = ["park"]'),
        ("there is no column to ignore called 'park' | file method.toml, column ignore"
        " | known: green_space, museums, population, region, rent"),
    ),
    "a column to group by that is not there": (
        ("region", "area"), None,
        ("there is no column to group by called 'region' | file method.toml, column rules.group_by"
        " | did you mean rent?"),
    ),
    "units that measure different things": (
        ("won/month", "kg"), None,
        ("the unit of 'rent' is kg in the data and won/month in the method: kg cannot be turned into won/month:"
        " they measure different things | file cities.csv, row 1, column rent | correct one of the two"),
    ),
    "a unit nobody knows": (
        ("won/month", "wonky"), None,
        ("the unit of 'rent' is wonky in the data and won/month in the method: there is no unit 'wonky'"
        " | file cities.csv, row 1, column rent | correct one of the two"),
    ),
    "units of a denominator": (
        ("[person]", "[kg]"), None,
        ("the unit of 'green_space' is km**2/kg in the data and m**2/person in the method: km**2/kg cannot be turned"
        " into m**2/person: they measure different things | file cities.csv, row 1, column green_space"
        " | correct one of the two"),
    ),
    "a denominator of zero": (
        ("820000", "0"), None,
        ("the denominator of 'green_space' is not above zero | file cities.csv, row 2, column population, value 0.0"
        " | correct it, or leave it empty"),
    ),
    "gaps filled along years that are not there": (
        None, ('"2026"', '"2026"\nignore = ["region"]', 'group_by = "region"\n', "", '"median"', '"linear"'),
        ("the method fills gaps by linear, and the data have no column 'year' | file cities.csv, row 1"
        " | add a column year, or fill gaps by mean or median"),
    ),
    "a reference that is no city": (
        None, ('"min_max"\n', '"distance_reference"\nreference = "Nix"\n', '["min_max"', '["distance_reference"'),
        ("there is no city called 'Nix' | file method.toml, column rules.reference"
        " | known: Aran, Borim, Chaum, Daon, Eunsol, Garam"),
    ),
    "criteria to drop that are no indicators": (
        None, ("[groups.space]", '[drop]\nindicators = ["musem"]\n\n[groups.space]'),
        "there is no indicator called 'musem' | file method.toml, column drop.indicators | did you mean museums?",
    ),
    "every criterion dropped": (
        None, ("[groups.space]", '[drop]\nindicators = ["green_space", "rent", "museums"]\n\n[groups.space]'),
        "every indicator is dropped | file method.toml, column drop.indicators | keep at least one",
    ),
    "goalposts that are not given": (
        None, ('normalisation = "min_max"', 'normalisation = "goalposts"', '["min_max"', '["goalposts"'),
        ("the indicator 'green_space' has no goalposts | file method.toml"
        " | give goalposts = [low, high], or another normalisation"),
    ),
    "goalposts in another unit": (
        None, ('"min_max"', '"goalposts"', '["min_max"', '["goalposts"', 'denominator = "population"',
        'denominator = "population"\ngoalposts = [1000, 2000]'),
        ("the indicator 'green_space' has every value beyond its goalposts, 1000 to 2000 | file method.toml"
        " | set them in the indicator's unit"),
    ),
    "later editions over data without years": (
        None, ("[groups.space]", '[[editions]]\nfrom = 2020\nedition = "b"\nweights = { rent = 2 }\n[groups.space]'),
        ("the method has editions by year, and the data have no column 'year' | file cities.csv, row 1"
        " | add a column year, or take the editions out"),
    ),
    "a target that is not given": (
        None, ('normalisation = "min_max"', 'normalisation = "distance_target"', '["min_max"', '["distance_target"'),
        ("the indicator 'green_space' has no target | file method.toml"
        " | give target = VALUE, or another normalisation"),
    ),
    "a mean that needs scores above zero": (
        None, ("[1, 100]", "[0, 100]"),
        ("a geometric, harmonic or other power mean needs scores above zero | file method.toml"
        " | give the scale a floor above zero, as scale = [1, 100], or take the arithmetic mean"),
    ),
    "an ensemble over pairs": (
        None, ('aggregation = "geometric"\n', 'aggregation = "copeland"\n'),
        ("an ensemble needs a mean; pairs and the benefit of the doubt have none | file method.toml"
        " | aggregate by a mean, or declare no uncertainty"),
    ),
    "an assumption that changes nothing": (
        None, ("[uncertainty]", '[uncertainty]\ntreatment = ["none", "winsorise"]'),
        ("the assumption 'treatment' has no effect: none, winsorise give the same scores | file method.toml"
        " | declare only what makes a difference"),
    ),
    "two means that are one where one part weighs": (
        None, ("weight = 2", "weight = 2\n\n[drop]\nindicators = [\"green_space\", \"rent\"]"),
        ("the assumption 'aggregation' has no effect: arithmetic, geometric give the same scores | file method.toml"
        " | declare only what makes a difference"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", APART)
def test_each_way_two_files_disagree_has_its_message(ranked: Ranked, way: str) -> None:
    in_data, in_method, expected = APART[way]
    data = DATA.replace(*in_data) if in_data else DATA
    method = METHOD
    for right, wrong in zip((in_method or ())[::2], (in_method or ())[1::2], strict=True):
        method = method.replace(right, wrong, 1)
    if way == "a column the method does not know":
        data = "\n".join(line if place == 0 else _with_cell(line) for place, line in enumerate(data.split("\n")))
    assert (data, method) != (DATA, METHOD)
    assert refused(ranked, data, method) == expected


def _with_cell(line: str) -> str:
    """Return a row with one cell more before its last."""
    head, comma, last = line.rpartition(",")
    return f"{head},3{comma}{last}" if line else line


def test_one_city_is_no_ranking(ranked: Ranked) -> None:
    assert refused(ranked, data="\n".join(DATA.split("\n")[:2]), method=CERTAIN) == (
        "only 1 of 1 cities have enough values to be ranked | file method.toml | fill cells, or ask for less coverage"
    )


def test_an_indicator_that_nobody_has_is_refused(ranked: Ranked) -> None:
    assert refused(ranked, data=re.sub(r",\d+,made", ",,made", DATA)) == (
        "no city has a value of 'museums' | file cities.csv, column museums"
        " | fill the column, or take it out of the method"
    )


def test_an_indicator_with_one_value_for_all_ranks_nothing(ranked: Ranked) -> None:
    assert refused(ranked, data=re.sub(r",\d+,made", ",7,made", DATA), method=_plain_museums()) == (
        "the indicator 'museums' has one value for every city, so it ranks nothing | file method.toml | leave it out"
    )


def _plain_museums() -> str:
    """Return the method with museums as they are counted."""
    return METHOD.replace('unit = "1/person"\ndenominator = "population"', 'unit = "1"')


def test_a_logarithm_of_what_is_not_above_zero_is_refused(ranked: Ranked) -> None:
    # Skewed, so that it would be treated; the negative comes first in the file.
    rows = "".join(f"C{place},{value}\n" for place, value in enumerate([-1, *([1] * 11), 2, 3, 500]))
    method = 'title = "t"\nedition = "1"\n[rules]\ntreatment = "log"\n[indicators.a]\nbetter = "high"\n'
    assert refused(ranked, "city,a\n" + rows, method) == (
        "the indicator 'a': a logarithm needs values above zero | file method.toml"
        " | take log_shifted or log_signed, or winsorise"
    )


def test_a_city_in_two_groups_is_refused(ranked: Ranked) -> None:
    rows = "city,year,kind,a\nA,2020,x,1\nA,2021,y,2\nB,2020,x,3\nB,2021,x,4\n"
    method = (
        'title = "t"\nedition = "1"\n[rules]\nmissing = "mean"\ngroup_by = "kind"\n[indicators.a]\nbetter = "high"\n'
    )
    assert refused(ranked, rows, method) == (
        "'A' stands in two groups | file cities.csv, row 3, column kind, value 'y' | give a city one group"
    )


def test_a_last_year_with_one_city_is_refused(ranked: Ranked) -> None:
    rows = "city,year,a\nA,2020,1\nB,2020,2\nB,2021,5\n"
    assert refused(ranked, rows, 'title = "t"\nedition = "1"\n[indicators.a]\nbetter = "high"\n') == (
        "1 of 2 cities have data of 2021, and that year is ranked | file cities.csv, column year"
        " | add the others' rows, or take that year out"
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"focus": "Nowhere"},
            "there is no city called 'Nowhere' | file cities.csv | known: Aran, Borim, Chaum, Daon, Eunsol",
        ),
        (
            {"focus": "Garam"},
            "'Garam' has too few values to be ranked | file cities.csv | fill its cells, or ask for less coverage",
        ),
        (
            {"drop_criteria": True},
            "the method lists no criteria to drop | file method.toml | add [drop] with indicators, or leave it off",
        ),
    ],
)
def test_a_question_that_the_files_do_not_answer_is_refused(
    ranked: Ranked, more: dict[str, object], expected: str
) -> None:
    assert refused(ranked, **more) == expected
