"""Invented news in three languages, with what it states: as much as wanted, and always the same.

    python bench/generate.py --articles 20000 > news.jsonl       # to build, at any size
    python bench/generate.py --articles 300 --gold DIR           # to evaluate: one annotated file an article
    python bench/generate.py                                     # how fast it is, and what khabar finds

Article N of a seed is the same whatever is made beside it.  All articles tell of one world, in which a body
has one chair a year and one head, whatever the language; what they say in which words is drawn by chance.
The words are in news.toml; they were written without looking at what khabar reads, and are not bent to it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from measure import Row, show

from khabar.evaluation import evaluate, load_gold
from khabar.extraction import extract
from khabar.jsonlines import lines
from khabar.knowledge import load, records
from khabar.model import Article

SEED: Final = 7
MEASURED: Final = 300  # articles, where nothing else is asked for
LANGUAGES: Final = ("ar", "en", "ru")
GLOSS: Final = "en"  # the language in which two surfaces of one thing have one name
FIRST: Final = date(2018, 1, 1)  # day of publication
DAYS: Final = 2556  # in which all appear
KINDS: Final = (
    "chair", "role", "statement", "event", "launch", "join", "support", "meeting", "agreement", "visit",
    "appoint",
)  # fmt: skip
HEAD: Final = "head"  # the office whose holder may as well be said to chair the body
HOSTS: Final = 1  # the sentence about an event that says who is its host, in each language
APPOINTED: Final = ("appointed", "elected")  # what each sentence about an appointment says
# What stands in the columns of each table: a language, or a language and one of its forms.
COLUMNS: Final = {
    "given": "sex ar en ru",
    "family": "ar en ru",
    "country": "ar.sex ar en ru.sex ru ru.of",
    "city": "ar en ru ru.where",
    "kind": "ar ar.for en ru ru.of ru.to ru.where",
    "field": "ar ar.for en ru ru.to",
    "region": "ar en ru ru.of ru.to ru.where",
    "post": "ar ar.f ar.object ar.object.f en ru ru.object",
    "document": "ar en ru",
    "quotation": "ar en ru",
    "month": "ar en ru.where ru.of",
}

Cells = Mapping[str, str]  # a row of a table, by its columns
Fact = dict[str, Any]

_SLOT: Final = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
_GENDER: Final = re.compile(r"\[([^:\]]*):([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called in one language, in each of its forms; the plain one has no name."""

    type: str
    forms: Mapping[str, str]
    gloss: str
    sex: str = "m"  # of the word, which verbs agree with


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, and the facts that it states."""

    text: str
    facts: tuple[Fact, ...]


class World:
    """All that can be told of, the same for every article of one seed."""

    def __init__(self, seed: int = SEED) -> None:
        words = tomllib.loads(Path(__file__).with_name("news.toml").read_text(encoding="utf-8"))
        self.seed = seed
        self.tables = {name: [_row(COLUMNS[name], row) for row in words[name]] for name in COLUMNS}
        self.sentences: dict[str, dict[str, list[str]]] = {name: words[name] for name in (*KINDS, "filler")}

    def article(self, number: int) -> dict[str, Any]:
        """Article NUMBER with the facts that it states, in the form that khabar build and evaluate read."""
        chance = Random(f"{self.seed} {number}")
        language = chance.choice(LANGUAGES)
        published = FIRST + timedelta(chance.randrange(DAYS))
        teller = Teller(self, chance, language, published)
        told = [teller.tell(kind) for kind in chance.choices(KINDS, k=chance.randint(3, 7))]
        for _ in range(chance.randint(1, 3)):
            filler = chance.choice(self.sentences["filler"][language])
            told.insert(chance.randint(1, len(told)), Said(filler, ()))
        told = list({said.text: said for said in told}.values())
        text = "\n\n".join(" ".join(said.text for said in told[n : n + 3]) for n in range(0, len(told), 3))
        key = f"{language}-{self.seed}-{number}"
        return {
            "id": key, "lang": language, "title": told[0].text.rstrip("."),
            "published": published.isoformat(),
            "source": {"url": f"https://news.example/{key}"}, "text": text,
            "facts": [fact for said in told for fact in said.facts],
        }  # fmt: skip


class Teller:
    """What one article says."""

    def __init__(self, world: World, chance: Random, language: str, published: date) -> None:
        self.world, self.chance, self.language, self.published = world, chance, language, published

    def tell(self, kind: str) -> Said:
        """A sentence that states a fact of a KIND."""
        names, slots = getattr(self, f"_{kind}")()
        patterns = self.world.sentences[kind][self.language]
        chosen = self.chance.randrange(len(patterns))
        text, printed = _render(patterns[chosen], names)
        said = {slot: self._value(value, names, printed) for slot, value in slots.items()}
        fact = {"type": kind, **said, "evidence": text}
        if kind == "event" and chosen == HOSTS:
            fact["host_or_organiser"] = fact["place"]
        facts = [fact]
        if kind == "appoint":  # who was appointed holds the office, too: docs/evaluation.md counts both
            role = {name: fact[name] for name in ("person", "role", "org", "evidence")}
            facts = [{"type": "role", **role}, fact | {"kind": APPOINTED[chosen]}]
        if kind in ("role", "appoint") and names["post"].gloss == HEAD:
            chair = {"body": fact["org"], "chair": fact["person"], "year": None, "implied": True}
            facts.append({"type": "chair", **chair, "evidence": text})
        return Said(text, tuple(facts))

    @staticmethod
    def _value(value: Any, names: Mapping[str, Name], printed: Mapping[str, str]) -> Any:
        if isinstance(value, list):
            return [Teller._value(item, names, printed) for item in value]
        if isinstance(value, str) and value in names:
            name = names[value]
            return {"text": printed[value], GLOSS: name.gloss, "type": name.type}
        if isinstance(value, tuple):  # words that stand as they are printed
            return " ".join(printed[part] for part in value)
        return value

    # --- kinds of facts: the names in the sentence, and the slots of the fact

    def _chair(self) -> tuple[dict[str, Name], dict[str, Any]]:
        body, year = self._body(), self.published.year - self.chance.randrange(6)
        country = self._country(f"chair {body.gloss} {year}")
        names = {"body": body, "country": country, "year": _plain(str(year))}
        return names, {"body": "body", "chair": "country", "year": year}

    def _role(self) -> tuple[dict[str, Name], dict[str, Any]]:
        return self._holder(), {"person": "person", "role": self._role_words(), "org": "body"}

    def _holder(self) -> dict[str, Name]:
        body = self._body()
        own = Random(f"{self.world.seed} head {body.gloss}")
        person = self._person(own)
        return {"body": body, "person": person, "post": self._post(own, person.sex)}

    def _role_words(self) -> tuple[str, ...]:
        order = {"ar": ("post", "body"), "en": ("post", "of", "body"), "ru": ("post", "body")}
        return order[self.language]

    def _statement(self) -> tuple[dict[str, Name], dict[str, Any]]:
        quotation = self._pick("quotation")
        words = _name("other", quotation, self.language)
        return {"person": self._person(self.chance), "quotation": words}, {
            "speaker": "person", "quote": ("quotation",),
        }  # fmt: skip

    def _event(self) -> tuple[dict[str, Name], dict[str, Any]]:
        """A conference, which took place once, whoever tells of it."""
        one, two = self.chance.sample(self.world.tables["field"], 2)
        title = "International Conference on"
        forms = {
            "ar": {"": f"المؤتمر الدولي {one['ar.for']} و{two['ar']}"},
            "en": {"": f"{title} {one['en']} and {two['en']}"},
            "ru": {
                "": f"Международная конференция по {one['ru.to']} и {two['ru.to']}",
                "object": f"Международную конференцию по {one['ru.to']} и {two['ru.to']}",
            },
        }
        event = Name("event", forms[self.language], forms[GLOSS][""])
        own = Random(f"{self.world.seed} held {event.gloss}")
        day, words = self._day(FIRST - timedelta(own.randrange(3000)))
        return {"event": event, "city": self._city(own), "day": words}, {
            "name": "event", "date": day, "place": "city", "host_or_organiser": None,
        }  # fmt: skip

    def _launch(self) -> tuple[dict[str, Name], dict[str, Any]]:
        body = self._body()
        own = Random(f"{self.world.seed} founded {body.gloss}")
        year, month = own.randrange(1995, 2018), own.randrange(12)
        names = {"body": body, "year": _plain(str(year)), "month": self._month(month)}
        return names, {"thing": "body", "date": f"{year}-{month + 1:02}", "by": None}

    def _join(self) -> tuple[dict[str, Name], dict[str, Any]]:
        body, country = self._body(), self._country()
        year = Random(f"{self.world.seed} joined {body.gloss} {country.gloss}").randrange(2018, 2024)
        names = {"body": body, "country": country, "year": _plain(str(year))}
        return names, {"member": "country", "group": "body", "date": str(year)}

    def _support(self) -> tuple[dict[str, Name], dict[str, Any]]:
        names = {"body": self._body(), "country": self._country()}
        return names, {"supporter": "country", "supported": "body"}

    def _meeting(self) -> tuple[dict[str, Name], dict[str, Any]]:
        day, words = self._day()
        one, other = self._person(self.chance), self._person(self.chance)
        while other.gloss == one.gloss:
            other = self._person(self.chance)
        names = {"person": one, "other": other, "city": self._city(), "day": words}
        return names, {"participants": ["person", "other"], "date": day, "place": "city"}

    def _agreement(self) -> tuple[dict[str, Name], dict[str, Any]]:
        day, words = self._day()
        one, second = self._country(), self._country()
        while second.gloss == one.gloss:
            second = self._country()
        document = _name("other", self._pick("document"), self.language)
        names = {"country": one, "second": second, "document": document, "day": words}
        return names, {"parties": ["country", "second"], "subject": "document", "date": day}

    def _visit(self) -> tuple[dict[str, Name], dict[str, Any]]:
        day, words = self._day()
        names = {"person": self._person(self.chance), "city": self._city(), "day": words}
        return names, {"person": "person", "place": "city", "date": day}

    def _appoint(self) -> tuple[dict[str, Name], dict[str, Any]]:
        names = self._holder()
        own = Random(f"{self.world.seed} appointed {names['body'].gloss}")
        year, month = own.randrange(2015, 2018), own.randrange(12)
        names |= {"year": _plain(str(year)), "month": self._month(month)}
        return names, {
            "person": "person", "role": self._role_words(), "org": "body", "date": f"{year}-{month + 1:02}",
        }  # fmt: skip

    # --- names

    def _pick(self, table: str, chance: Random | None = None) -> Cells:
        return (chance or self.chance).choice(self.world.tables[table])

    def _country(self, drawn_by: str | None = None) -> Name:
        chance = Random(f"{self.world.seed} {drawn_by}") if drawn_by else self.chance
        return _name("country", self._pick("country", chance), self.language)

    def _city(self, chance: Random | None = None) -> Name:
        return _name("place", self._pick("city", chance), self.language)

    def _month(self, number: int) -> Name:
        row = self.world.tables["month"][number]
        return _name("other", row, self.language)

    def _person(self, chance: Random) -> Name:
        given, family = self._pick("given", chance), self._pick("family", chance)
        own, gloss = (f"{given[tag]} {family[tag]}" for tag in (self.language, GLOSS))
        return Name("person", {"": own}, gloss, given["sex"])

    def _post(self, chance: Random, sex: str) -> Name:
        row = self._pick("post", chance)
        if self.language == "ar" and sex == "f":
            return Name("other", {"": row["ar.f"], "object": row["ar.object.f"]}, row[GLOSS], sex)
        return _name("other", row, self.language)

    def _body(self) -> Name:
        """One of some hundreds of bodies, a few of them much in the news."""
        tables = self.world.tables
        kind, field, region = (
            tables[name][int(len(tables[name]) * self.chance.random() ** 1.7)]
            for name in ("kind", "field", "region")
        )
        gloss = _joined(region["en"], field["en"], kind["en"])
        forms = {
            "ar": {
                form: _joined(kind[f"ar.{form}" if form else "ar"], field["ar"], region["ar"])
                for form in ("", "for")
            },
            "en": {"": gloss},
            "ru": {
                form: _joined(region[of], kind[of].lower() if region["ru"] else kind[of], field["ru"])
                for form, of in (("", "ru"), ("of", "ru.of"), ("to", "ru.to"), ("where", "ru.where"))
            },
        }
        return Name("organisation", forms[self.language], gloss)

    def _day(self, day: date | None = None) -> tuple[str, Name]:
        """A DAY, or one of the last year before the article, and how it is written."""
        day = day or self.published - timedelta(self.chance.randrange(1, 300))
        month = self.world.tables["month"][day.month - 1]
        written = {
            "ar": lambda: f"{day.day} {month['ar']} {day.year}",
            "en": lambda: f"{day.day} {month['en']} {day.year}",
            "ru": lambda: f"{day.day} {month['ru.of']} {day.year} года",
        }
        return day.isoformat(), _plain(written[self.language]())


def _row(columns: str, text: str) -> Cells:
    return dict(zip(columns.split(), (cell.strip() for cell in text.split("|")), strict=True))


def _name(type_: str, row: Cells, language: str) -> Name:
    forms = {column.partition(".")[2]: words for column, words in row.items() if column.startswith(language)}
    return Name(type_, forms, row[GLOSS], forms.get("sex", "m"))


def _plain(words: str) -> Name:
    return Name("other", {"": words}, words)


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))


def _render(pattern: str, names: Mapping[str, Name]) -> tuple[str, dict[str, str]]:
    """A sentence, and how each name is printed in it; a verb agrees with the person, else with the rest."""
    printed: dict[str, str] = {"of": "of the"}

    def fill(match: re.Match[str]) -> str:
        forms = names[match[1]].forms
        printed[match[1]] = forms.get(match[2] or "") or forms[""]
        return printed[match[1]]

    head = next((names[name] for name in ("person", "country") if name in names), None)
    agreed = _GENDER.sub(lambda match: match[2 if head and head.sex == "f" else 1], pattern)
    text = _SLOT.sub(fill, agreed)
    return text[0].upper() + text[1:], printed


# --- writing it down


def generated(count: int, seed: int = SEED, *, start: int = 0) -> Iterator[dict[str, Any]]:
    """So many articles from the number START on."""
    world = World(seed)
    return (world.article(number) for number in range(start, start + count))


def write_gold(articles: Iterator[dict[str, Any]], folder: Path) -> None:
    """One annotated file an article."""
    folder.mkdir(parents=True, exist_ok=True)
    for article in articles:
        text = json.dumps(article, ensure_ascii=False, indent=1)
        (folder / f"{article['id']}.json").write_text(text + "\n", encoding="utf-8")


def as_lines(articles: Iterator[dict[str, Any]]) -> Iterator[str]:
    """A line of JSON each."""
    return (json.dumps(article, ensure_ascii=False) for article in articles)


# --- measuring


def recall(count: int) -> str:
    """What khabar finds of COUNT articles, by type and by language: the table of khabar evaluate."""
    knowledge, known = load(), records.load()

    def found(article: Article) -> Sequence[Any]:
        return lines(extract(article, knowledge), known)

    with TemporaryDirectory(prefix="khabar-") as scratch:
        write_gold(generated(count), Path(scratch))
        gold = load_gold([scratch], languages=knowledge.languages)
        return evaluate(gold, found, records=known, languages=knowledge.languages).table()


def speed(count: int) -> Iterator[Row]:
    """How many articles a second are made, in one process."""
    begin = perf_counter()
    size = sum(len(line.encode()) for line in as_lines(generated(count)))
    passed = perf_counter() - begin
    yield "articles", "MB", "articles/s"
    yield str(count), f"{size / 1e6:.1f}", f"{count / passed:.0f}"


def main() -> None:
    """Write what is asked for, or measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, metavar="N", help="write N articles")
    parser.add_argument(
        "--start", type=int, default=0, metavar="N", help="number of the first one (default: 0)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help=f"another world (default: {SEED})")
    parser.add_argument("--gold", type=Path, metavar="DIR", help="write them as annotated files into DIR")
    asked = parser.parse_args()
    if asked.articles is None:
        show("Generated news", speed(10 * MEASURED))
        print(f"\nWhat khabar finds in {MEASURED} generated articles\n\n{recall(MEASURED)}")
        return
    articles = generated(asked.articles, asked.seed, start=asked.start)
    if asked.gold:
        write_gold(articles, asked.gold)
        return
    for line in as_lines(articles):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
