import re
from collections import Counter

from promptflow.core import tool


def words(text: str) -> Counter:
    return Counter(re.findall(r"\w+", text.lower()))


@tool
def grade(answer: str, ground_truth: str) -> float:
    """F1 score of the words that answer and truth share, from 0 to 1."""
    given, wanted = words(answer), words(ground_truth)
    shared = sum((given & wanted).values())
    if shared == 0:
        return 0.0
    precision = shared / sum(given.values())
    recall = shared / sum(wanted.values())
    return round(2 * precision * recall / (precision + recall), 3)
