"""Messages of webhooks on their way: signed, sent at least once, tried again, and never into a private network."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from curation import deliveries, jobs, outbound, webhooks
from curation.announcements import DELIVERY, Announced
from curation.deliveries import deliver, sweep
from curation.errors import InvalidText, RefusedAddress
from db.models import Delivery, Event, Job, JobState, Webhook, utc_now
from db.session import forget_engine, open_session
from tests.factories import an_admin
from tests.product import free_port
from tests.receiver import Receiver, open_receiver

ALL = list(Announced)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as receiver:
        yield receiver


def a_webhook(url: str, name: str = "alerts") -> tuple[webhooks.WebhookView, str]:
    with open_session() as session:
        return webhooks.create_webhook(
            session, an_admin(session), name=name, url=url, events=ALL, to_private=True
        )


def a_message(webhook_id: int) -> int:
    with open_session() as session:
        return webhooks.send_test(session, an_admin(session), webhook_id).id


WORKS = {DELIVERY: partial(deliver, open_session, api_url="https://vigie.test/api", to_private=True)}


def run_due() -> None:
    while jobs.run_one(open_session, WORKS):
        pass


def let_time_pass() -> None:
    """All waits are over."""
    with open_session() as session:
        session.execute(update(Job).values(run_after=utc_now(), lease_until=utc_now() - timedelta(seconds=1)))


def stored(delivery_id: int) -> Delivery:
    with open_session(read_only=True) as session:
        return session.get_one(Delivery, delivery_id)


def test_a_message_is_signed_as_standard_webhooks_says(installation, receiver):
    webhook, secret = a_webhook(receiver.url)
    delivery_id = a_message(webhook.id)
    run_due()
    (message,) = receiver.messages
    said = message.verified(secret)
    assert (said["type"], said["data"]["webhook_id"]) == ("webhook.test", webhook.id)
    assert said["timestamp"] == stored(delivery_id).payload["at"]
    assert message.path == "/hook?key=of-the-receiver"
    assert (stored(delivery_id).status, stored(delivery_id).attempts) == (204, 1)
    assert stored(delivery_id).delivered_at is not None
    run_due()
    assert len(receiver.messages) == 1


def test_another_secret_does_not_verify_it(installation, receiver):
    from standardwebhooks import WebhookVerificationError

    webhook, _ = a_webhook(receiver.url)
    _, other = a_webhook(receiver.url, "another")
    a_message(webhook.id)
    run_due()
    with pytest.raises(WebhookVerificationError):
        receiver.messages[0].verified(other)


def test_what_is_answered_with_an_error_is_tried_again_later_and_keeps_its_id(installation, receiver):
    webhook, secret = a_webhook(receiver.url)
    receiver.answers = [500, 503, 200]
    delivery_id = a_message(webhook.id)
    for attempt, wait in ((1, 5), (2, 60)):
        run_due()
        assert len(receiver.messages) == attempt, "the next one waits"
        with open_session(read_only=True) as session:
            job = session.scalars(select(Job)).one()
        assert job.state == JobState.WAITING
        assert wait * 0.8 < (job.run_after - utc_now()).total_seconds() <= wait * 1.1
        let_time_pass()
    run_due()
    assert len({message.headers["webhook-id"] for message in receiver.messages}) == 1
    assert [message.verified(secret)["type"] for message in receiver.messages] == ["webhook.test"] * 3
    assert (stored(delivery_id).attempts, stored(delivery_id).error) == (3, None)


def test_a_refused_connection_is_tried_again(installation):
    webhook, _ = a_webhook(f"http://127.0.0.1:{free_port()}/")
    delivery_id = a_message(webhook.id)
    run_due()
    assert (stored(delivery_id).attempts, stored(delivery_id).error) == (1, outbound.REFUSED)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Job.state)).one() == JobState.WAITING


@pytest.mark.parametrize("how", ["silent", "dribbling"])
def test_a_receiver_that_takes_too_long_is_left(installation, receiver, monkeypatch, how):
    monkeypatch.setattr(deliveries, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(deliveries, "SLOW_SECONDS", 0.2)
    over = threading.Event()

    def answer(handler):
        # A time-out for each read would never end this one.
        while not over.wait(0.1):
            if how == "dribbling":
                try:
                    handler.wfile.write(b"H" if handler.wfile.closed else b" ")
                    handler.wfile.flush()
                except OSError:
                    return

    receiver.answers = [answer]
    webhook, _ = a_webhook(receiver.url)
    first, second = a_message(webhook.id), a_message(webhook.id)
    started = time.monotonic()
    assert jobs.run_one(open_session, WORKS)
    assert time.monotonic() - started < 5
    over.set()
    assert stored(first).error in (outbound.TOO_SLOW, outbound.NO_HTTP)
    assert not jobs.run_one(open_session, WORKS), "the others of a slow receiver wait a little too"
    assert stored(second).attempts == 0


def test_messages_of_others_do_not_wait_for_a_slow_receiver(installation, receiver, monkeypatch):
    monkeypatch.setattr(deliveries, "SLOW_SECONDS", 0.0)
    slow, _ = a_webhook(f"http://127.0.0.1:{free_port()}/", "slow")
    quick, _ = a_webhook(receiver.url, "quick")
    for _ in range(3):
        a_message(slow.id)
    a_message(quick.id)
    for _ in range(2):
        jobs.run_one(open_session, WORKS)
    assert len(receiver.messages) == 1


def test_no_redirect_is_followed(installation, receiver):
    webhook, _ = a_webhook(receiver.url)
    receiver.answers = [302, 307, 200]
    delivery_id = a_message(webhook.id)
    run_due()
    let_time_pass()
    run_due()
    assert [message.path for message in receiver.messages] == ["/hook?key=of-the-receiver"] * 2
    assert stored(delivery_id).status == 307 and stored(delivery_id).delivered_at is None


def test_what_fails_for_days_is_given_up_and_the_webhook_disabled(installation, receiver):
    receiver.answers = [500]
    webhook, _ = a_webhook(receiver.url)
    delivery_id = a_message(webhook.id)
    with open_session() as session:
        session.execute(update(Delivery).values(attempts=len(deliveries.WAITS)))
    run_due()
    assert stored(delivery_id).given_up_at is not None
    with open_session(read_only=True) as session:
        assert session.get_one(Webhook, webhook.id).disabled_at is not None
        assert session.scalars(select(Event.name).order_by(Event.id)).all()[-1] == "webhook_disabled"
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_message_that_is_refused_alone_does_not_disable_a_webhook(installation, receiver):
    webhook, _ = a_webhook(receiver.url)
    refused = a_message(webhook.id)
    with open_session() as session:
        session.execute(update(Delivery).values(attempts=len(deliveries.WAITS)))
        session.execute(update(Job).values(run_after=utc_now() + timedelta(hours=1)))
    a_message(webhook.id)
    run_due()
    receiver.answers = [400]
    let_time_pass()
    run_due()
    assert stored(refused).given_up_at is not None
    with open_session(read_only=True) as session:
        assert session.get_one(Webhook, webhook.id).disabled_at is None


def test_a_receiver_that_says_gone_is_told_nothing_more(installation, receiver):
    receiver.answers = [410]
    webhook, _ = a_webhook(receiver.url)
    first, second = a_message(webhook.id), a_message(webhook.id)
    run_due()
    assert len(receiver.messages) == 1
    assert stored(first).given_up_at is not None
    assert stored(second).error == deliveries.WAS_DISABLED
    with open_session(read_only=True) as session:
        assert session.get_one(Webhook, webhook.id).disabled_at is not None


def _deliver_in_a_process_of_its_own() -> None:
    forget_engine()
    jobs.run_one(open_session, WORKS)


def test_a_message_whose_sender_was_killed_is_sent_again(installation, receiver):
    webhook, secret = a_webhook(receiver.url)
    delivery_id = a_message(webhook.id)
    over = threading.Event()

    def hold(handler):
        over.wait(30)
        handler.connection.close()

    receiver.answers = [hold, 200]
    context = multiprocessing.get_context("spawn")
    sender = context.Process(target=_deliver_in_a_process_of_its_own)
    sender.start()
    assert sender.pid is not None
    receiver.wait_for(1, 60)
    os.kill(sender.pid, signal.SIGKILL)
    sender.join()
    over.set()
    assert stored(delivery_id).delivered_at is None
    run_due()
    assert len(receiver.messages) == 1, "its lease has not ended"
    let_time_pass()
    run_due()
    first, again = receiver.messages
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert again.verified(secret)["type"] == "webhook.test"
    assert stored(delivery_id).delivered_at is not None


def test_old_messages_are_forgotten_but_not_those_on_their_way(installation, receiver):
    webhook, _ = a_webhook(receiver.url)
    sent = a_message(webhook.id)
    run_due()
    waiting = a_message(webhook.id)
    with open_session() as session:
        session.execute(update(Delivery).values(created_at=utc_now() - deliveries.KEPT - timedelta(hours=1)))
    with open_session() as session:
        sweep(session)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Delivery.id)).all() == [waiting]
    assert sent != waiting


PRIVATE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://[::1]/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1:8080/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0.0.0.0/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_address_is_refused_in_every_spelling(url):
    with pytest.raises(RefusedAddress):
        outbound.require_public(url)
    with pytest.raises((RefusedAddress, outbound.Undelivered)):
        outbound.post(url, b"{}", {}, to_private=False, seconds=1)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1"])
def test_a_name_that_leads_to_a_private_address_is_refused_and_nothing_is_sent(
    installation, receiver, monkeypatch, address
):
    # What a name server of an attacker would answer: a public address first, a private one the next time.
    answers = iter(["93.184.215.14", address])
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def resolve(host, port, *args, **kwargs):
        return [(family, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://hook.example.org:{receiver.port}/"
    outbound.require_public(url)
    with pytest.raises(RefusedAddress):
        outbound.post(url, b"{}", {}, to_private=False, seconds=1)
    assert receiver.messages == []


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver, monkeypatch):
    asked = []
    real = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host != "hook.example.org":
            return real(host, port, *args, **kwargs)  # of the connection to a literal address
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    status = outbound.post(f"http://hook.example.org:{receiver.port}/", b"{}", {}, to_private=True, seconds=5)
    assert (status, asked) == (204, ["hook.example.org"])
    assert receiver.messages[0].headers["Host"] == f"hook.example.org:{receiver.port}"


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(RefusedAddress):
        outbound.require_public("http://hook.example.org/")


def test_public_addresses_are_public():
    assert all(outbound.is_public(ip) for ip in ("93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"))


def test_a_message_whose_address_has_become_private_is_not_sent(installation, receiver):
    webhook, _ = a_webhook(receiver.url)
    delivery_id = a_message(webhook.id)
    works = {DELIVERY: partial(deliver, open_session, api_url="", to_private=False)}
    assert jobs.run_one(open_session, works)
    assert receiver.messages == []
    assert "private network" in (stored(delivery_id).error or "")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:password@example.org/",
        "https://example.org:99999/",
        "https://example.org/#part",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Injected: 1",
        "https://exämple.org/",
        "https://example.org\\@127.0.0.1/",
        "https://[::1/",
        f"https://example.org/{'a' * 1000}",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(InvalidText):
        outbound.clean_url(url)
