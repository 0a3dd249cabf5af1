"""Pools of connections for the tests of sending."""

from collections.abc import Iterator

import pytest

from mailgateway.accounts.server import Server
from tests.servers.sink import Sink
from tests.smtp.post import NewPost, Post


@pytest.fixture(autouse=True, params=[False, True], ids=["one by one", "together"])
def _pipelines(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let servers take commands one by one, and together (RFC 2920): nothing else may come of it."""
    monkeypatch.setattr(Sink, "pipelines", request.param)


@pytest.fixture
def new_post() -> Iterator[NewPost]:
    """Make pools that are closed at the end."""
    posts: list[Post] = []

    def make(server: Server, **settings: object) -> Post:
        posts.append(Post(server, **settings))  # type: ignore[arg-type]  # the tests below give what Post takes
        return posts[-1]

    yield make
    for post in posts:
        post.pool.close()
