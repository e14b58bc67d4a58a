"""The contract that the daemon serves is the one in schemas/."""
import json

import pytest

from contract import ASYNCAPI, OPENAPI, ROOT


def test_openapi(api):
    assert api.get("/openapi.json").json() == OPENAPI


def test_openapi_30(api):
    served = api.get("/openapi-3.0.json").json()
    assert served["openapi"].startswith("3.0.") and served == json.loads((ROOT / "schemas/generated/openapi-3.0.json").read_text())


def test_asyncapi(api):
    assert api.get("/asyncapi.json").json() == ASYNCAPI


def test_docs(api):
    page = api.get("/docs", headers={"Accept": "text/html"})
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert page.text == (ROOT / "src/api/assets/docs.html").read_text() and len(page.content) < 60000
    assert "http://" not in page.text and "https://" not in page.text, "nothing is fetched from elsewhere"


def codes():
    return OPENAPI["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]


@pytest.mark.parametrize("code", [*codes(), "findings"])
def test_problem_pages(api, code):
    page = api.get(f"/problems/{code}", headers={"Accept": "text/html"})
    assert page.status_code == 200 and code in page.text.lower()


def test_an_unknown_problem_page(api):
    assert api.get("/problems/no_such_code").status_code == 404


def test_every_path_of_the_contract_is_served(api):
    """405 on a method that it does not have tells that the router knows the path."""
    import re
    for template in OPENAPI["paths"]:
        path = re.sub(r"\{[^}]*\}", "0197b3c8-7f6a-7c02-8d7e-52a7e0f0a001", template)
        response = api.call("PATCH", path)
        assert response.status_code == 405, f"{template}: {response.status_code}"
        allowed = {word.strip() for word in response.headers["Allow"].split(",")} - {"HEAD", "OPTIONS"}
        wanted = {verb.upper() for verb in OPENAPI["paths"][template] if verb in ("get", "post", "put", "delete")}
        if template.endswith(("/import", "/validate")):
            allowed -= {"GET", "PUT"}  # the last word may also be read as a key
        assert allowed == wanted, template
