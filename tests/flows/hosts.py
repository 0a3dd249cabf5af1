"""Several hosts that do the same at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

HOSTS = 3


def at_once(work: Callable[[], object]) -> None:
    """Do the work in as many threads as there are hosts; what it raises in one of them is raised here."""
    start = Barrier(HOSTS)

    def one(_host: int) -> None:
        start.wait(10)
        work()

    with ThreadPoolExecutor(HOSTS) as pool:
        list(pool.map(one, range(HOSTS)))
