"""Which of more than a hundred languages a text is in: py3langid, with the model that it brings along.

Loading it takes half a second, so it is imported by those who have nothing else to go by.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_SURE: Final = 0.5  # of sentences of ours that were taken for another language, none came above 0.36


def identify(text: str) -> str | None:
    """The tag of the language of TEXT; None where the model is not sure."""
    tag, probability = _model().classify(text)
    return str(tag) if probability > _SURE else None


@cache
def _model() -> LanguageIdentifier:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Those of three letters are dialects and small neighbours, for which short texts are mistaken.
    model.set_languages([tag for tag in model.labels if len(tag) == 2])
    return model
