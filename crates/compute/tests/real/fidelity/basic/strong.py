from promptflow.connections import CustomStrongTypeConnection
from promptflow.contracts.types import Secret
from promptflow.core import tool


class MyConnection(CustomStrongTypeConnection):
    """A connection of the author's own."""

    key: Secret
    url: str = "https://default.example"


@tool
def strong(connection: MyConnection) -> str:
    return "{}: {} with a key of {} characters".format(type(connection).__name__, connection.url, len(connection.key))
