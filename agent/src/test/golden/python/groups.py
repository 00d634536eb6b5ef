"""groups.py: errors of several lines as Python 3.11 itself, its logging, asyncio and multiprocessing print them."""
import asyncio
import faulthandler
import gc
import logging
import multiprocessing
import sys
import threading

logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO, stream=sys.stderr)
log = logging.getLogger("shop")


class Invalid(Exception):
    """Its message has several lines, as pydantic's has."""


def take(item):
    if item == 1:
        raise ValueError(f"item {item} is gone")
    if item == 2:
        raise Invalid("2 errors for Cart\nid\n  Field required [type=missing]\nname\n  Field required [type=missing]")
    return 1 / (item - 3)


def group():
    errors = []
    for item in (1, 3):
        try:
            take(item)
        except Exception as e:
            e.add_note(f"while item {item} was taken")
            errors.append(e)
    raise ExceptionGroup("several items", errors)


async def background():
    task = asyncio.ensure_future(asyncio.sleep(0))
    await task
    failing = asyncio.ensure_future(asyncio.to_thread(take, 1))
    await asyncio.sleep(0.3)
    del failing
    gc.collect()
    asyncio.get_running_loop().call_soon(take, 3)
    await asyncio.sleep(0.1)


class Closing:
    def __del__(self):
        take(3)


if __name__ == "__main__":
    log.info("configuration:\n  host: localhost\n  port: 8080")
    log.error("query failed: select *\nfrom cart\nwhere id = 3")
    try:
        group()
    except ExceptionGroup:
        log.exception("order failed")
    try:
        take(2)
    except Invalid:
        log.exception("order refused")
    log.warning("slow", stack_info=True)
    asyncio.run(background())
    thread = threading.Thread(target=take, args=(3,), name="worker")
    thread.start()
    thread.join()
    closing = Closing()
    del closing
    try:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            pool.map(take, [3])
    except ZeroDivisionError:
        log.exception("a worker failed")
    log.info("going on")
    faulthandler.dump_traceback(all_threads=False)
    log.info("ends")
    group()
