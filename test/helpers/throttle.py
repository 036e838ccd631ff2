"""A line in front of a server: what it sends arrives at so many bits a second, with little room on the way."""
import select
import socket
import sys
import threading
import time

port, bitrate = int(sys.argv[1]), int(sys.argv[2])
STEP = 0.01


def pass_on(source, target):
    """As fast as it comes."""
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
    except OSError:
        pass
    close(source, target)


def trickle(source, target):
    """As fast as the line is."""
    allowed, last = 0.0, time.monotonic()
    try:
        while True:
            time.sleep(STEP)
            now = time.monotonic()
            allowed = min(allowed + (now - last) * bitrate / 8, bitrate / 8 / 10)
            last = now
            if allowed < 1 or not select.select([source], [], [], 0)[0]:
                continue
            chunk = source.recv(int(allowed))
            if not chunk:
                break
            allowed -= len(chunk)
            target.sendall(chunk)
    except OSError:
        pass
    close(source, target)


def close(*sockets):
    for one in sockets:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    server = socket.socket()
    # Before the connection is made: the window is negotiated then.
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    server.connect(('127.0.0.1', port))
    threading.Thread(target=pass_on, args=(client, server), daemon=True).start()
    trickle(server, client)


listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
