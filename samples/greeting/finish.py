from promptflow.core import tool


@tool
def finish(text: str, excited: bool) -> dict:
    """End the sentence and count its words."""
    sentence = text.strip() + ("!" if excited else ".")
    print(f"finished: {sentence}")
    return {"text": sentence, "words": len(sentence.split())}
