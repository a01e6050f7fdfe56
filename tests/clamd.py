"""A small clamd: speaks the real INSTREAM protocol on a loopback socket, and can be ill in the ways a real one can."""

import socket
import struct
import threading
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """Answers as `mode` says; `seen` are the files it was sent."""

    def __init__(self, listener, mode, largest):
        self.listener, self.mode, self.largest = listener, mode, largest
        self.seen = []
        self.ended = threading.Event()

    @property
    def address(self):
        name = self.listener.getsockname()
        return name if isinstance(name, str) else f"127.0.0.1:{name[1]}"

    def serve(self):
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection):
        if _exactly(connection, 10) != b"zINSTREAM\0":
            connection.sendall(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack("!I", _exactly(connection, 4))[0]:
            content += _exactly(connection, size)
            if len(content) > self.largest:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(content)
        self._say(connection, content)

    def _say(self, connection, content):
        if self.mode == "silent":
            self.ended.wait(5)
        elif self.mode == "garbage":
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n\0")
        elif self.mode == "empty":
            return
        elif self.mode == "endless":
            connection.sendall(b"stream: " + b"x" * 100_000)
        else:
            connection.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


def _exactly(connection, size):
    content = b""
    while len(content) < size:
        piece = connection.recv(size - len(content))
        if not piece:
            return b"\0" * size
        content += piece
    return content


@contextmanager
def clamd(mode="well", *, path=None, largest=30_000_000):
    """Run one for a while."""
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    daemon = Clamd(listener, mode, largest)
    thread = threading.Thread(target=daemon.serve)
    thread.start()
    try:
        yield daemon
    finally:
        daemon.ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
