"""Last: every answer that the tests before have seen, against schemas/openapi.yaml. See contract.py."""
import json

import pytest

from contract import CONTRACT, OPENAPI, Contract, escape, resolve, undocumented, validator
from seed import fine


def test_every_answer_fits_the_contract(api):
    api.get("/v1/nothing")
    told = [f"{count} x {what}" for what, count in sorted(CONTRACT.violations.items())]
    assert not told, "\n".join(told[:60])


def test_no_answer_has_members_that_the_contract_does_not_name(api):
    assert not CONTRACT.extras, "\n".join(sorted(CONTRACT.extras)[:60])


def test_self_test_the_examples_fit_their_schemas():
    """And the negative control: each example spoiled does not."""
    seen = 0
    for template, item in OPENAPI["paths"].items():
        for verb in ("get", "post", "put", "delete"):
            for status, raw in item.get(verb, {}).get("responses", {}).items():
                for kind, media in resolve(raw).get("content", {}).items():
                    for example in media.get("examples", {}).values():
                        pointer = f"/paths/{escape(template)}/{verb}/responses/{status}" if "$ref" not in raw else raw["$ref"][1:]
                        check = validator(f"{pointer}/content/{escape(kind)}/schema")
                        value = resolve(example)["value"]
                        assert not [error.message for error in check.iter_errors(value)], f"{verb} {template} {status}"
                        assert list(check.iter_errors([value])), f"{verb} {template} {status} takes anything"
                        seen += 1
    assert seen > 100


def test_self_test_a_wrong_answer_is_noted():
    class Fake:
        status_code, request = 200, None
        headers = {"Content-Type": "application/json"}

        def json(self):
            return {"items": [{"id": 7, "surprise": 1}], "next": None}

    contract = Contract()
    contract.check("GET", "/v1/orders", Fake())
    text = json.dumps(sorted(contract.violations))
    assert "X-Correlation-Id is missing" in text and "'revision' is a required property" in text
    assert any(name.endswith(".items[].surprise") for name in contract.extras)
    Fake.status_code = 418
    contract.check("GET", "/v1/orders", Fake())
    assert any("418: status is not in the contract" in what for what in contract.violations)


def test_self_test_undocumented_members():
    assert list(undocumented({"properties": {"a": {}}}, {"a": 1, "b": 2})) == [".b"]


def shift(value):
    """Dates of the examples count from their own today, 2026-11-23."""
    import datetime
    import re

    from world import today
    moved = today() - datetime.date(2026, 11, 23)

    def date(match):
        return (datetime.date.fromisoformat(match.group(0)) + moved).isoformat()
    return json.loads(re.sub(r"\d{4}-\d{2}-\d{2}(?=[\"T])", date, json.dumps(value)))


@pytest.fixture(scope="module")
def played(api):
    """The examples of the requests in an order in which they make sense."""
    def example(path, verb, name=None):
        media = OPENAPI["paths"][path][verb]["requestBody"]["content"]["application/json"]["examples"]
        return shift(resolve(media[name or next(iter(media))])["value"])
    answers = {}

    def play(path, verb, name=None, real=None, **options):
        body = example(path, verb, name)
        key = None if path.endswith(("/check", "/validate", "/import", "/events")) or verb == "put" else f"example-{path}-{name}"
        answers[(path, verb, name)] = api.call(verb.upper(), real or path, json=body, key=key, **options)
        return answers[(path, verb, name)]

    for kind in ("locations", "items", "customers", "supplies", "prices", "shipping-methods"):
        play(f"/v1/{kind}/import", "post")
        template = next(path for path in OPENAPI["paths"] if path.startswith(f"/v1/{kind}/{{"))
        body = example(template, "put")
        play(template, "put", None, f"/v1/{kind}/{next(iter(body.values()))}")
    api.put("/v1/locations/DC-WEST", {"code": "DC-WEST"})
    play("/v1/inventory/events", "post")
    for name in ("one_line", "shortest", "cartons"):
        play("/v1/availability/check", "post", name)
    play("/v1/orders/validate", "post")
    order = fine(play("/v1/orders", "post", "order"), 201)
    play("/v1/orders", "post", "shortest")
    path = f"/v1/orders/{order['id']}"
    held = play("/v1/orders/{id}/holds", "post", None, f"{path}/holds", etag=api.get(path).headers["ETag"])
    play("/v1/orders/{id}/holds/{code}", "delete", None, f"{path}/holds/fraud_check", etag=held.headers.get("ETag"))
    play("/v1/orders/{id}/release", "post", None, f"{path}/release", etag=api.get(path).headers["ETag"])
    made = play("/v1/reservations", "post").json()
    play("/v1/reservations/{id}/extend", "post", None, f"/v1/reservations/{made.get('id')}/extend")
    play("/v1/reservations/{id}/release", "post", None, f"/v1/reservations/{made.get('id')}/release")
    play("/v1/shipments", "post")
    play("/v1/orders", "post", "backorder")  # takes all that is left
    return answers


def test_the_examples_of_the_requests_work(played):
    told = [f"{verb} {path} {name}: {answer.status_code} {answer.text[:300]}" for (path, verb, name), answer in played.items() if answer.status_code not in (200, 201)]
    assert not told, "\n".join(told)


def test_every_request_example_was_played(played):
    wanted = {(path, verb) for path, item in OPENAPI["paths"].items() for verb in ("post", "put", "delete") if "requestBody" in item.get(verb, {})}
    assert wanted == {(path, verb) for path, verb, _ in played}
