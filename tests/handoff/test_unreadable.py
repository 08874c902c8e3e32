"""Connections with bad manners cost the others nothing."""

import asyncio
import gzip
import socket
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web

from handoff import unreadable
from handoff.unreadable import Runner

GET = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 16 * 1024 * 1024


class Rounds:
    """Which round of the event loop it is."""

    def __init__(self):
        self.now = 0
        self.ended = False
        self._turn()

    def _turn(self):
        self.now += 1
        if not self.ended:
            asyncio.get_running_loop().call_soon(self._turn)


@asynccontextmanager
async def listening(*routes):
    app = web.Application()
    app.add_routes(routes)
    runner = Runner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner, runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def test_questions_on_top_of_each_other_take_turns_and_are_all_answered():
    connections, questions = 5, 20
    rounds, seen, everybody = Rounds(), [], asyncio.Barrier(connections)

    async def first(_request):
        await everybody.wait()
        return web.Response(text="first")

    async def then(request):
        seen.append(rounds.now)
        return web.Response(text=request.match_info["number"])

    async def ask(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = [GET % b"/", *(GET % b"/%d" % number for number in range(questions))]
        writer.write(b"".join(asked))
        texts = []
        while len(texts) < len(asked):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            texts.append((await reader.readexactly(length)).decode())
        writer.close()
        return texts

    async with listening(web.get("/", first), web.get("/{number}", then)) as (_, port):
        asking = asyncio.gather(*(ask(port) for _ in range(connections)))
        heard = await asyncio.wait_for(asking, 60)
    rounds.ended = True
    assert heard == [["first", *map(str, range(questions))]] * connections
    # never two of them in one round: whoever else asks is not behind all of them
    assert len(set(seen)) == len(seen) == connections * questions


async def test_who_goes_away_while_waiting_is_not_served():
    seen = []

    async def note(request):
        seen.append(request.path)
        return web.Response()

    async with listening(web.get("/{name}", note)) as (runner, port):
        before = [asyncio.create_task(runner.server.turnstile.passing()) for _ in range(20_000)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET % b"/first" + GET % b"/then")
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        await asyncio.wait_for(asyncio.gather(*before), 60)
        await asyncio.wait_for(runner.server.turnstile.passing(), 60)
    assert seen == ["/first"]


async def test_who_reads_nothing_of_an_answer_is_let_go(monkeypatch):
    monkeypatch.setattr(unreadable, "UNREAD_SECONDS", 0.1)

    async def large(_request):
        return web.Response(body=bytes(LARGE))

    async with listening(web.get("/", large)) as (runner, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(GET % b"/")
        async with asyncio.timeout(60):
            while not runner.server.requests_count:
                await asyncio.sleep(0.01)
            while runner.server.connections:
                await asyncio.sleep(0.01)
        writer.transport.abort()


async def test_a_telephone_on_a_slow_line_gets_the_whole_answer(monkeypatch):
    # we look by hand: after each 24 KB, of which the system alone knows for a while
    monkeypatch.setattr(unreadable, "UNREAD_SECONDS", 3600)
    bytes_read, looks = 24 * 1024, 20

    async def large(_request):
        return web.Response(body=bytes(LARGE))

    async with listening(web.get("/", large)) as (runner, port):
        phone = socket.socket()
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        phone.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        phone.connect(("127.0.0.1", port))
        phone.settimeout(0)
        reader, writer = await asyncio.open_connection(sock=phone, limit=1)
        writer.write(GET % b"/")
        async with asyncio.timeout(60):
            while not (runner.server.connections and runner.server.connections[0].writing_paused):
                await asyncio.sleep(0.01)
            (connection,) = runner.server.connections
            for _ in range(looks):
                left = bytes_read
                while left > 0:
                    left -= len(await reader.read(left))
                await asyncio.sleep(0.05)  # the system tells the other side of it
                connection._look()  # as the clock does
                assert not connection.transport.is_closing()
        writer.transport.abort()


class Reader(asyncio.Transport):
    """Takes so many bytes each time somebody looks, and at last none."""

    def __init__(self, *takes):
        super().__init__()
        self.left = LARGE
        self.takes = iter((0, *takes))
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self):
        self.left -= next(self.takes, 0)
        return self.left

    def abort(self):
        self.aborted.set()

    def close(self):
        pass


@pytest.mark.parametrize(
    ("takes", "left"),
    [
        pytest.param([5000, 9000, 5000], LARGE - 19_000, id="until they stop"),
        pytest.param([10, 5000], LARGE - 10, id="a few bytes are nothing"),
    ],
)
async def test_who_reads_slowly_is_waited_for(monkeypatch, takes, left):
    monkeypatch.setattr(unreadable, "UNREAD_SECONDS", 0.01)
    async with listening() as (runner, _):
        connection, reader = runner.server(), Reader(*takes)
        connection.connection_made(reader)
        connection.pause_writing()
        await asyncio.wait_for(reader.aborted.wait(), 60)
        assert reader.left == left
        connection.connection_lost(None)


async def test_who_takes_everything_is_watched_no_longer(monkeypatch):
    monkeypatch.setattr(unreadable, "UNREAD_SECONDS", 0.01)
    async with listening() as (runner, _):
        connection, reader = runner.server(), Reader()
        connection.connection_made(reader)
        connection.pause_writing()
        connection.resume_writing()
        await asyncio.sleep(0.05)
        assert not reader.aborted.is_set()
        connection.connection_lost(None)


async def test_a_packed_body_is_never_unpacked():
    bomb = gzip.compress(bytes(LARGE))

    async def size(request):
        return web.Response(text=str(len(await request.read())))

    async with listening(web.post("/", size)) as (_, port), ClientSession() as client:
        headers = {"Content-Encoding": "gzip"}
        answer = await client.post(f"http://127.0.0.1:{port}/", data=bomb, headers=headers)
        assert await answer.text() == str(len(bomb))
