"""What Python's standard library prints when something fails, through its own logging."""
import asyncio
import concurrent.futures
import gc
import logging
import sys
import threading
import warnings


def take(item):
    return {1: 2}[item]


def deep(n):
    return deep(n + 1)


class Unclosed:
    def __del__(self):
        raise OSError("cannot close")


async def forget():
    async def inner():
        take(3)
    task = asyncio.create_task(inner())
    await asyncio.sleep(0.01)
    del task
    gc.collect()


logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level="INFO")
log = logging.getLogger("shop")
log.info("started")
try:
    take(3)
except KeyError:
    log.warning("retrying", exc_info=True)
log.error("order failed", stack_info=True)
log.info("two\nlines")
thread = threading.Thread(target=take, args=(3,), name="worker")
thread.start()
thread.join()
try:
    deep(0)
except RecursionError:
    log.exception("too deep")
try:
    exec(compile("x = (1,\ny = 2", "cart.py", "exec"))
except SyntaxError:
    log.exception("bad code")
with concurrent.futures.ProcessPoolExecutor(1) as pool:
    try:
        pool.submit(take, 3).result()
    except KeyError:
        log.exception("in a process")
asyncio.run(forget())
Unclosed()
warnings.warn("careful")
error = ValueError("bad item")
error.add_note("item was 3")
error.add_note("cart was 7")
try:
    raise error
except ValueError:
    log.exception("noted")
try:
    try:
        take(3)
    except KeyError as cause:
        raise RuntimeError("order\nfailed in two lines") from cause
except RuntimeError:
    log.critical("gone", exc_info=True)
sys.exit("fatal: giving up")
