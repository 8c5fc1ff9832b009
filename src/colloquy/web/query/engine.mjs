// What our scripts take from Oxigraph; esbuild makes one file of it, with the global name `oxigraph`.
export { Store, initSync } from "oxigraph/web.js";
