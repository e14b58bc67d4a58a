"""The command line: check, migrate, doctor, verify, version, help, exit codes (OPERATORS.md)."""
import http.server
import json
import re
import ssl
import subprocess
import threading

import psycopg
import pytest

from seed import Seed, fine
from world import configuration, day, run, unique


@pytest.fixture
def folder():
    return configuration("c." + unique("x").lower().replace("-", "."))


VARIABLES = {"CROSSDOCK_POSTGRES_URL": "postgresql://x@127.0.0.1:1/x", "CROSSDOCK_KAFKA_BROKERS": "127.0.0.1:1"}


def check(folder, *more):
    done = run("check", str(folder), *more, variables=VARIABLES)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("example", ["minimal", "distributor"])
def test_check_of_the_examples(example):
    code, text = check(configuration("c.x", example))
    assert code == 0, text


BROKEN = [
    ("unknown key", "\nlimts: {in_flight: 4}\n", "limits"),
    ("duplicate key", "\nauthentication: none\n", "authentication"),
    ("wrong type", "\nloops: many\n", "loops"),
    ("bad word", "\nlog: {level: loud}\n", "level"),
    ("an anchor", "\nlog: &a {level: info}\n", None),
    ("an alias", "\nlog: *a\n", None),
    ("a foreign tag", "\nlog: !!python/object {level: info}\n", None),
    ("no YAML", "\nlog: [\n", None),
    ("a tab", "\nlog:\n\tlevel: info\n", None),
    ("a bad duration", "\ndrain: soon\n", "drain"),
]


@pytest.mark.parametrize("what, text, word", BROKEN, ids=[entry[0] for entry in BROKEN])
def test_a_broken_configuration_is_told_with_its_place(folder, what, text, word):
    path = folder / "crossdock.yaml"
    whole = path.read_text()
    path.write_text(whole + text)
    code, told = check(folder)
    assert code == 78, told
    place = re.search(r"crossdock\.yaml:(\d+):(\d+)", told)
    assert place, told
    assert int(place.group(1)) > whole.count("\n") or what == "duplicate key", told
    assert word is None or word in told, told
    assert "^" in told, "a caret"


def test_all_mistakes_at_once(folder):
    path = folder / "crossdock.yaml"
    path.write_text(path.read_text() + "\nlimts: {}\nloops: many\nlog: {levl: info}\n")
    code, told = check(folder)
    assert code == 78 and len(set(re.findall(r"crossdock\.yaml:\d+:\d+", told))) >= 3, told


def test_a_missing_folder():
    done = run("check", "/no/such/folder", variables=VARIABLES)
    assert done.returncode in (66, 78, 64, 1) and "no/such/folder" in done.stdout + done.stderr


def test_check_as_json(folder):
    import json
    (folder / "crossdock.yaml").write_text((folder / "crossdock.yaml").read_text() + "\nlimts: {}\n")
    done = run("check", str(folder), "--format", "json", variables=VARIABLES)
    assert done.returncode == 78 and json.loads(done.stdout)


def test_run_refuses_a_broken_configuration(folder):
    (folder / "crossdock.yaml").write_text((folder / "crossdock.yaml").read_text() + "\nlimts: {}\n")
    done = run("run", "-c", str(folder), variables=VARIABLES, limit=30)
    assert done.returncode == 78 and re.search(r"crossdock\.yaml:\d+:\d+", done.stderr) and done.stdout == ""


def test_version():
    for arguments in (("version",), ("--version",)):
        done = run(*arguments)
        assert done.returncode == 0 and re.search(r"\d+\.\d+", done.stdout), arguments


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("check", "--help"), ("migrate", "--help"), ("doctor", "--help"), ("verify", "--help")])
def test_help(arguments):
    done = run(*arguments)
    assert done.returncode == 0 and len(done.stdout) > 100, done.stderr
    assert "Example" in done.stdout or "crossdock " in done.stdout, "help that teaches"


@pytest.mark.parametrize("arguments", [("fly",), ("run", "--no-such-flag"), ("check", "a", "b", "c", "d"), ("migrate", "sideways")])
def test_usage(arguments):
    done = run(*arguments, variables=VARIABLES)
    assert done.returncode == 64, f"{done.returncode}: {done.stdout}{done.stderr}"
    assert done.stderr


def test_usage_without_a_command():
    done = run()
    assert done.returncode == 64 and "check" in done.stderr and "doctor" in done.stderr, "all commands are named"


@pytest.mark.parametrize("arguments, near", [(("chekc",), "check"), (("migrate", "stauts"), "status"), (("fly",), "verify")])
def test_an_unknown_command_is_named_with_the_nearest(arguments, near):
    done = run(*arguments)
    assert done.returncode == 64 and arguments[-1] in done.stderr and near in done.stderr, done.stderr


@pytest.mark.parametrize("arguments, same", [(("help",), ("--help",)), (("help", "run"), ("run", "--help")), (("check", "help"), ("check", "--help"))])
def test_help_is_a_command_too(arguments, same):
    done = run(*arguments)
    assert done.returncode == 0 and done.stdout == run(*same).stdout
    assert "Usage: crossdock" in done.stdout, "not where the binary lies"


def test_json_everywhere(folder):
    assert json.loads(run("version", "--json").stdout)["version"]
    assert json.loads(run("check", str(folder), "--json", variables=VARIABLES).stdout)["problems"] == []


def test_a_folder_without_crossdock_yaml_has_one_mistake(tmp_path):
    (tmp_path / "src").mkdir()
    code, told = check(tmp_path)
    assert code == 78 and "crossdock.yaml" in told and "src" not in told, told


def test_a_quote_that_is_never_closed(folder):
    path = folder / "crossdock.yaml"
    path.write_text(path.read_text() + '\nlog:\n  level: "info\ndrain: 5s\n')
    code, told = check(folder)
    assert code == 78 and "never closed" in told, told


def test_migrate(fresh):
    fleet = fresh(0)
    folder = str(fleet.config)
    before = fleet.command("migrate", "status", "-c", folder)
    assert before.returncode in (0, 1, 2), before.stderr
    done = fleet.command("migrate", "up", "-c", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert fleet.command("migrate", "up", "-c", folder).returncode == 0
    after = fleet.command("migrate", "status", "-c", folder)
    assert after.returncode == 0 and after.stdout != before.stdout
    for verb in ("up", "verify"):
        done = fleet.command("migrate", verb, "-c", folder, "--json")
        assert done.returncode == 0 and done.stdout.strip() == '{"up_to_date":true}', done.stdout
    fleet.start(1)


def test_a_changed_migration_is_seen(fresh):
    """Negative control: the checksum of what was applied."""
    fleet = fresh(0)
    assert fleet.command("migrate", "up", "-c", str(fleet.config)).returncode == 0
    with psycopg.connect(fleet.database, autocommit=True) as connection:
        found = connection.execute("""select table_schema, table_name, column_name from information_schema.columns
                                      where column_name like '%checksum%' or column_name like '%sha256%' order by 1, 2""").fetchall()
        schema, table, column = next(entry for entry in found if "migration" in entry[1])
        connection.execute(f'update "{schema}"."{table}" set "{column}" = overlay("{column}" placing substr("{column}", 2, 1) from 1 for 1)')
    assert fleet.command("migrate", "verify", "-c", str(fleet.config)).returncode != 0


def test_doctor(fresh):
    fleet = fresh(0)
    assert fleet.command("migrate", "up", "-c", str(fleet.config)).returncode == 0
    done = fleet.command("doctor", "-c", str(fleet.config))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "postgres" in done.stdout.lower() or "database" in done.stdout.lower()


def test_doctor_tells_what_is_away(fresh):
    fleet = fresh(0)
    done = fleet.command("doctor", "-c", str(fleet.config), environment={"CROSSDOCK_KAFKA_BROKERS": "127.0.0.1:1"})
    assert done.returncode in (1, 69) and "kafka" in (done.stdout + done.stderr).lower()
    done = fleet.command("doctor", "-c", str(fleet.config), environment={"CROSSDOCK_POSTGRES_URL": "postgresql://crossdock@127.0.0.1:1/x"})
    assert "\t" not in done.stdout and all(line.startswith(("ok ", "FAIL ", "      ")) for line in done.stdout.splitlines()), done.stdout
    assert done.returncode in (1, 69)


def test_doctor_asks_the_systems(fresh):
    fleet = fresh(0)
    assert fleet.command("migrate", "up", "-c", str(fleet.config)).returncode == 0

    class Answers404(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answers404) as there:
        threading.Thread(target=there.serve_forever, daemon=True).start()
        erp = fleet.config / "systems" / "erp.yaml"
        erp.write_text(f"title: ERP\nkind: erp\nconnector: http_json\noptions: {{base_url: 'http://127.0.0.1:{there.server_port}'}}\n")
        done = fleet.command("doctor", "-c", str(fleet.config))
        assert done.returncode == 0 and "answers 404" in done.stdout, done.stdout + done.stderr
        there.shutdown()
    done = fleet.command("doctor", "-c", str(fleet.config))
    assert done.returncode in (1, 69) and "FAIL  system erp" in done.stdout and "systems/erp.yaml" in done.stdout, done.stdout


def certificate(folder, days):
    """A certificate of localhost that is its own issuer, for an ssl context; its file."""
    key, request, made = folder / "key.pem", folder / "request.pem", folder / "cert.pem"
    for command in (["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-addext",
                     "subjectAltName=DNS:localhost", "-keyout", key, "-out", request],
                    ["x509", "-req", "-in", request, "-signkey", key, "-copy_extensions", "copy", "-days", str(days), "-out", made]):
        subprocess.run(["openssl", *command], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context, made


@pytest.mark.parametrize("days, good", [(400, True), (1, False), (-1, False)], ids=["long", "tomorrow", "expired"])
def test_doctor_counts_the_days_of_certificates(fresh, tmp_path, days, good):
    fleet = fresh(0)
    assert fleet.command("migrate", "up", "-c", str(fleet.config)).returncode == 0
    context, authority = certificate(tmp_path, days)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as there:
        there.socket = context.wrap_socket(there.socket, server_side=True)
        threading.Thread(target=there.serve_forever, daemon=True).start()
        erp = fleet.config / "systems" / "erp.yaml"
        erp.write_text(f"title: ERP\nkind: erp\nconnector: http_json\noptions: {{base_url: 'https://localhost:{there.server_port}'}}\n")
        done = fleet.command("doctor", "-c", str(fleet.config), "--json", environment={"SSL_CERT_FILE": str(authority)})
        there.shutdown()
    found = {item["what"]: item for item in json.loads(done.stdout)["items"]}
    assert found["certificate erp"]["good"] == good, done.stdout
    assert found["system erp"]["good"] == (days > 0), "what has expired is not called"
    assert bool(found["certificate erp"]["remedy"]) != good
    assert done.returncode == (0 if good else 1)


def test_doctor_sees_disks_and_no_certificate_of_plain_http(fresh):
    fleet = fresh(0)
    done = fleet.command("doctor", "-c", str(fleet.config), "--json")
    found = {item["what"]: item for item in json.loads(done.stdout)["items"]}
    assert " free (" in found["disk configuration"]["detail"], found
    assert " free (" in found["disk postgres"]["detail"], "the test's PostgreSQL runs here, and its user may ask it"
    assert not any(what.startswith("certificate") for what in found)


def test_migrate_without_a_database(folder):
    done = run("migrate", "status", "-c", str(folder), variables=VARIABLES, limit=60)
    assert done.returncode == 69, f"{done.returncode}: {done.stderr}"


def busy(fleet):
    seed = Seed(fleet.hubs[0])
    sku, location = seed.place("100")
    seed.supply(sku, location, (3, 40))
    order = seed.order((sku, 12, location))
    seed.order((sku, 5, location), requested_date=day(4))
    fine(seed.reserve((sku, 3, location)), 201)
    fine(seed.api.post("/v1/shipments", seed.shipment(order, location, (1, 5))), 201)
    return sku, location


def test_verify_on_good_data(fresh):
    fleet = fresh()
    busy(fleet)
    done = fleet.command("verify", "-c", str(fleet.config))
    assert done.returncode == 0, done.stdout + done.stderr
    assert fleet.command("verify", "--all", "-c", str(fleet.config)).returncode == 0


def columns(connection, pattern):
    return connection.execute("""select table_schema, table_name, column_name from information_schema.columns
        where column_name ~ %s and table_schema not in ('pg_catalog', 'information_schema') and data_type = 'numeric' order by 1, 2, 3""", (pattern,)).fetchall()


@pytest.mark.parametrize("table, column", [("^position$", "^safety_stock$"), ("^commitment$", "^quantity$"), ("^reservation_line$", "^(granted|quantity)$"), ("^order_line$", "^committed$")])
def test_verify_sees_a_spoiled_row(fresh, table, column):
    """Negative control: exit 2."""
    fleet = fresh()
    busy(fleet)
    with psycopg.connect(fleet.database, autocommit=True) as connection:
        found = [entry for entry in columns(connection, column) if re.search(table, entry[1])]
        if not found:
            pytest.skip(f"no column {column} in a table {table}: adapt this test to the schema")
        schema, name, member = found[0]
        try:
            changed = connection.execute(f'update "{schema}"."{name}" set "{member}" = "{member}" + 1').rowcount
        except psycopg.errors.CheckViolation:
            return  # the database itself holds the invariant
    assert changed
    done = fleet.command("verify", "-c", str(fleet.config))
    assert done.returncode == 2, f"{done.returncode}: {done.stdout}{done.stderr}"


def test_verify_is_read_only(fresh):
    fleet = fresh()
    sku, location = busy(fleet)
    before = Seed(fleet.hubs[0]).profile(sku, location)["version"]
    fleet.command("verify", "-c", str(fleet.config))
    assert Seed(fleet.hubs[0]).profile(sku, location)["version"] == before


def test_secrets_are_not_shown(folder):
    secret = "s3cretWordOfTheTest"
    done = run("doctor", "-c", str(folder), variables={**VARIABLES, "CROSSDOCK_POSTGRES_URL": f"postgresql://x:{secret}@127.0.0.1:1/x"}, limit=60)
    assert secret not in done.stdout + done.stderr
