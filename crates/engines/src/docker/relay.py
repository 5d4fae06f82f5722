# Becomes a command for which what is asked at an address on loopback is answered by a socket in a folder:
# relay.py FOLDER SOCKET HOST PORT COMMAND…
import os
import socket
import sys
import threading

folder, name, host, port, *command = sys.argv[1:]
listener = socket.create_server((host, int(port)))
if os.fork():
    # The listener is not inherited by what is executed.
    os.execv(command[0], command)
# A path from here is short enough for a socket's, however long the folder's is.
os.chdir(folder)


def copy(source, target):
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    with client, socket.socket(socket.AF_UNIX) as answering:
        try:
            answering.connect(name)
        except OSError:
            return
        asking = threading.Thread(target=copy, args=(client, answering), daemon=True)
        asking.start()
        copy(answering, client)
        asking.join()


while True:
    try:
        client, _ = listener.accept()
    except OSError:
        continue
    threading.Thread(target=serve, args=(client,), daemon=True).start()
