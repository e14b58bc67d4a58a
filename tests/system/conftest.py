import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from seed import Seed  # noqa: E402
from world import Fleet, Services, binary, configuration, unique  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="more rounds of the random tests")


def pytest_collection_modifyitems(config, items):
    try:
        binary()
    except FileNotFoundError as error:
        for item in items:
            if "self_test" not in item.name:
                item.add_marker(pytest.mark.skip(reason=str(error)))


@pytest.fixture(scope="session")
def rounds(request):
    return 10 if request.config.getoption("--long") else 1


@pytest.fixture(scope="session")
def services():
    found = Services.of_environment()
    if "CROSSDOCK_POSTGRES_URL" in os.environ and "CROSSDOCK_KAFKA_BROKERS" in os.environ:
        yield found
        return
    started = Services.start()
    yield started
    started.down()


@pytest.fixture
def own_services():
    """For tests that take PostgreSQL or Kafka away."""
    started = Services.start()
    yield started
    started.down()


@pytest.fixture(scope="module")
def prefix():
    """Of the topics that this module's feeds read."""
    return unique("t").lower().replace("-", ".")


@pytest.fixture(scope="module")
def fleet(services, prefix):
    """This module's daemons: a fresh database, topics of their own. They end cleanly or the module fails."""
    made = Fleet(services, configuration(prefix))
    yield made
    made.end()


@pytest.fixture(scope="module")
def hub(fleet):
    return fleet.start(1)[0]


@pytest.fixture(scope="module")
def api(hub):
    return hub.api


@pytest.fixture(scope="module")
def seed(hub):
    return Seed(hub)


@pytest.fixture(scope="module")
def pair(services, prefix):
    """Two daemons on one database."""
    made = Fleet(services, configuration(prefix + ".pair"))
    yield made.start(2)
    made.end()


@pytest.fixture
def fresh(services):
    """A function that starts fleets of its own; ended after the test."""
    made = []

    def start(count=1, services=services, **options):
        fleet = Fleet(services, configuration(unique("f").lower().replace("-", "."), **options))
        made.append(fleet)
        fleet.start(count)
        return fleet

    yield start
    for fleet in made:
        fleet.end()
