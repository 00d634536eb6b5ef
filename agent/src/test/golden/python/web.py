"""A web application that fails, behind uvicorn, gunicorn and Django's own server."""
import os
import sys
import threading
import time
import urllib.request


def ask(port):
    time.sleep(2)
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/cart").read()
    except Exception:
        pass
    time.sleep(1)
    os.kill(os.getpid(), 15)


async def asgi(scope, receive, send):
    assert scope["type"] == "http"
    raise RuntimeError("no stock")


def wsgi(environ, start_response):
    raise RuntimeError("no stock")


if __name__ == "__main__":
    threading.Thread(target=ask, args=(18999,), daemon=True).start()
    if sys.argv[1] == "uvicorn":
        import uvicorn
        uvicorn.run(asgi, port=18999, lifespan="off")
    else:
        from django.conf import settings
        from django.urls import path
        settings.configure(DEBUG=True, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")

        def cart(request):
            raise RuntimeError("no stock")

        urlpatterns = [path("cart", cart)]
        from django.core.management import execute_from_command_line
        execute_from_command_line(["web", "runserver", "--noreload", "127.0.0.1:18999"])
