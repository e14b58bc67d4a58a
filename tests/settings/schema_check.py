#!/usr/bin/env python3
"""An outside opinion: the generated JSON Schemas accept every example and refuse what is broken. schema_check.py ROOT"""
import json
import pathlib
import sys

try:
    import jsonschema
    import yaml
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

ROOT = pathlib.Path(sys.argv[1])


class Loader(yaml.SafeLoader):
    """A reference stands for the text that it leads to; scalars are not guessed into dates."""


Loader.add_constructor("!env", lambda loader, node: f"http://{loader.construct_scalar(node)}".lower())
Loader.add_constructor("!secret", lambda loader, node: loader.construct_scalar(node))
Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def validator(name):
    schema = json.loads((ROOT / "schemas/config" / name).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


DAEMON, SYSTEM = validator("crossdock.schema.json"), validator("system.schema.json")


def errors(checker, text):
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in checker.iter_errors(yaml.load(text, Loader))]


def main():
    failures, count = [], 0
    for path in sorted((ROOT / "config").rglob("*.yaml")):
        checker = SYSTEM if path.parent.name == "systems" else DAEMON
        # Brokers and URLs by reference are judged by the daemon, which can look them up.
        text = path.read_text(encoding="utf-8").replace("!env CROSSDOCK_KAFKA_BROKERS", "kafka:9092")
        found = errors(checker, text)
        count += 1
        failures += [f"{path.relative_to(ROOT)}: {one}" for one in found]
    good = (ROOT / "config/crossdock.yaml").read_text(encoding="utf-8").replace("!env CROSSDOCK_KAFKA_BROKERS", "kafka:9092")
    controls = {
        "unknown key": good + "\nrealease: auto\n",
        "word": good.replace("release: auto", "release: sometimes"),
        "duration": good.replace("release_ahead: 2d", "release_ahead: 2 days"),
        "integer": good.replace("loops: 0", "loops: many"),
        "bound": good.replace("loops: 0", "loops: 100000"),
        "boolean": good.replace("create: true", "create: 'true'"),
        "required": good.replace("brokers:", "# brokers:"),
        "only with": good.replace("use: indeterminate", "use: hold\n        max_age: 1min", 1),
    }
    for name, text in controls.items():
        if text == good:
            failures.append(f"control '{name}' changed nothing")
        elif not errors(DAEMON, text):
            failures.append(f"control '{name}' was accepted")
    print("\n".join(failures) or f"{count} files hold, {len(controls)} controls are refused")
    return 1 if failures or count < 6 else 0


sys.exit(main())
