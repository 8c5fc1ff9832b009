// What the page's worker takes from Pyodide; esbuild makes one file of it, with the global name `pyodide`.
export { loadPyodide } from "pyodide/pyodide.mjs";
export { default as createPyodideModule } from "pyodide/pyodide.asm.mjs";
