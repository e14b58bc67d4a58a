"""PROTOCOLS.md A: 64 concurrent duplicates of each of many keys, over two instances."""
import uuid

import wire
from seed import Seed, fine, spread


def judge(answers):
    """Exactly one answer is the first, all have the same bytes, and nobody is told anything else than to wait."""
    made = [answer for answer in answers if answer is not None and answer.status == 201]
    late = [answer for answer in answers if answer is None or answer.status != 201]
    faults = []
    if len({answer.content for answer in made}) != 1:
        faults.append(f"{len({answer.content for answer in made})} different answers")
    first = sum("idempotency-replayed" not in answer.headers for answer in made)
    if first != 1:
        faults.append(f"{first} answers are no replays")
    faults += [f"lost or {answer and answer.content[:200]}" for answer in late if answer is None or answer.json().get("code") != "request_in_progress"]
    return faults


def test_64_duplicates_of_each_of_200_keys(pair, rounds):
    keys = 200 if rounds == 1 else 1000
    seed = Seed(pair[0])
    sku, location = seed.place("1000000")
    customer = spread(pair, sku, location, seed.customer())
    before = seed.available(sku, location)
    lines = [wire.Line(pair[place % 2].api_url) for place in range(64)]
    faults, made = [], set()
    for _ in range(keys):
        body, key = seed.order_body((sku, 1, location), customer=customer), str(uuid.uuid4())
        answers = wire.volley(lines, wire.request("POST", "/v1/orders", body, key))
        faults += judge(answers)
        made |= {answer.json()["order_number"] for answer in answers if answer is not None and answer.status == 201}
    for line in lines:
        line.close()
    assert not faults, faults[:5]
    assert len(made) == keys
    fine(seed.capture((sku, 1, location), customer=customer), 201)
    assert float(before) - float(seed.available(sku, location)) == keys + 1


def test_self_test_the_judge():
    """Negative control."""
    def answer(status, body, replayed):
        head = f"HTTP/1.1 {status} x\r\n" + "Idempotency-Replayed: true\r\n" * replayed
        return wire.Answer(head.strip().encode(), body, 0, 0)
    first, again, late = answer(201, b"{}", False), answer(201, b"{}", True), answer(409, b'{"code":"request_in_progress"}', False)
    assert judge([again, first, again, late]) == []
    for wrong in ([first, first], [again, again], [first, answer(201, b"[]", True)], [first, None], [first, answer(500, b"{}", False)], [first, answer(409, b'{"code":"order_exists"}', False)]):
        assert judge(wrong), wrong
