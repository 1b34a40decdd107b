"""Article to sentences, and sentences to tokens that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from khabar.knowledge.language import Language
from khabar.model import Article, Span
from khabar.vocab import KH

_END: Final = re.compile(r"[.!?؟…]+[\"'”»“’)\]]*(?=\s|\w|[“«\"(]|$)|\n+")
# "D. Smith", "D.Smith" and the D. of "D. K. Smith", but neither the S. of "U.S. Senator" nor the D. of "D.C."
_INITIAL: Final = re.compile(r"(?<![\w.])[A-Z]\.(?= ?[A-Z][^\W\d_A-Z]| [A-Z]\. )")
_LAST_WORD: Final = re.compile(r"[^\s(«“\"]*$")
_PRINTED: Final = re.compile(r"\S")
_INITIALS: Final = re.compile(r"[^\W\d_](\.[^\W\d_]){1,2}")
_DEEPEST: Final = 4  # quotations in one another; more of them have lost their closing marks
_OPENING: Final = re.compile('[“«„"]')
_LONGEST: Final = 5_000  # code points; a quotation that is longer has lost its closing mark
_CLOSING: Final = {"“": "”", "«": "»", "„": "“”", '"': '"'}


class Token(NamedTuple):
    """A word, a number or a mark, where it stands in the article."""

    span: Span
    surface: str
    folded: str
    kind: str  # "word", "number" or "mark"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, from its first to its last token."""

    span: Span
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks: the span of the words alone, and with their marks."""

    words: Span
    marked: Span


def segment(article: Article, language: Language) -> tuple[Sentence, ...]:
    """The sentences of ARTICLE in reading order; white space and empty stretches belong to none."""
    found = []
    start = 0
    for end in (*_ends(article.text, language), len(article.text)):
        tokens = tuple(_tokens(article.text, start, end, language))
        if tokens:
            found.append(Sentence(Span(tokens[0].span.start, tokens[-1].span.end), tokens))
        start = end
    return tuple(found)


def _ends(text: str, language: Language) -> Iterator[int]:
    """Where sentences end.  News joins them without a space («…الأطفال.وشدد»), and writes "3.5", "No. 4"."""
    for match in _END.finditer(text):
        if match[0][0] == "\n" or match[0][0] in "!?؟…" or not _goes_on(text, match, language):
            yield match.end()


def _goes_on(text: str, match: re.Match[str], language: Language) -> bool:
    """Whether a full stop stands inside a number, an initial or an abbreviation."""
    start, end = match.start(), match.end()
    before = _LAST_WORD.search(text[max(0, start - 24) : start])
    word = before[0] if before else ""
    after = text[end : end + 2]
    if word.casefold() in language.abbreviations or f"{word}.".casefold() in language.abbreviations:
        return True
    if word[-1:].isdigit() and after[:1].isdigit():
        return True
    following = _PRINTED.search(text, end)
    first = following[0] if following else ""
    if after[:1].isspace() and first.islower():
        return True
    if len(word) == 1 and word.isalpha() and word.isupper() and not _OPENING.match(first):
        return True  # the initial of a name
    if language.phrases is KH.genitive and _INITIALS.fullmatch(word):
        return True  # «И.И. Иванов»; Russian, unlike English, abbreviates nothing else so
    joined = after[:1].isalpha()
    return joined and (after[:1].islower() or "." in word or (len(after) > 1 and after[1] == "."))


def _tokens(text: str, start: int, end: int, language: Language) -> Iterator[Token]:
    position, initials = start, language.phrases is KH.capitals
    for first, last in language.words(text, start, end):
        if first < position:
            continue  # the full stop of an initial
        if initials and _INITIAL.match(text, first):
            last = first + 2
        position = last
        surface = text[first:last]
        yield Token(Span(first, last), surface, *language.read(surface))


def quotations(text: str) -> tuple[Quotation, ...]:
    """The quotations of a text, in reading order and never nested.

    A mark that is never closed before the next one opens ends with its sentence: translated news
    drops closing marks («“اليوم، ذهب المشرعون … المجال. وأضاف: “في البداية…»).
    """
    found: list[Quotation] = []
    position = 0
    while (opening := _next_opening(text, position)) >= 0:
        closing = _closing(text, opening)
        if closing is None:
            position = opening + 1
            continue
        end, marked_end = closing
        words = _trim(text, opening + 1, end)
        if words.start < words.end:
            found.append(Quotation(words, Span(opening, marked_end)))
        position = marked_end
    return tuple(found)


def _next_opening(text: str, position: int) -> int:
    match = _OPENING.search(text, position)
    return match.start() if match else -1


def _closing(text: str, opening: int) -> tuple[int, int] | None:
    """Where the words end and where their marks end; None if nothing closes them."""
    mark = text[opening]
    far = min(len(text), opening + _LONGEST)
    closes = [i for c in _CLOSING[mark] if (i := text.find(c, opening + 1, far)) >= 0]
    close = min(closes, default=-1)
    reopened = text.find(mark, opening + 1, far) if mark != '"' else -1
    paragraph = text.find("\n", opening, far)
    limit = min((i for i in (reopened, paragraph) if i >= 0), default=far)
    nested = _outer(text, opening, paragraph if paragraph >= 0 else far)
    if nested is not None:
        return nested, nested + 1
    if 0 <= close < limit:
        return close, close + 1
    stop = re.search(r"[.!?؟](?=\s)", text[opening:limit])
    return None if stop is None else (opening + stop.end(), opening + stop.end())


def _outer(text: str, opening: int, end: int) -> int | None:
    """The mark that closes a quotation with names in marks in it: «Члены «Союза» едины»; None without any."""
    mark = text[opening]
    marks = f"[{mark}{_CLOSING[mark]}]"
    depth, deepest = 0, 0
    for match in re.finditer(marks, text[opening:end]):
        i = opening + match.start()
        straight = mark == '"'
        before, after = text[i - 1 : i], text[i + 1 : i + 2]
        opens = (before.isspace() or before in "(") and after.isalnum() if straight else text[i] == mark
        depth += 1 if opens or i == opening else -1
        deepest = max(deepest, depth)
        if depth > _DEEPEST:
            return None
        if depth == 0:
            return i if deepest > 1 else None
    return None


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
