"""Pools of connections for the tests of sending."""

from collections.abc import Iterator

import pytest

from mailgateway.accounts.server import Server
from tests.smtp.post import NewPost, Post


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
