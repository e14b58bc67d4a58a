"""schemas/openapi.yaml and the canonical schemas (made from the daemon's own declarations) name the same members, words and compulsory members."""
import json
import pathlib

import pytest

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"
OPENAPI = json.loads((SCHEMAS / "generated/openapi.json").read_text())
ASYNCAPI = json.loads((SCHEMAS / "generated/asyncapi.json").read_text())
REQUESTS = {"order_request": "OrderRequest", "reservation_request": "ReservationRequest", "shipment_request": "ShipmentRequest", "inventory_snapshot": "Snapshot", "inventory_movement": "Movement",
            "item": "Item", "customer": "Customer", "location": "Location", "supply": "Supply", "price": "Price", "shipping_method": "ShippingMethod"}
ANSWERS = {"order": "Order", "reservation": "Reservation", "shipment": "Shipment", "warehouse_order": "WarehouseOrder"}
EVENTS = {"position_change": "Position", "inventory_shortfall": "Shortfall", "inventory_gap": "Gap"}


def resolve(document, schema):
    while "$ref" in schema:
        node = document
        for part in schema["$ref"].lstrip("#").split("/")[1:]:
            node = node[part]
        schema = node
    return schema


def branches(document, schema):
    return [resolve(document, branch) for word in ("allOf", "anyOf", "oneOf") for branch in schema.get(word, [])]


def members(document, schema):
    """Names and compulsory names of the object inside, through lists and branches; None where there is none."""
    schema = resolve(document, schema)
    if "properties" in schema:
        return schema["properties"], set(schema.get("required", []))
    if "items" in schema:
        return members(document, schema["items"])
    return next((found for found in (members(document, branch) for branch in branches(document, schema)) if found), None)


def words(document, schema):
    schema = resolve(document, schema)
    found = {word for word in [*schema.get("enum", []), schema.get("const")] if word is not None}
    for branch in branches(document, schema):
        found |= words(document, branch)
    return found | (words(document, schema["items"]) if "items" in schema else set())


def differences(ours, mine, theirs, other, strict, path=""):
    here, there = members(ours, mine), members(theirs, other)
    if here is None or there is None:
        return []
    told = [f"{path}.{name} is only in {'the contract' if name in here[0] else 'the declarations'}" for name in sorted(set(here[0]) ^ set(there[0])) if name != "line" or not path.endswith("promises")]
    if strict:
        told += [f"{path}.{name} is compulsory in one only" for name in sorted(here[1] ^ there[1])]
    for name in sorted(set(here[0]) & set(there[0])):
        one, two = words(ours, here[0][name]), words(theirs, there[0][name])
        if one and one != two:
            told.append(f"{path}.{name}: words {sorted(one ^ two)}")
        told += differences(ours, here[0][name], theirs, there[0][name], strict, f"{path}.{name}")
    return told


def canonical(name):
    return json.loads((SCHEMAS / "canonical" / name / "v1.json").read_text())


@pytest.mark.parametrize("name, schema, document, strict", [*((name, schema, OPENAPI, True) for name, schema in REQUESTS.items()), *((name, schema, OPENAPI, False) for name, schema in ANSWERS.items()),
                                                           *((name, schema, ASYNCAPI, False) for name, schema in EVENTS.items())])
def test_the_contract_and_the_declarations_agree(name, schema, document, strict):
    theirs = canonical(name)
    assert differences(document, document["components"]["schemas"][schema], theirs, theirs, strict, schema) == []


def test_a_difference_is_seen():
    """Negative control."""
    theirs = canonical("order_request")
    spoiled = json.loads(json.dumps(theirs))
    del spoiled["$defs"]["Address"]["properties"]["city"]
    spoiled["$defs"]["OrderRequest"]["required"].remove("customer")
    spoiled["$defs"]["OrderRequest"]["properties"]["on_shortage"]["enum"][0] = "refuse"
    told = differences(OPENAPI, OPENAPI["components"]["schemas"]["OrderRequest"], spoiled, spoiled, True)
    assert len(told) == 4, told
