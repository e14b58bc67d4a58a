import pathlib
import sys

for folder in ("system", "contract"):
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / folder))
pytest_plugins = ["system_fixtures"]
