# Stores connections as `pf connection create` does, all in one process: the arguments are files of promptflow's YAML.
import sys

from promptflow._sdk._load_functions import load_connection
from promptflow.client import PFClient

connections = PFClient().connections
for file in sorted(sys.argv[1:]):
    connections.create_or_update(load_connection(file))
