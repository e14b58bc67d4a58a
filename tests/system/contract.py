"""Holds every answer against schemas/generated/openapi.json: status, content type, headers, body.

What does not fit is collected, not raised, so that one deviation fails one test (test_zz_contract.py) and not all of them.
"""
import functools
import json
import pathlib
import re

import jsonschema
import referencing
import referencing.jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPENAPI = json.loads((ROOT / "schemas/generated/openapi.json").read_text(encoding="utf-8"))
ASYNCAPI = json.loads((ROOT / "schemas/generated/asyncapi.json").read_text(encoding="utf-8"))
# Answers of the guard and the router, which every path can give.
EVERYWHERE = {"400", "404", "405", "406", "408", "411", "413", "414", "415", "417", "431", "429", "503", "504"}


def _registry():
    resources = {}
    for name, document in (("urn:openapi", OPENAPI), ("urn:asyncapi", ASYNCAPI)):
        resources[name] = referencing.Resource(document, referencing.jsonschema.DRAFT202012)
    return referencing.Registry().with_resources(resources.items())


REGISTRY = _registry()


def escape(part):
    return part.replace("~", "~0").replace("/", "~1")


@functools.lru_cache(maxsize=None)
def validator(pointer, base="urn:openapi"):
    return jsonschema.Draft202012Validator({"$ref": f"{base}#{pointer}"}, registry=REGISTRY,
                                           format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def lookup(pointer, document=None):
    node = OPENAPI if document is None else document
    for part in pointer.lstrip("#").split("/")[1:]:
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def resolve(node):
    while isinstance(node, dict) and "$ref" in node:
        node = lookup(node["$ref"])
    return node


def members(schema, document=None):
    """The names that a schema has for an object, through references and branches."""
    while "$ref" in schema:
        schema = lookup(schema["$ref"], document)
    names = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []) + schema.get("anyOf", []):
        for name, inner in members(part, document).items():
            names[name] = names.get(name) or inner
    if "items" in schema and not names:
        return {"[]": schema["items"]}
    return names


def undocumented(schema, value, path="", document=None):
    """Members of an answer that its schema does not name."""
    names = members(schema, document)
    if isinstance(value, list):
        for entry in value:
            yield from undocumented(names.get("[]", {}), entry, path + "[]", document)
    elif isinstance(value, dict) and names:
        for name, inner in value.items():
            if name not in names:
                yield f"{path}.{name}"
            elif name != "ext":
                yield from undocumented(names[name], inner, f"{path}.{name}", document)


class Contract:
    def __init__(self):
        self.violations = {}
        self.extras = set()
        self.seen = set()
        self.paths = []
        for template in OPENAPI["paths"]:
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
            self.paths.append((re.compile(f"^{pattern}$"), template))
        self.paths.sort(key=lambda entry: "{" in entry[1])

    def note(self, where, what):
        self.violations.setdefault(f"{where}: {what}", 0)
        self.violations[f"{where}: {what}"] += 1

    def template(self, path):
        for pattern, template in self.paths:
            if pattern.match(path):
                return template
        return None

    def check(self, method, path, response):
        template = self.template(path)
        verb = method.lower()
        if template is None or verb not in OPENAPI["paths"][template]:
            return self._problem(f"{method} {path}", response) if response.status_code >= 400 else None
        status = str(response.status_code)
        where = f"{method} {template} {status}"
        self.seen.add((verb, template, status))
        answers = OPENAPI["paths"][template][verb]["responses"]
        if status not in answers:
            if status not in EVERYWHERE:
                self.note(where, "status is not in the contract")
            return self._problem(where, response)
        answer = resolve(answers[status])
        for name, header in answer.get("headers", {}).items():
            header = resolve(header)
            value = response.headers.get(name)
            if value is None and header.get("required"):
                self.note(where, f"header {name} is missing")
            pattern = header.get("schema", {}).get("pattern")
            if value is not None and pattern and not re.search(pattern, value):
                self.note(where, f"header {name}: {value}")
        self._body(where, template, verb, status, answers, answer, response)

    def _body(self, where, template, verb, status, answers, answer, response):
        kind = response.headers.get("Content-Type", "").split(";")[0].strip()
        if kind not in answer.get("content", {}):
            return self.note(where, f"content type {kind!r} is not in the contract")
        if not kind.endswith("json"):
            return None
        try:
            body = response.json()
        except ValueError as error:
            return self.note(where, f"no JSON: {error}")
        if "$ref" in answers[status]:
            pointer = answers[status]["$ref"][1:]
        else:
            pointer = f"/paths/{escape(template)}/{verb}/responses/{status}"
        pointer += f"/content/{escape(kind)}/schema"
        for error in validator(pointer).iter_errors(body):
            self.note(where, f"{error.json_path}: {error.message[:300]}")
        if template.startswith("/v1"):
            self.extras.update(f"{where} {name}" for name in undocumented(lookup(pointer), body))

    def _problem(self, where, response):
        if response.headers.get("Content-Type", "").split(";")[0] != "application/problem+json":
            return self.note(where, f"content type {response.headers.get('Content-Type')!r} of a problem")
        if response.request is not None and response.request.method == "HEAD":
            return None
        for error in validator("/components/schemas/Problem").iter_errors(response.json()):
            self.note(where, f"{error.json_path}: {error.message[:300]}")


CONTRACT = Contract()
