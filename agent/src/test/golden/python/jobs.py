"""A Celery worker that runs a task in memory and fails."""
import os
import threading
import time

from celery import Celery

app = Celery("shop", broker="memory://", backend="cache+memory://")


@app.task
def take(item):
    return {1: 2}[item]


def ask():
    time.sleep(3)
    take.delay(3)
    time.sleep(2)
    os.kill(os.getpid(), 15)


threading.Thread(target=ask, daemon=True).start()
app.worker_main(["worker", "--pool=solo", "--loglevel=INFO"])
