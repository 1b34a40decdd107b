"""Tokens to chunks that name one thing: a known name, a word, a phrase with its head."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.knowledge.language import Words
from khabar.model import Span
from khabar.text.chunk import Chunk, Chunker
from khabar.text.lex import Lexeme
from khabar.text.line import Line, Phrase
from khabar.vocab import KH


class Cutting(Chunker):
    """Makes chunks of what the lexicon, the names and the phrases of one article's language tell."""

    def _name(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        name, end, _ = line.names[i]
        kind = "demonym" if name.kind == "demonym" else "name"
        made = self.make(line, i, end, kind, name.type, governors)
        return made._replace(iri=name.iri, cases=name.cases)

    def _several(self, line: Line, i: int, several: tuple[Words, int], governors: tuple[str, ...]) -> Chunk:
        """A word of the lexicon that is written as several."""
        words, length = several
        token, best, given = line.lexemes[i].token, line.lexemes[i].best, line.lexemes[i].given
        best = best._replace(words=(words,))
        head = Lexeme(token, *self.language.judged(best, (best,), given), several)
        return self.make(line, i, i + length, "word", governors=governors)._replace(head=head)

    def _word(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        lexeme = line.lexemes[i]
        if lexeme.has(KH.refers) and not (lexeme.has(KH.title) and self._capital_at(line, i + 1)):
            return self.make(line, i, i + 1, "pronoun", KH.Person)
        if is_initial(line, i):
            return self.make(line, i, i + 2, "unknown", governors=governors)
        strange = not lexeme.known or self._spelt_as_name(line, i)
        unknown = lexeme.token.kind == "word" and strange and self._name_like(line, i)
        return self.make(line, i, i + 1, "unknown" if unknown else "word", governors=governors)

    def _spelt_as_name(self, line: Line, i: int) -> bool:
        """Whether a small word stands amid the sentence as only a name is spelt: «посол | Ли | Сунь»."""
        if self.language.phrases is KH.idafa or i == 0 or line.is_mark(i - 1) or i + 1 >= len(line):
            return False
        if self.language.phrases is KH.capitals:  # "President | To Lam"
            office = line.noun(i - 1)
            if office is None or office[0].denotes != KH.Post:
                return False
        if not line.has(i, KH.functional) or len(line.surface(i)) == 1 or line.surface(i).isupper():
            return False
        return self._capital_at(line, i) and self._capital_at(line, i + 1) and not line.lexemes[i + 1].known

    def _capital_at(self, line: Line, i: int) -> bool:
        """Whether a capitalised word stands at I: after «дипломат» he is named."""
        return i < len(line) and line.surface(i)[0].isupper()

    def _name_like(self, line: Line, i: int) -> bool:
        surface = line.surface(i)
        cased = surface.upper() != surface.lower()
        if cased:
            return surface[0].isupper() or self._particle(line, i)
        return bool(self.language.shapes[KH.nameShape].fullmatch(line.lexemes[i].token.folded))

    def _particle(self, line: Line, i: int) -> bool:
        """Whether a small word goes on with a name: "Salem | bin | Rashid", "Walid | al-Hariri"."""
        surface, particles = line.surface(i), self.index.particles
        prefix, hyphen, rest = surface.partition("-")
        if hyphen:
            return prefix in particles and rest[:1].isupper()
        between = 0 < i < len(line) - 1 and line.surface(i - 1)[:1].isupper()
        return between and surface in particles and line.surface(i + 1)[:1].isupper()

    def _headed(
        self, line: Line, chunk: Chunk, phrase: Phrase, inner: tuple[Chunk, ...], *, bare: bool = False
    ) -> Chunk:
        """The chunk of a phrase with its head, and its own words alone: "Norway's | foreign minister"."""
        words, span, head = phrase.words, chunk.span, line.lexemes[phrase.head]
        if phrase.after - phrase.head > 1:  # what the noun is marked with, no word of it is
            head = head._replace(features=head.features | words.features)
        ruled = any(_presided(line, k) for k in range(phrase.after, chunk.last))
        if words.denotes is KH.Organization and ruled:  # the council of an assembly is presided over, too
            head = head._replace(features=head.features | {KH.presided})
        if phrase.shown is not None and phrase.shown != phrase.first:
            span = Span(line.lexemes[phrase.shown].token.span.start, span.end)
        return chunk._replace(
            span=span,
            surface=self.article.text[span.start : span.end],
            head=head,
            cases=words.cases,
            numbers=words.numbers,
            base=self._base(line, phrase, chunk.last),
            inner=inner,
            bare=bare,
        )

    def _base(self, line: Line, phrase: Phrase, last: int) -> str:
        """Its name with head and adjectives in one form, where the paradigm of the head tells."""
        if not phrase.words.lemma:
            return ""
        start = phrase.first if phrase.shown is None else phrase.shown
        before = (self.language.adjective_stem(x.token.folded) for x in line.lexemes[start : phrase.head])
        after = (x.token.folded for x in line.lexemes[phrase.after : last])
        return " ".join((*before, phrase.words.lemma, *after))

    def _inside(self, line: Line, start: int, end: int) -> Iterator[Chunk]:
        i = start
        while i < end:
            if i in line.names and line.names[i][1] <= end:
                yield self._name(line, i, ())
                i = line.names[i][1]
            else:
                i += 1

    def _name_follows(self, line: Line, i: int) -> bool:
        """Whether a capitalised word that nobody knows stands at I."""
        if i >= len(line) or i in line.times or i in line.names or line.is_mark(i):
            return False
        return line.surface(i)[0].isupper() and not line.lexemes[i].known

    def _past_article(self, line: Line, i: int) -> int:
        return i + 1 if i < len(line) and line.has(i, KH.article) else i


def _presided(line: Line, i: int) -> bool:
    """Whether what stands at I tells that a body is presided over: "authority of | heads of state"."""
    several = line.lexemes[i].several
    return line.has(i, KH.presided) or several is not None and KH.presided in several[0].features


def is_initial(line: Line, i: int) -> bool:
    """Whether an initial stands at I, with its full stop and before the rest of the name: «И. И. Иванов»."""
    if i in line.names or not _initial_at(line, i):
        return False
    after = i + 4 if _initial_at(line, i + 2) else i + 2
    if after >= len(line) or line.lexemes[after].known:
        return False
    following = line.surface(after)
    return len(following) > 1 and following[0].isupper()


def _initial_at(line: Line, i: int) -> bool:
    """Whether one capital letter and a full stop stand at I, side by side."""
    if i + 1 >= len(line) or line.surface(i + 1) != ".":
        return False
    letter = line.lexemes[i].token
    beside = letter.span.end == line.lexemes[i + 1].token.span.start
    return beside and len(letter.surface) == 1 and letter.surface.isupper()
