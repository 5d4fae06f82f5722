# A keyring for machines that have none: the key of promptflow's store comes from a variable.
import os

from keyring.backend import KeyringBackend


class Keyring(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return os.environ["FLOWDECK_TEST_KEYRING"]

    def set_password(self, service, username, password):
        pass
