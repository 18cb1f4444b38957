"""Waiting for a condition: the only place of the suite that lets time pass."""
import time


def until(condition, what, seconds=30.0, every=0.02):
    """The first true value of condition(); AssertionError naming `what` when there is none within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(every)
