"""Everything that may go wrong between an API server and those who watch."""

from collections.abc import Callable

from tests.interop.waiting import eventually
from tests.kubernetes.objects import node
from tests.kubernetes.server import ApiServer

Fault = Callable[[ApiServer], None]


def restart(api: ApiServer) -> None:
    api.stop()
    api.cluster.put("nodes", node("while-away", "10.0.2.1"))
    api.start()


def forget(api: ApiServer) -> None:
    api.gone_as_event = True
    api.expire()


def forget_before_watching(api: ApiServer) -> None:
    api.gone_as_event = False
    api.stop()
    api.expire()
    api.start()


def cut(api: ApiServer) -> None:
    api.cut_events = 2


def garble(api: ApiServer) -> None:
    api.garbled_events = 1


def slow_down(api: ApiServer) -> None:
    api.pause = 0.0 if api.pause else 0.001


def expire_token(api: ApiServer) -> None:
    api.change_token(f"token{len(api.asked)}")
    api.hang_up()
    eventually(lambda: api.asked)
    api.renew_token_file()


def refuse(code: int) -> Fault:
    def fault(api: ApiServer) -> None:
        api.refused[""] = code
        api.hang_up()
        before = len(api.asked)
        eventually(lambda: len(api.asked) > before + 2)
        api.refused.clear()

    return fault


def close(api: ApiServer) -> None:
    api.hang_up()


def say_nothing(api: ApiServer) -> None:
    api.is_mute = True
    api.cluster.put("nodes", node("in-silence", "10.0.2.2"))
    api.is_mute = False


def expire_pages(api: ApiServer) -> None:
    api.expired_pages = 1
    forget(api)


FAULTS: dict[str, Fault] = {
    "the server restarts": restart,
    "410 Gone in a watch": forget,
    "410 Gone as the answer": forget_before_watching,
    "events that are cut": cut,
    "events that are no JSON": garble,
    "a slow stream": slow_down,
    "an expired token": expire_token,
    "403": refuse(403),
    "404": refuse(404),
    "429": refuse(429),
    "500": refuse(500),
    "connections that are closed": close,
    "a server that says nothing": say_nothing,
    "a list that takes too long": expire_pages,
}
