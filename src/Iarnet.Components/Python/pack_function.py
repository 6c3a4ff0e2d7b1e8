"""Turns a function of a Python source file into a cloudpickle. Run by the host: python3 -c <this> PATH FUNCTION.

Writes one line of JSON to the standard output it was started with; what the file itself prints goes to standard error.
"""
import base64
import importlib.util
import inspect
import json
import os
import sys
import traceback

out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def answer(**fields):
    out.write(json.dumps(fields))
    out.write("\n")
    out.flush()
    sys.exit(0)


path, name = sys.argv[1], sys.argv[2]
try:
    import cloudpickle
except ImportError as e:
    answer(problem="module", text=str(e))

if not os.path.isfile(path):
    answer(problem="file", text=path)

# The file may import its neighbours, and pickling by value needs its module registered.
sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
module_name = "iarnet_function_" + os.path.splitext(os.path.basename(path))[0]
try:
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
except SyntaxError as e:
    answer(problem="syntax", text="".join(traceback.format_exception_only(type(e), e)))
except BaseException:
    answer(problem="import", text=traceback.format_exc())

function = getattr(module, name, None)
if not callable(function):
    names = [n for n, v in vars(module).items() if callable(v) and getattr(v, "__module__", None) == module_name]
    answer(problem="function", text=", ".join(names) or "none")

parameters, variadic = [], False
try:
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = True
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD, parameter.VAR_POSITIONAL):
            parameters.append(parameter.name)
except (TypeError, ValueError):
    pass

try:
    cloudpickle.register_pickle_by_value(module)
    # Neighbours of the file exist only here: they travel with it. Installed modules do not.
    folder = os.path.dirname(os.path.abspath(path)) + os.sep
    for other in list(sys.modules.values()):
        origin = getattr(other, "__file__", None)
        if other is not module and origin and os.path.abspath(origin).startswith(folder) and "site-packages" not in origin and "dist-packages" not in origin:
            cloudpickle.register_pickle_by_value(other)
    pickled = cloudpickle.dumps(function)
except BaseException:
    answer(problem="pickle", text=traceback.format_exc())

answer(pickle=base64.b64encode(pickled).decode("ascii"), parameters=parameters, variadic=variadic)
