"""The documents of the contract, by outside validators; each with its negative control. Needs no daemon."""
import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def node():
    if not (HERE / "node_modules/@redocly").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True, timeout=300)

    def run(*arguments):
        return subprocess.run(arguments, cwd=HERE, capture_output=True, text=True, timeout=120, check=False)
    return run


def lint(node, path):
    return node("npx", "redocly", "lint", "--config", "redocly.yaml", str(path))


@pytest.mark.parametrize("name", ["openapi.yaml", "generated/openapi.json", "generated/openapi-3.0.json"])
def test_openapi_is_clean(node, name):
    done = lint(node, ROOT / "schemas" / name)
    assert done.returncode == 0 and "warning" not in done.stdout + done.stderr.split("validating")[-1], done.stdout + done.stderr


@pytest.mark.parametrize("spoil", [("operationId: capture_order", "operationId: validate_order"), ("#/components/schemas/OrderLine'", "#/components/schemas/OrderLin'"),
                                   ("decision: hold\n", "decision: perhaps\n")])
def test_the_linter_sees_a_mistake(node, tmp_path, spoil):
    text = (ROOT / "schemas/openapi.yaml").read_text()
    assert spoil[0] in text
    (tmp_path / "openapi.yaml").write_text(text.replace(*spoil, 1))
    done = lint(node, tmp_path / "openapi.yaml")
    assert done.returncode != 0 or "warning" in (done.stdout + done.stderr).split("validating")[-1]


@pytest.mark.parametrize("name", ["openapi.json", "openapi-3.0.json"])
def test_openapi_by_another_validator(name):
    from openapi_spec_validator import validate
    from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
    document = json.loads((ROOT / "schemas/generated" / name).read_text())
    validate(document)
    document["paths"]["/v1/orders"]["get"]["responses"] = "none"
    with pytest.raises(OpenAPIValidationError):
        validate(document)


def test_asyncapi_is_valid(node):
    done = node("node", "asyncapi.mjs", str(ROOT / "schemas/asyncapi.yaml"), str(ROOT / "schemas/generated/asyncapi.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert node("node", "asyncapi.mjs", "--control", str(ROOT / "schemas/generated/asyncapi.json")).returncode == 1


def test_what_is_generated_is_fresh():
    done = subprocess.run([str(ROOT / "tools/render_openapi"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_call_has_a_scope_and_every_write_its_key():
    document = json.loads((ROOT / "schemas/generated/openapi.json").read_text())
    for path, item in document["paths"].items():
        for verb in ("get", "post", "put", "delete"):
            operation = item.get(verb)
            if operation is None or not path.startswith("/v1"):
                continue
            assert operation.get("x-scope"), f"{verb} {path}"
            names = {parameter.get("$ref", "").rpartition("/")[2] for parameter in operation.get("parameters", [])}
            changes = verb == "post" and not path.endswith(("/check", "/validate", "/import", "/events"))
            assert ("IdempotencyKey" in names) == changes, f"{verb} {path}"
            for status, word in (("413", "requestBody"), ("415", "requestBody")):
                assert (status in operation["responses"]) == (word in operation), f"{verb} {path} {status}"


def test_the_page_is_small_and_alone():
    page = (ROOT / "src/api/assets/docs.html").read_text()
    assert len(page.encode()) < 60000 and "http://" not in page and "https://" not in page and "src=" not in page
