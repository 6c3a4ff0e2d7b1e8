"""The Python stage of the QuickStart: it runs in a Python component and takes what C# functions made."""

from collections import Counter


def lengths(counts: dict) -> dict:
    """How many different words have how many letters."""
    return {str(length): words for length, words in sorted(Counter(len(word) for word in counts).items())}
