"""HTTP by bare sockets: many requests on their way at once from one thread, cheaply enough to be a storm."""
import json
import selectors
import socket
import time
import urllib.parse


class Answer:
    def __init__(self, head, body, begin, end):
        lines = head.decode("latin-1").split("\r\n")
        self.status, self.content, self.begin, self.end = int(lines[0].split()[1]), body, begin, end
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}

    def json(self):
        return json.loads(self.content)


def request(method, path, body=None, key=None):
    data = b"" if body is None else json.dumps(body).encode()
    heads = f"{method} {path} HTTP/1.1\r\nHost: hub\r\n" + (f"Idempotency-Key: {key}\r\n" if key else "") + "Content-Type: application/json\r\n" * bool(data)
    return f"{heads}Content-Length: {len(data)}\r\n\r\n".encode() + data


class Line:
    """One connection, one request at a time."""

    def __init__(self, url):
        place = urllib.parse.urlsplit(url)
        self.address, self.socket, self.got, self.begin = (place.hostname, place.port), None, b"", 0.0

    def send(self, data):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=10)
        self.got, self.begin = b"", time.monotonic()
        self.socket.sendall(data)

    def take(self):
        """After select: the whole answer, None while some is missing; ConnectionError when it is lost."""
        chunk = self.socket.recv(1 << 16)
        if not chunk:
            raise ConnectionError("closed")
        self.got += chunk
        head, separator, body = self.got.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        return Answer(head, body, self.begin, time.monotonic()) if len(body) >= length else None

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None


def volley(lines, data, limit=30):
    """The same bytes on all lines at once; their answers in order, None where the line was lost or late."""
    answers, wait = [None] * len(lines), selectors.DefaultSelector()
    for place, line in enumerate(lines):
        try:
            line.send(data)
            wait.register(line.socket, selectors.EVENT_READ, place)
        except OSError:
            line.close()
    end = time.monotonic() + limit
    while wait.get_map() and time.monotonic() < end:
        for key, _ in wait.select(end - time.monotonic()):
            try:
                answers[key.data] = lines[key.data].take()
                if answers[key.data] is None:
                    continue
                wait.unregister(key.fileobj)
            except OSError:
                wait.unregister(key.fileobj)
                lines[key.data].close()
    for key in list(wait.get_map().values()):
        lines[key.data].close()
    return answers


def stream(lines, jobs, done, limit=60):
    """Keeps each line busy with the next of `jobs` (an iterator of (token, bytes)). done(token, answer) may answer a job that its line does next;
    the answer is None when the line broke, or had nothing for 8 s."""
    wait, busy, parked = selectors.DefaultSelector(), {}, [(0.0, line, None) for line in lines]
    jobs, end = iter(jobs), time.monotonic() + limit

    def finished(line, answer):
        wait.unregister(line.socket)
        if answer is None:
            line.close()
        more = done(busy.pop(line), answer)
        parked.append((0.0 if answer is not None and answer.status < 500 else time.monotonic() + 0.05, line, more))

    def give(line, job):
        job = job or next(jobs, None)
        if job is None:
            return
        try:
            line.send(job[1])
            wait.register(line.socket, selectors.EVENT_READ, line)
            busy[line] = job[0]
        except OSError:
            line.close()
            parked.append((time.monotonic() + 0.05, line, done(job[0], None)))

    while (busy or parked) and time.monotonic() < end:
        ready = [entry for entry in parked if entry[0] <= time.monotonic()]
        parked[:] = [entry for entry in parked if entry not in ready]
        for _, line, job in ready:
            give(line, job)
        for key, _ in wait.select(0.02 if parked else 0.5) if busy else ():
            try:
                answer = key.data.take()
            except OSError:
                finished(key.data, None)
                continue
            if answer is not None:
                finished(key.data, answer)
        for line in [line for line in busy if time.monotonic() - line.begin > 8]:
            finished(line, None)
    assert not busy and not parked, f"{len(busy) + len(parked)} requests without an outcome within {limit} s"
