"""localstripe on loopback alone, on a port that is free, and without the file in which it keeps its state."""

import socket

from aiohttp import web
from localstripe.resources import store
from localstripe.server import app

store.dump_to_disk = lambda: None
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
web.run_app(app, sock=listening, print=None, access_log=None)
