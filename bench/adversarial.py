"""Texts made to be slow, at one, two and four times a length: seconds should double, and no more.

python bench/adversarial.py [WORDS OF A NAME]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from khabar import knowledge
from khabar.extraction import extract
from khabar.model import Article

LENGTHS = (2_500, 5_000, 10_000)
TEXTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "commas": ("ar", lambda n: "،" * n),
    "commas apart": ("en", lambda n: ", " * n),
    "opening quotes": ("en", lambda n: "“" * n),
    "quotes that never close": ("en", lambda n: "“a " * n),
    "one word": ("ar", lambda n: "م" * (n * 100)),
    "letters and full stops": ("en", lambda n: "a." * n),
    "full stops": ("en", lambda n: ". " * n),
    "brackets": ("en", lambda n: "(" * n),
    "numbers": ("en", lambda n: "1 " * n),
    "years": ("en", lambda n: "in 2021 and " * (n // 3)),
    "posts, Arabic": ("ar", lambda n: "رئيس " * (n // 2)),
    "posts, English": ("en", lambda n: "president " * (n // 2)),
    "posts, Russian": ("ru", lambda n: "председатель " * (n // 2)),
    "adjectives": ("ru", lambda n: "новый " * (n // 2)),
    "capitals": ("en", lambda n: "Zed " * (n // 2)),
    "people": ("en", lambda n: "Sarah Smith, minister of Norway, said. " * (n // 20)),
    "verbs of speech": ("en", lambda n: "said " * n),
    "one sentence, Arabic": ("ar", lambda n: "أعلن وزير الخارجية في كازاخستان دعم " * (n // 10)),
    "one sentence, English": ("en", lambda n: "the ministers of Norway met Kenya and " * (n // 10)),
    "one sentence, Russian": ("ru", lambda n: "министр Казахстана заявил о поддержке форума " * (n // 10)),
}


def main(wanted: str) -> None:
    """Print the seconds that each text takes at each length."""
    known = knowledge.load()
    for name, (language, text) in TEXTS.items():
        if wanted in name:
            seconds = []
            for length in LENGTHS:
                start = time.perf_counter()
                extract(Article("any", language, text(length)), known)
                seconds.append(time.perf_counter() - start)
            print(f"{name:26}", *(f"{s:7.2f}" for s in seconds), flush=True)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
