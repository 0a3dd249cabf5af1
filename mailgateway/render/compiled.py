"""Templates are compiled once a process, however often the configuration is read again."""

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_MOST_KEPT = 1_000


class Compiled(BytecodeCache):
    """Code by file and content. Only for environments that are made alike: code knows nothing of its environment."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket the code of its content, if that was compiled before."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is None:
            return
        if len(self._kept) >= _MOST_KEPT:
            # files that change for ever must not fill the memory
            self._kept.clear()
        self._kept[bucket.key, bucket.checksum] = bucket.code
