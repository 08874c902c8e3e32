"""A LINE that accepts everything at once and counts it: the cheapest platform there can be."""

import asyncio

from aiohttp import web


async def serve() -> None:
    counts = {"reply": 0, "push": 0}

    async def accept(request: web.Request) -> web.Response:
        await request.read()
        counts[request.match_info["kind"]] += 1
        return web.Response(body=b'{"sentMessages":[]}', content_type="application/json")

    async def tell(_request: web.Request) -> web.Response:
        return web.json_response(counts)

    async def nothing(_request: web.Request) -> web.Response:
        return web.Response(status=404)

    app = web.Application()
    app.router.add_post("/v2/bot/message/{kind:reply|push}", accept)
    app.router.add_get("/counts", tell)
    app.router.add_route("*", "/{rest:.*}", nothing)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"serves on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
