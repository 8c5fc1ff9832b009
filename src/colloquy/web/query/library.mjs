// Compiles Python's library for the page, by the Python that will run it there: node library.mjs IN.zip OUT.zip
// What is only for people who read it, texts and the numbers of lines, is left out: so it is as small as the source.
import { readFileSync, writeFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const python = await loadPyodide({ env: { PYTHONHASHSEED: "0", HOME: "/home" } });
const [, , source, target] = process.argv;
python.FS.writeFile("/in.zip", readFileSync(source));
python.runPython(`
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from types import CodeType

def bare(code):
    inside = tuple(bare(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_linetable=b"", co_consts=inside)

with zipfile.ZipFile("/in.zip") as whole, zipfile.ZipFile("/out.zip", "w") as made:
    for name in whole.namelist():
        data = whole.read(name)
        if name.endswith(".py"):
            code = bare(compile(data, name, "exec", dont_inherit=True, optimize=2))
            name, data = name + "c", _code_to_hash_pyc(code, bytes(8), False)
        about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        about.create_system = 3
        made.writestr(about, data)
`);
writeFileSync(target, python.FS.readFile("/out.zip"));
