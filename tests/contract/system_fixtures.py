"""The fixtures of tests/system, for the tests of the contract."""
import importlib.util
import pathlib

_path = pathlib.Path(__file__).parents[1] / "system" / "conftest.py"
_spec = importlib.util.spec_from_file_location("system_conftest", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
services, prefix, fleet, hub, api, seed = (getattr(_module, name) for name in ("services", "prefix", "fleet", "hub", "api", "seed"))
