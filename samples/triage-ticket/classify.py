from promptflow.core import tool

CATEGORIES = {
    "billing": ("payment", "charged", "invoice", "refund"),
    "access": ("password", "login", "locked", "account"),
}
URGENT = ("urgent", "immediately", "asap", "outage")


@tool
def classify(ticket: str) -> dict:
    """Find a ticket's category and urgency by its words."""
    text = ticket.lower()
    category = next(
        (name for name, words in CATEGORIES.items() if any(word in text for word in words)),
        "general",
    )
    return {"category": category, "urgent": any(word in text for word in URGENT)}
