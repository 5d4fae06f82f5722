from promptflow.connections import CustomConnection
from promptflow.core import tool


@tool
def custom(connection: CustomConnection) -> str:
    return "{} with a key of {} characters".format(connection.url, len(connection.secrets["key"]))
