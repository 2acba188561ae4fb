"""Powertools' resolvers in tests, made and used while threads are kept apart, and afterwards."""

from meet.http import create_api
from tests.threads import threads_apart


def test_a_function_that_is_loaded_while_threads_are_apart_works_afterwards_too() -> None:
    with threads_apart():
        api = create_api()
        api.context.update(caller="Ada")
        assert api.context == {"caller": "Ada"}
    api.context.update(caller="Bob")
    assert api.context == {"caller": "Bob"}
