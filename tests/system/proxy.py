"""A TCP proxy in front of PostgreSQL that can cut a connection between the server's COMMIT and its reply."""
import socket
import threading

COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"


class CommitCutter:
    """Forwards bytes; of every `every`-th commit the reply is lost and the connection closed, while `cutting`."""

    def __init__(self, host, port, every=5):
        self.target, self.every = (host, port), every
        self.cutting, self.seen, self.cuts = False, 0, 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.target)
            except OSError:
                return
            for source, sink, watched in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pump, args=(source, sink, watched), daemon=True).start()

    def _pump(self, source, sink, watched):
        tail = b""
        try:
            while data := source.recv(65536):
                if watched and self._loses_reply(tail + data):
                    break
                tail = data[-len(COMMITTED):]
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _loses_reply(self, data):
        if COMMITTED not in data:
            return False
        with self.lock:
            self.seen += 1
            if not self.cutting or self.seen % self.every:
                return False
            self.cuts += 1
            return True
