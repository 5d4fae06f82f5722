from datetime import timedelta

import humanize
from promptflow.core import tool


@tool
def describe(words: int, words_per_minute: int) -> str:
    """Say in words how long that many words take to read."""
    if words_per_minute <= 0:
        raise ValueError(f"words_per_minute must be positive, not {words_per_minute}")
    time = humanize.precisedelta(timedelta(minutes=words / words_per_minute), format="%0.0f")
    return f"{humanize.intcomma(words)} words, about {time}"
