"""Tokens with what the lexicon and the gazetteer know of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from rdflib import URIRef

from khabar.knowledge.language import Analysis, Frame, Judged, Language, Start, Words
from khabar.knowledge.memo import LIMIT
from khabar.knowledge.names import Name, NameIndex
from khabar.text.segment import Token
from khabar.vocab import KH, LEXINFO

_LINKING: Final = (
    LEXINFO.preposition,
    LEXINFO.conjunction,
    LEXINFO.subordinatingConjunction,
    LEXINFO.particle,
)
_SHORTEST_SPLIT: Final = 2  # letters a word must keep when a preposition or conjunction is taken off


class Lexeme(NamedTuple):
    """A token with the best way to take it apart, and all others worth a look."""

    token: Token
    best: Analysis
    analyses: tuple[Analysis, ...]
    given: bool  # whether the best stem is a given name or a particle of names
    words: tuple[Words, ...]  # what the lexicon knows of the best analysis
    features: frozenset[URIRef]  # of the best analysis
    speech: frozenset[URIRef]  # the parts of speech of the best analysis
    groups: frozenset[URIRef]  # the kh:Words of which some analysis is a form
    tells: frozenset[URIRef]  # the features of those, and what they denote
    frames: tuple[Frame, ...]  # whose head it may be; the one that asks for most first
    starts: tuple[Start, ...]  # what a name of the gazetteer may begin with that starts here
    several: tuple[Words, int] | None  # the longest entry that starts here, and how many tokens it takes

    def of(self, group: URIRef) -> bool:
        """Whether some analysis is a form of that kh:Words."""
        return group in self.groups

    def has(self, feature: URIRef) -> bool:
        """Whether the best analysis carries that feature."""
        return feature in self.features

    @property
    def lemma(self) -> str:
        """The base form of the word where its paradigm tells; else the word as analysed."""
        return next((w.lemma for w in self.words if w.lemma), self.best.stem)

    @property
    def known(self) -> bool:
        """Whether the lexicon has the word."""
        return bool(self.words)


def lex(tokens: Sequence[Token], language: Language, names: NameIndex) -> tuple[Lexeme, ...]:
    """The tokens of one sentence with their analyses, the whole word first."""
    judged = [_judged(token, language, names) for token in tokens]
    return tuple(
        Lexeme(token, *known, _several(tokens, judged, i, language))
        for i, (token, known) in enumerate(zip(tokens, judged, strict=True))
    )


def _judged(token: Token, language: Language, names: NameIndex) -> Judged:
    if token.kind != "word":
        return language.sign(token.folded)
    judged = names.judged.get(token.folded)
    if judged is None:
        if len(names.judged) >= LIMIT:
            names.judged.clear()
        judged = names.judged[token.folded] = _judge(token.folded, language, names)
    return judged


def _judge(word: str, language: Language, names: NameIndex) -> Judged:
    """The best analysis of a folded word, all fair ones, and whether the best is a word of personal names."""
    fair = tuple(_nominal(a, language) for a in language.analyse(word) if _fair(a, language))
    # «الأول» is an adjective before it begins «الأول من»
    known = [a for a in fair if a.words] or [a for a in fair[:1] if word in language.multiwords]
    given = [a for a in fair if a.stem in names.given_names or a.stem in names.particles]
    whole = [a for a in given if not a.proclitics and all(k.proclitics for k in known)]
    if word in names.doubtful and all(_clipped(k, language) for k in known):
        whole = whole or [fair[0]]  # «وفاء» is not «و» and «فاء», which nobody knows
    # «فيصل» is a name before it is «ف» and «يصل».
    best = (whole or known or given or _guesses(fair, language))[0]
    personal = best.stem in names.given_names or best.stem in names.particles
    analyses = (*known, *(a for a in fair if not a.words))
    whole_only = personal and not best.proclitics  # «كلاوس» is no «ك» on «لاوس»
    free = (a for a in analyses if a.enclitic is None and not (whole_only and a.proclitics))
    starts = tuple(start for a in free for start in language.keys(a) if start[0] in names.by_first)
    return language.judged(best, analyses, personal, starts)


def _clipped(analysis: Analysis, language: Language) -> bool:
    """Whether a conjunction that is rarely written so was taken off: «فادي» is hardly «ف» and «أدى»."""
    first = analysis.proclitics[0] if analysis.proclitics else None
    return role_of(language, first) is KH.conjunction and not _usual(language, first) if first else False


def _fair(analysis: Analysis, language: Language) -> bool:
    """Whether a word may be taken apart so: nothing is written on to a preposition, nor on to one letter."""
    if not analysis.proclitics:
        return True
    if analysis.enclitic is not None and any(role_of(language, p) is KH.article for p in analysis.proclitics):
        return False  # a noun is definite by its article or by its pronoun, never by both
    governed = any(role_of(language, p) is KH.preposition for p in analysis.proclitics)
    functional = any(KH.functional in w.features and w.speech in _LINKING for w in analysis.words)
    articled = language.phrases is KH.idafa and role_of(language, analysis.proclitics[-1]) is KH.article
    small = bool(analysis.words) and all(w.speech is LEXINFO.preposition for w in analysis.words)
    if articled and small:
        return False  # «العلي» is a name, no article on «علي»
    return len(analysis.stem) >= _SHORTEST_SPLIT and not (governed and functional)


def _nominal(analysis: Analysis, language: Language) -> Analysis:
    """The analysis without the verbs among its words, where an article stands before them: «الشكر»."""
    articled = any(role_of(language, p) is KH.article for p in analysis.proclitics)
    verbs = articled and any(w.speech is LEXINFO.verb for w in analysis.words)
    if not verbs or language.phrases is not KH.idafa:
        return analysis
    return analysis._replace(words=tuple(w for w in analysis.words if w.speech is not LEXINFO.verb))


def _guesses(fair: Sequence[Analysis], language: Language) -> Sequence[Analysis]:
    """An unknown word: with its article, then with its conjunction, then whole."""
    articled = [a for a in fair if a.proclitics and role_of(language, a.proclitics[-1]) is KH.article]
    if articled:
        return [max(articled, key=lambda a: len(a.proclitics))]
    return [a for a in fair if len(a.proclitics) == 1 and _usual(language, a.proclitics[0])] or fair


def _usual(language: Language, proclitic: str) -> bool:
    """Whether a word that nobody knows is better taken apart there: «وجين» is and + Jean."""
    return KH.usual in language.proclitics[proclitic].features


def _several(
    tokens: Sequence[Token], judged: Sequence[Judged], i: int, language: Language
) -> tuple[Words, int] | None:
    """The longest entry of several words that starts at token I, and how many tokens it takes."""
    if tokens[i].kind != "word" or i + 1 == len(tokens):
        return None
    entries, seconds = language.several(tokens[i].folded)
    if not entries:
        return None
    definite = any(role_of(language, p) is KH.article for p in judged[i].best.proclitics)
    if not definite and tokens[i + 1].folded not in seconds:
        return None
    for words, group in entries:
        last = i + len(words)
        following = [token.folded for token in tokens[i + 1 : last]]
        if following == list(words[1:]):
            return group, len(words)
        full = definite and len(following) == len(words) - 1
        if full and _agreeing(tokens[i:last], judged[i:last], words, language):
            return group, len(words)
    return None


def _agreeing(
    tokens: Sequence[Token], judged: Sequence[Judged], words: Sequence[str], language: Language
) -> bool:
    """Whether those are the WORDS, some with an article as their noun has one: «المتحدث الرسمي باسم»."""
    return all(
        token.folded == word
        or known.best.stem == word
        and [role_of(language, p) for p in known.best.proclitics] == [KH.article]
        for token, known, word in zip(tokens[1:], judged[1:], words[1:], strict=True)
    )


def role_of(language: Language, proclitic: str) -> URIRef | None:
    """What that proclitic is: a conjunction, a preposition, the article, the future."""
    clitic = language.proclitics.get(proclitic)
    return clitic.role if clitic else None


def find_names(
    lexemes: Sequence[Lexeme], language: Language, names: NameIndex
) -> dict[int, tuple[Name, int, tuple[str, ...]]]:
    """The longest gazetteer name at each token: name, one past its last token, proclitics before it."""
    folded = [x.token.folded for x in lexemes]
    found: dict[int, tuple[Name, int, tuple[str, ...]]] = {}
    for i, lexeme in enumerate(lexemes):
        best: tuple[Name, tuple[str, ...]] | None = None
        for key, proclitics in lexeme.starts:
            name = names.longest(folded, i, key)
            if (
                name
                and _cased(lexeme.token.surface, name)
                and (best is None or len(name.words) > len(best[0].words))
            ):
                best = name, proclitics
        if best is not None and (marked := _marked(lexeme, best[0], names)) is not None:
            best = marked, best[1]
        if best is not None and language.phrases is KH.idafa and _adjectival(lexemes, i, best, language):
            best = best[0]._replace(kind="demonym"), best[1]
        if best is not None:
            found[i] = names.inflected(best[0], language), i + len(best[0].words), best[1]
    return found


def _adjectival(
    lexemes: Sequence[Lexeme], i: int, found: tuple[Name, tuple[str, ...]], language: Language
) -> bool:
    """Whether the name of a country stands as the adjective that it is as well: «الدبلوماسي | الجيبوتي».

    So it does under an article that the name has not, and after a noun in the feminine: «السفارة | السعودية».
    """
    name, proclitics = found
    if name.kind == "demonym" or name.type != KH.Country or len(name.words) > 1 or not i:
        return False
    word, before = lexemes[i].token.folded, lexemes[i - 1].best
    feminine = bool(language.shapes[KH.surelyAdjectiveShape].fullmatch(word))
    if any(role_of(language, p) is KH.article for p in proclitics):
        return feminine or bool(language.shapes[KH.originShape].fullmatch(word))
    definite = any(role_of(language, p) is KH.article for p in before.proclitics)
    return feminine and definite and before.stem[-1:] == word[-1:]


def _marked(lexeme: Lexeme, name: Name, names: NameIndex) -> Name | None:
    """The thing whose name the word spells with its marks, of those that share it without them: «عمّان»."""
    spelt = (n for text, n in names.marked.items() if lexeme.token.surface.endswith(text))
    return next((n for n in spelt if n.words == name.words and n.iri != name.iri), None)


def _cased(surface: str, name: Name) -> bool:
    """A name is not a common word spelt alike: "US", never "us"."""
    if surface.upper() == surface.lower():
        return True
    if name.kind == "acronym" and len(name.words) == 1:
        return sum(c.isupper() for c in surface) > 1
    return name.kind == "demonym" or surface[0].isupper()
