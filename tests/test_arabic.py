"""Arabic sentences in our own words, and what they state."""

from __future__ import annotations

import pytest
from reading import stated

SENTENCES = {
    # roles stand before or after their holder
    "قالت ليلى المنصوري، وزيرة التعليم في الأردن، إن المدارس ستفتح أبوابها.": {
        "role person=ليلى المنصوري role=وزيرة التعليم org=الأردن",
        "statement speaker=ليلى المنصوري",
    },
}


@pytest.mark.parametrize(("text", "expected"), SENTENCES.items(), ids=range(len(SENTENCES)))
def test_a_sentence_states(text: str, expected: set[str]) -> None:
    assert stated(text, "ar") == expected
