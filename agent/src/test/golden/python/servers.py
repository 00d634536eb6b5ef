"""Flask, aiohttp, Tornado and Twisted, whose handlers fail."""
import logging
import os
import sys
import threading


def take(item):
    return {1: 2}[item]


def ask(port, *paths):
    def run():
        for path in paths:
            os.system(f"curl -s -m 5 -o /dev/null http://127.0.0.1:{port}{path}")
        os._exit(0)
    threading.Timer(1.0, run).start()


which = sys.argv[1]
if which == "flask":
    from flask import Flask
    app = Flask("shop")

    @app.route("/cart")
    def cart():
        take(3)
    ask(18961, "/cart", "/absent")
    app.run(port=18961)
elif which == "aiohttp":
    from aiohttp import web
    logging.basicConfig(level="INFO")

    async def cart(request):
        take(3)
    app = web.Application()
    app.router.add_get("/cart", cart)
    ask(18962, "/cart")
    web.run_app(app, host="127.0.0.1", port=18962)
elif which == "tornado":
    import tornado.ioloop
    import tornado.log
    import tornado.web
    tornado.log.enable_pretty_logging()
    logging.getLogger().setLevel("INFO")

    class Cart(tornado.web.RequestHandler):
        def get(self):
            take(3)
    tornado.web.Application([("/cart", Cart)]).listen(18963, "127.0.0.1")
    ask(18963, "/cart", "/absent")
    tornado.ioloop.IOLoop.current().start()
else:
    from twisted.internet import defer, reactor
    from twisted.python import log
    log.startLogging(sys.stdout, setStdout=False)
    log.msg("started")
    failed = defer.maybeDeferred(take, 3)
    failed.addErrback(log.err, "order failed")
    forgotten = defer.maybeDeferred(take, 3)
    del forgotten
    reactor.callLater(0.2, take, 3)
    reactor.callLater(0.4, reactor.stop)
    reactor.run()
