"""The daemon's behaviour against schemas/openapi.yaml, by schemathesis: no 5xx, only what is documented, bad data refused. About 2 minutes."""
import json
import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from contract import OPENAPI

EXAMPLES = int(os.environ.get("CROSSDOCK_SCHEMATHESIS_EXAMPLES", "25"))
checks = schemathesis.checks.load_all_checks() if hasattr(schemathesis.checks, "load_all_checks") else None


def names():
    wanted = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance", "unsupported_method",
              "negative_data_rejection")
    # positive_data_acceptance is left out: a schema cannot say that an item or a location must exist.
    from schemathesis.specs.openapi import checks as openapi_checks
    found = []
    for name in wanted:
        check = getattr(openapi_checks, name, None) or getattr(schemathesis.checks, name)
        found.append(check)
    return found


def seeds(hub):
    """Master data so that generated references sometimes hold."""
    from seed import Seed
    seed = Seed(hub)
    seed.item(sku="A-100")
    seed.location(code="DC-EAST")
    seed.customer(number="C-1001")
    seed.stock("DC-EAST", "A-100", "100000")


@pytest.fixture(scope="module")
def schema(hub):
    seeds(hub)
    document = json.loads(json.dumps(OPENAPI))
    document["servers"] = [{"url": hub.api_url}]
    made = schemathesis.openapi.from_dict(document)
    made.config.update(base_url=hub.api_url)
    return made


lazy = schemathesis.pytest.from_fixture("schema")


@lazy.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], database=None,
          suppress_health_check=list(HealthCheck))
def test_every_call(case):
    case.call_and_validate(checks=names(), timeout=30)


def test_it_is_alive_afterwards(hub):
    assert hub.admin.get("/livez").status_code == 200 and hub.process.poll() is None
