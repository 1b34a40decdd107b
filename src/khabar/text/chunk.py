"""The values between recognising and relating: chunks, and how one is cut out of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rdflib import URIRef

from khabar.knowledge import Knowledge
from khabar.knowledge.language import Language
from khabar.knowledge.ontology import Ontology
from khabar.model import Article, Period, Span
from khabar.text.lex import Lexeme, role_of
from khabar.text.line import Line
from khabar.text.segment import Sentence
from khabar.vocab import KH, LEXINFO


class Chunk(NamedTuple):
    """A stretch of one sentence that frames see as one thing: tokens [first, last)."""

    first: int
    last: int
    kind: str  # "name", "phrase", "post", "person", "pronoun", "demonym", "unknown", "time", "word" or "mark"
    span: Span  # without the clitics before it
    surface: str
    type: URIRef | None = None  # of what it names
    governors: tuple[str, ...] = ()  # the preposition before it or written on to it, folded
    joined: bool = False  # whether a conjunction is written on to it
    iri: URIRef | None = None  # what it names, if the gazetteer says so
    head: Lexeme | None = None
    period: Period | None = None
    inner: tuple[Chunk, ...] = ()  # what is named inside: the body of a post, the country of an adjective
    bare: bool = False  # a head without a name of its own: «المؤتمر», "the ministry"
    owns: bool = False  # the genitive of the noun before it, and so no argument of a verb
    cases: frozenset[URIRef] = frozenset()  # that its form may stand in; empty: it does not tell
    base: str = ""  # what it names in its base form, folded; empty: as printed
    numbers: frozenset[URIRef] = frozenset()  # as a subject; empty: it does not tell

    @property
    def bare_head(self) -> bool:
        """Whether it is one word."""
        return self.last - self.first == 1

    @property
    def comma(self) -> bool:
        """Whether it is a comma, Arabic or Latin."""
        return self.kind == "mark" and self.surface in "،,"

    def has(self, feature: URIRef) -> bool:
        """Whether its head word carries that feature."""
        return self.head is not None and feature in self.head.features


@dataclass(frozen=True, slots=True)
class Recognised:
    """One sentence with its chunks, which cover its tokens in order."""

    sentence: Sentence
    line: Line
    chunks: tuple[Chunk, ...]
    whole: bool = True  # False for one mended from two


class Chunker:
    """Cuts chunks out of the sentences of one article."""

    def __init__(self, article: Article, knowledge: Knowledge) -> None:
        self.article = article
        self.language: Language = knowledge.languages[article.language]
        self.index = knowledge.names[article.language]
        self.ontology: Ontology = knowledge.ontology

    def make(
        self,
        line: Line,
        first: int,
        last: int,
        kind: str,
        cls: URIRef | None = None,
        governors: tuple[str, ...] = (),
    ) -> Chunk:
        """A chunk of the tokens [FIRST, LAST), without the clitics before what it names."""
        lexeme = line.lexemes[first]
        start, joined = lexeme.token.span.start, False
        if proclitics := line.names[first][2] if first in line.names else lexeme.best.proclitics:
            start = self._start(lexeme, proclitics)
            roles = {p: role_of(self.language, p) for p in proclitics}
            governors = tuple(p for p, role in roles.items() if role is KH.preposition) or governors
            joined = any(role is KH.conjunction for role in roles.values())
        span = Span(start, line.lexemes[last - 1].token.span.end)
        surface = self.article.text[span.start : span.end]
        return Chunk(first, last, kind, span, surface, cls, governors, joined, None, lexeme)

    def after_noun(self, before: Chunk, chunk: Chunk) -> bool:
        """Whether it is the genitive of a noun that nobody knows: «одобрил кандидатуру | министра»."""
        cases = chunk.cases
        # «развитию | партнерства»: of a platform there are hardly several
        one = LEXINFO.nominativeCase not in cases or chunk.type is KH.Platform and chunk.kind == "phrase"
        genitive = LEXINFO.genitiveCase in cases and one
        return genitive and not chunk.governors and self.noun_like(before)

    def noun_like(self, chunk: Chunk) -> bool:
        """Whether an unknown word stands there that looks like a noun, whose genitive may follow."""
        if self.language.phrases is not KH.genitive or chunk.kind != "word" or chunk.head is None:
            return False
        if chunk.head.known or not chunk.surface.islower():
            return False
        word = self.language.fold(chunk.surface)
        verbal = any(self.language.shapes[s].fullmatch(word) for s in (KH.verbShape, KH.surelyVerbShape))
        return not (verbal or self.language.adjective_cases(word) or word.endswith(self.language.adverbials))

    def _start(self, lexeme: Lexeme, proclitics: Sequence[str]) -> int:
        """Where a name starts after its conjunction and preposition; «للمنظمة» keeps what melted into it."""
        token = lexeme.token
        separable = [p for p in proclitics if role_of(self.language, p) in (KH.conjunction, KH.preposition)]
        while separable and not token.folded.startswith(
            "".join(proclitics[: len(separable)]) + _rest(proclitics, separable)
        ):
            separable.pop()
        drop = len("".join(separable))
        position = token.span.start
        while drop > 0 and position < token.span.end:
            drop -= len(self.language.fold(self.article.text[position]))
            position += 1
        return position


def _rest(proclitics: Sequence[str], separable: Sequence[str]) -> str:
    """What must follow the separable clitics for them not to have melted into the next."""
    following = proclitics[len(separable) :]
    return following[0] if following else ""
