"""A pack that was written by hand, with everything that can go wrong on a page: no child of any school.

Odd names, words that look like formulas, links, markup and numbers, a chronology of 300 lines, a word without an end,
a text longer than a page, and a herringbone of 39 weeks for each of two years.
"""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from halfday.printing import day_and_year
from halfday_sync.referrals.content import Block, Boxes, Fact, Facts, Grid, Pack, Sheet, Table, Week, Words

MADE_ON = date(2025, 12, 5)
ODD = (
    "Łucja O’Brien-Şahin",
    "=cmd|'/c calc'!A1",
    "+44 7700 900123",
    "-1",
    "@SUM(1+1)",
    "https://example.org/a?b=c&d=e",
    "mailto:mum@example.org",
    "#set page(fill: red)",
    "*bold* _slanted_ $x$ `raw` [link] <tag> \\ // /* */ @ref #sym.arrow",
    "007",
    "1e5",
    "TRUE",
    "{=1}",
    "&L&P & Sons",
    "<b>&amp;</b>",
    '"quoted", and more',
    "_x0041_",
    "two\nlines",
    "Zoë 😊 王",
    "عمر",
    "1 Dec 2025",
)
"""Texts that a program might take for something else."""
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3
LONG_TEXT = " ".join(f"On day {n} somebody rang, was told why, and wrote it down." for n in range(150))
_CODES = ("/", "\\", "I", "U", "L", "O", "C2", "N", "", "G")
_LOOKS = {"I": "authorised", "U": "unauthorised", "L": "late", "O": "unauthorised", "C2": "authorised", "N": "other"}
COUNTED = ("Possible", "Attended", "Authorised", "Unauthorised", "Late (L)", "Late (U)")


def year(first: date, weeks: int = 39) -> Grid:
    """A school year in which every code turns up."""
    rows = []
    for n in range(weeks):
        codes = tuple(_CODES[(n * 3 + at) % 10] if n % 4 == 1 else ("/", "\\")[at % 2] for at in range(10))
        looks = tuple(_looks(code) for code in codes)
        if n % 9 == 8:
            codes, looks = (*codes[:8], "#", "#"), (*looks[:8], "closed", "closed")
        monday = first + timedelta(weeks=n)
        rows.append(Week(f"{monday.day} {monday:%b %Y}", codes, looks, (10, 8, 1, 1, 0, 0)))
    return Grid(
        f"Registration certificate {first.year}/{first.year % 100 + 1}", COUNTED, tuple(rows), (390, 312, 39, 39, 0, 0)
    )


def _looks(code: str) -> str:
    if code in {"/", "\\"}:
        return "present"
    return _LOOKS.get(code, "unauthorised" if code else "")


def chronology(rows: int = 300) -> Table:
    """A long table, every so often with a long line in it."""
    said = tuple(
        (
            day_and_year(date(2024, 9, 2) + timedelta(days=n)),
            ("Call", "Letter", "Stage", "Meeting")[n % 4],
            f"Line {n}. No answer. Rang twice, then wrote to both parents and put it in the diary." * (1 + n % 7 // 6),
            f"{95 - n % 20}.{n % 10}%",
            ("J Bell", "Mrs Reed", "")[n % 3],
        )
        for n in range(rows)
    )
    return Table(
        "What happened, in the order of days",
        ("Day", "What", "In words", "Attendance", "Who"),
        said,
        (16, 10, 50, 12, 12),
    )


def pack(*, is_draft: bool = False, **changes: object) -> Pack:
    """The pack."""
    whole = Pack(
        profile="rotherham",
        title="Request for a penalty notice",
        school="Stanton Road Primary School",
        about="Łucja O’Brien-Şahin, born 3 March 2016, UPN A999200020001",
        made_on=MADE_ON,
        marks_until=date(2025, 12, 4),
        sheets=(
            *([_missing()] if is_draft else []),
            _cover(),
            _certificate(),
            _long(),
            _odd(),
            _wide(),
            _declaration(),
        ),
        is_draft=is_draft,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def little(*blocks: Block, **changes: object) -> Pack:
    """A pack of one sheet with these blocks."""
    whole = Pack(
        "generic", "Referral", "Little School", "Ada Ash", MADE_ON, MADE_ON, (Sheet("cover", "Cover", blocks),)
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def shown(one: Pack) -> tuple[str, ...]:
    """Everything that pages show: of a table the words for an empty one only where it is, and then no headings."""
    return tuple(
        replace(
            one, sheets=tuple(replace(sheet, blocks=tuple(map(_shown, sheet.blocks))) for sheet in one.sheets)
        ).texts()
    )


def _shown(block: Block) -> Block:
    if isinstance(block, Table):
        return replace(block, empty="") if block.rows else replace(block, headings=())
    if isinstance(block, Grid):
        return replace(block, empty="") if block.weeks else replace(block, counted=(), totals=())
    return block


def _missing() -> Sheet:
    lines = ("The request cannot be sent yet. What follows is still missing.", "Rotherham wants it within ten days.")
    rows = (
        ("Early Help", "The list of questions: 'Early Help'."),
        ("When the plan was reviewed", "Plans: type the day in 'Reviewed on'."),
    )
    table = Table("Needed", ("What", "Where to put it right"), rows, (40, 60))
    return Sheet("missing", "What is still missing", (Words("Please read this first", lines, warning=True), table))


def _cover() -> Sheet:
    pupil = (
        Fact("Legal name", "Łucja O’Brien-Şahin"),
        Fact("Other surname", by_hand=True),
        Fact("Date of birth", "3 March 2016"),
        Fact("UPN", "A999200020001"),
        Fact("Year group", 4),
        Fact("Address", "Flat 2, Rose Court\n14 The Long Lane\nRotherham S63 0ZZ", note="As the school's MIS has it."),
        Fact("What language or communication needs does the parent have that the school knows about?", "None known"),
    )
    why = (
        Fact("Reason for the referral", "Unauthorised absence"),
        Fact("What has happened, in short", LONG_TEXT[:900]),
        Fact("Has an Early Help assessment been offered? If not, say why.", by_hand=True, note="Nobody has said yet."),
    )
    check = Words(
        "Please check", ("We have not seen this authority's form. Check this against the current form.",), warning=True
    )
    return Sheet("cover", "Cover", (check, Facts("The pupil", pupil), Facts("The request", why)))


def _certificate() -> Sheet:
    key = Table(
        "What the codes mean",
        ("Code", "What it means", "How it counts"),
        (
            ("/ \\", "Present", "attended"),
            ("I", "Illness", "authorised absence"),
            ("U", "Arrived after the register closed", "unauthorised absence"),
        ),
        (10, 60, 30),
        note="The codes are those of the DfE's guidance of August 2024.",
    )
    totals = Facts(
        "In all", (Fact("Attendance this year", "90.03%"), Fact("Sessions possible", 390), Fact("No reason yet (N)", 4))
    )
    none = Grid("Registration certificate 2023/24", COUNTED, (), ())
    return Sheet("certificate", "Certificate", (year(date(2025, 9, 1)), year(date(2024, 9, 2)), none, totals, key))


def _long() -> Sheet:
    return Sheet(
        "chronology", "Chronology", (Words("", ("Each line says what the figure was on that day.",)), chronology())
    )


def _odd() -> Sheet:
    rows = tuple((text, text, n) for n, text in enumerate(ODD))
    return Sheet(
        "voice",
        "Odd & ends",
        (
            Table(
                "Odd words",
                ("As it is", "Once more", "Number"),
                (*rows, (LONG_WORD, "short", 1)),
                (50, 40, 10),
                note="=1+1",
            ),
            Facts("", (*(Fact(text, text, note=text) for text in ODD), Fact(LONG_WORD, LONG_WORD))),
            Words("", (*ODD, LONG_WORD, LONG_TEXT)),
            Table("None", ("Day", "What"), (), (1, 1), empty="No plan is noted."),
            Table(
                "Longer than a page",
                ("Day", "What was said"),
                (("1 Dec 2025", LONG_TEXT), ("2 Dec 2025", "short")),
                (20, 80),
            ),
        ),
    )


def _wide() -> Sheet:
    headings = tuple(f"Half term {n}" for n in range(1, 13))
    return Sheet("half_terms", "Half terms", (Table("", headings, (tuple(range(90, 102)),) * 4, (1,) * 12),))


def _declaration() -> Sheet:
    said = (
        "We have considered the reasons for the absence.",
        "The parents have been told that the absence is unauthorised.",
    )
    boxes = Boxes("Declaration", said, ("Headteacher", "Attendance officer"))
    copies = Table("Please add", ("☐", "What"), (("☐", "Letters to each parent"), ("☐", "The contract")), (6, 94))
    return Sheet("declaration", "Declaration", (boxes, copies))


# --- any pack ---------------------------------------------------------------------------------------------------------

_TEXTS = st.one_of(st.text(max_size=40), st.sampled_from((*ODD, LONG_WORD)))
_CELLS = st.one_of(_TEXTS, st.integers(0, 5000))


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    """Packs of any blocks with any words."""
    blocks = st.one_of(
        st.builds(
            Facts, _TEXTS, st.lists(st.builds(Fact, _TEXTS, _CELLS, st.booleans(), _TEXTS), max_size=4).map(tuple)
        ),
        st.builds(Words, _TEXTS, st.lists(_TEXTS, max_size=4).map(tuple), st.booleans()),
        st.builds(Boxes, _TEXTS, st.lists(_TEXTS, max_size=2).map(tuple), st.lists(_TEXTS, max_size=3).map(tuple)),
        _tables(),
        _grids(),
    )
    count = draw(st.integers(1, 3))
    sheets = tuple(
        Sheet(f"sheet{n}", f"Sheet {n}", tuple(draw(st.lists(blocks, max_size=4)))) for n in range(1, count + 1)
    )
    return little(
        sheets=sheets,
        title=f"Referral {draw(_TEXTS)}",
        school=draw(_TEXTS),
        about=draw(_TEXTS),
        is_draft=draw(st.booleans()),
    )


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    columns = draw(st.integers(1, 10))
    row = st.tuples(*[_CELLS] * columns)
    headings, widths = draw(st.tuples(*[_TEXTS] * columns)), draw(st.tuples(*[st.integers(1, 90)] * columns))
    return Table(draw(_TEXTS), headings, tuple(draw(st.lists(row, max_size=5))), widths, draw(_TEXTS), draw(_TEXTS))


@st.composite
def _grids(draw: st.DrawFn) -> Grid:
    counted = draw(st.integers(1, 7))
    looks = st.sampled_from(("present", "authorised", "unauthorised", "late", "closed", "other", ""))
    week = st.builds(
        Week,
        _TEXTS,
        st.tuples(*[st.sampled_from(_CODES)] * 10),
        st.tuples(*[looks] * 10),
        st.tuples(*[_CELLS] * counted),
    )
    totals = draw(st.one_of(st.just(()), st.tuples(*[_CELLS] * counted)))
    titles = draw(st.tuples(*[_TEXTS] * counted))
    return Grid(draw(_TEXTS), titles, tuple(draw(st.lists(week, max_size=3))), totals)
