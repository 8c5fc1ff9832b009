// Taking a result along: as a file in any form that the engine writes, or as a link.
const toldLine = byId("theToldLine");

const fileName = (ending) => `${fold(shown.name || head.title).replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "result"}.${ending}`;

function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 30_000);
  say(toldLine, "Saved as ", make("b", {}, bdi(name)), ".");
}

/** Have the engine write the result again, in another form. */
async function saveAs(ending) {
  const [, media] = MEDIA[ending];
  const { query } = shown;
  const ended = begin("Writing the file …");
  try {
    save(new Blob([await engine.write(query, media)], { type: media }), fileName(ending));
    ended("");
  } catch (error) {
    ended(error instanceof Stopped ? "Stopped." : error.message);
  }
}

function fillSaving(answer) {
  const buttons = FILES_OF[answer.kind].map((ending) => {
    const button = make("button", { type: "button" }, MEDIA[ending][0]);
    button.addEventListener("click", () => saveAs(ending));
    return button;
  });
  byId("theSaveList").replaceChildren(...buttons);
}

/** Copy a text; where the browser refuses, show it selected, so that it can be copied by hand. */
async function copy(text, done) {
  const field = byId("theCopied");
  field.hidden = true;
  try {
    await navigator.clipboard.writeText(text);
    say(toldLine, done);
  } catch {
    field.value = text;
    field.hidden = false;
    field.focus();
    field.select();
    say(toldLine, "The browser does not let a page copy here. The text is selected: copy it with Ctrl+C, or the menu of your device.");
  }
}
