// The editor: CodeMirror with SPARQL.  It lives in a shadow tree, where its styles need no leave from the page's policy,
// and takes its colours from the page's style sheet.
const { EditorView, EditorState, HighlightStyle, tags } = codemirror;

const looks = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--word)", fontWeight: "600" },
  { tag: [tags.variableName, tags.local(tags.variableName), tags.special(tags.variableName)], color: "var(--variable)" },
  { tag: [tags.atom, tags.standard(tags.variableName), tags.standard(tags.name)], color: "var(--name)" },
  { tag: tags.string, color: "var(--string)" },
  { tag: [tags.comment, tags.meta], color: "var(--soft)" },
]);

const dress = EditorView.theme({
  "&": { fontSize: "0.9375rem", color: "var(--ink)", backgroundColor: "var(--sheet)", borderRadius: "10px", border: "1px solid var(--edge)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'SFMono-Regular', 'DejaVu Sans Mono', Menlo, Consolas, monospace", lineHeight: "1.55", maxHeight: "max(14rem, 42svh)", borderRadius: "10px" },
  ".cm-content": { minHeight: "9.5rem", padding: "0.6rem 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sheet)", color: "var(--soft)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hush) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--tint)" },
  ".cm-selectionMatch": { backgroundColor: "var(--hush)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--tint)", outline: "1px solid var(--accent)" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--rule)", borderRadius: "10px", boxShadow: "var(--shadow)", fontFamily: "var(--sans)", fontSize: "0.875rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "none", overflow: "hidden", padding: "0.3rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.3rem 0.5rem", borderRadius: "6px", display: "flex", gap: "0.75rem", alignItems: "baseline" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--tint)", color: "var(--ink)" },
  ".cm-completionDetail": { marginInlineStart: "auto", fontStyle: "normal", color: "var(--soft)", overflow: "hidden", textOverflow: "ellipsis" },
  "li[aria-selected] .cm-completionDetail": { color: "var(--ink)" },
  ".cm-completionInfo": { padding: "0.6rem 0.8rem", maxWidth: "22rem" },
  ".meaning": { padding: "0.5rem 0.75rem", maxWidth: "26rem" },
  ".cm-completionInfo .meaning": { padding: "0" },
  ".meaning p": { margin: "0.1rem 0" },
  ".meaning .soft": { color: "var(--soft)" },
  ".cm-diagnostic": { borderColor: "var(--wrong)", padding: "0.4rem 0.7rem" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--wrong)", textUnderlineOffset: "0.2em" },
  ".cm-panels": { backgroundColor: "var(--hush)", color: "var(--ink)", borderColor: "var(--rule)" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button": { backgroundColor: "var(--sheet)", backgroundImage: "none", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "6px" },
});

/** The word of the query at a place, as an IRI with its range; null where none is known. */
function wordAt(text, position) {
  const tokens = tokensOf(text);
  const token = tokens.find((one) => one.from <= position && position <= one.to && (["iri", "name"].includes(one.kind) || one.text === "a"));
  const iri = token && (token.text === "a" ? TYPE_IRI : expanded(token.text, declaredIn(tokens)));
  return iri ? { ...token, iri } : null;
}

const meanings = codemirror.hoverTooltip((view, position) => {
  const word = wordAt(view.state.doc.toString(), position);
  const dom = word && meaningOf(word.iri);
  return dom ? { pos: word.from, end: word.to, create: () => ({ dom }) } : null;
});

/** What the pointer shows of a word stands below the editor too, for whoever moves by keys or by touch. */
const wordLine = byId("theWordLine");
function tellWord(view) {
  const word = wordAt(view.state.doc.toString(), view.state.selection.main.head);
  const one = word && termNamed.get(word.iri);
  wordLine.replaceChildren(...(one ? [make("b", {}, bdi(one.label)), ` – ${one.sort}. ${one.definition || ""} `, make("span", { class: "number" }, usage(one))] : []));
}

const editorHost = byId("theEditor");
const editor = new EditorView({
  parent: editorHost.attachShadow({ mode: "open" }),
  state: EditorState.create({
    extensions: [
      codemirror.Prec.highest(codemirror.keymap.of([
        { key: "Mod-Enter", run: () => (runQuery(), true) },
        { key: "Shift-Enter", run: () => (runQuery(), true) },
        { key: "Tab", run: codemirror.acceptCompletion },
      ])),
      codemirror.lineNumbers(),
      codemirror.history(),
      codemirror.drawSelection(),
      codemirror.bracketMatching(),
      codemirror.closeBrackets(),
      codemirror.highlightActiveLine(),
      codemirror.highlightSelectionMatches(),
      codemirror.search({ top: true }),
      codemirror.StreamLanguage.define(codemirror.sparql),
      codemirror.syntaxHighlighting(looks),
      codemirror.autocompletion({ override: [completionsAt], maxRenderedOptions: 10, icons: false }),
      codemirror.keymap.of([...codemirror.closeBracketsKeymap, ...codemirror.defaultKeymap, ...codemirror.searchKeymap, ...codemirror.historyKeymap, ...codemirror.completionKeymap, codemirror.indentWithTab]),
      meanings,
      dress,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "SPARQL query. Ctrl and Enter runs it; Escape, then Tab, leaves the editor.", spellcheck: "false", autocapitalize: "off" }),
      EditorView.updateListener.of((update) => (update.docChanged || update.selectionSet) && tellWord(update.view)),
    ],
  }),
});

const queryText = () => editor.state.doc.toString();

function setQuery(text) {
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
  markFault(null);
}

/** Underline where a query is wrong, and go there; `fault` has line and column from 1, by characters. */
function markFault(fault) {
  const { doc } = editor.state;
  const diagnostics = [];
  if (fault?.line >= 1 && fault.line <= doc.lines) {
    const line = doc.line(fault.line);
    const offset = Array.from(line.text).slice(0, fault.column - 1).join("").length;
    const from = Math.min(line.from + offset, Math.max(doc.length - 1, 0));
    diagnostics.push({ from, to: Math.min(Math.max(from + fault.length, from + 1), doc.length), severity: "error", message: fault.message });
    editor.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  }
  editor.dispatch(codemirror.setDiagnostics(editor.state, diagnostics));
}
