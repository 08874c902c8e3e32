// One entry of the knowledge: form and YAML, live check, try-it box, preview, publishing.

import { change } from "./api.js";
import { byId } from "./dom.js";
import { Keeper } from "./knowledge_keep.js";
import { showReport } from "./knowledge_marks.js";
import { decideMerge } from "./knowledge_merge.js";
import { showPreview, useMarkdown } from "./knowledge_preview.js";
import { confirmPublish } from "./knowledge_publish.js";
import { openTryBox } from "./knowledge_try.js";
import { setWords, t } from "./texts.js";
import { keepWritten, takeWritten, tellWritten } from "./unsent.js";

const start = JSON.parse(byId("start").textContent ?? "{}");
setWords({ texts: start.texts, lang: start.lang, timezone: "UTC" });
useMarkdown(start.markdown);

/** @type {Record<string, any>} */
let previews = start.published;
let previewLang = start.lang;

function drawPreview() {
  for (const button of document.querySelectorAll("[data-preview-lang]")) {
    const mine = button.getAttribute("data-preview-lang") === previewLang;
    button.setAttribute("aria-pressed", String(mine));
  }
  void showPreview(previews[previewLang]);
}

for (const button of document.querySelectorAll("[data-preview-lang]")) {
  button.addEventListener("click", () => {
    previewLang = button.getAttribute("data-preview-lang") ?? "ja";
    drawPreview();
  });
}
drawPreview();

if (start.may_edit) openEditor();

function openEditor() {
  const keeper = new Keeper(start, {
    looked: (found) => {
      if (keeper.mode === "form") byId("text").value = found.text;
      previews = { ...previews, ...found.previews };
      drawPreview();
      showReport(found.report, keeper.wantsCheck);
      void tryAgain();
    },
    checked: (found) => showReport(found.report, false),
  });
  const tryAgain = openTryBox(() => keeper.edit(), start.lang);
  byId("text").value = start.text;
  if (!start.readable) keeper.setMode("yaml");
  byId("form").addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  for (const id of ["form", "text"]) byId(id).addEventListener("input", () => keeper.touched());
  byId("today").addEventListener("click", () => {
    byId("f-reviewed").value = start.today;
    keeper.touched();
  });
  openModes(keeper);
  openRename(keeper);
  openActs(keeper);
  addEventListener("beforeunload", (event) => {
    if (keeper.dirty) event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void keeper.sync();
  });
  addEventListener("loginended", () => {
    if (!keeper.dirty) return;
    keepWritten({ entry: keeper.written() }, true);
    // it is kept: leaving asks nothing
    keeper.dirty = false;
  });
  const unsent = takeWritten();
  if (unsent?.entry) {
    keeper.bringBack(unsent.entry);
    tellWritten(t("knowledge.brought_back"));
  } else if (start.fresh && start.values.question) keeper.touched();
  else if (!keeper.isBare()) void keeper.look();
}

/** @param {Keeper} keeper */
function openModes(keeper) {
  byId("mode-yaml").addEventListener("click", async () => {
    if (keeper.mode === "yaml") return;
    const told = await ask(keeper, "/knowledge/api/look", keeper.edit());
    if (!told) return;
    byId("text").value = told.text;
    keeper.setMode("yaml");
    byId("text").focus();
  });
  byId("mode-form").addEventListener("click", async () => {
    if (keeper.mode === "form") return;
    const told = await ask(keeper, "/knowledge/api/values", { text: byId("text").value });
    if (!told) return;
    const dirty = keeper.dirty;
    keeper.show(told.values);
    keeper.dirty = dirty;
  });
}

/**
 * A request whose refusal is shown on the page.
 * @param {Keeper} keeper
 * @param {string} path
 * @param {object} body
 */
async function ask(keeper, path, body) {
  try {
    const told = await change(path, body);
    keeper.complain("");
    return told;
  } catch (refusal) {
    keeper.complain(/** @type {Error} */ (refusal).message || t("knowledge.trouble"));
    return null;
  }
}

/**
 * A new entry may still get another id: its draft moves along.
 * @param {Keeper} keeper
 */
function openRename(keeper) {
  const box = document.getElementById("f-id");
  if (!(box instanceof HTMLInputElement)) return;
  // while it is being typed nothing is kept under half a name
  box.addEventListener("input", (event) => event.stopPropagation());
  box.addEventListener("change", () => {
    const name = box.value.trim();
    if (name === keeper.id) return;
    keeper.chain = keeper.chain.then(() => rename(keeper, name));
    keeper.touched();
  });
}

/**
 * @param {Keeper} keeper
 * @param {string} name
 */
async function rename(keeper, name) {
  const old = { id: keeper.id, seen: keeper.seen };
  if (old.seen && !(await ask(keeper, "/knowledge/api/discard", old))) return;
  keeper.id = name;
  keeper.seen = 0;
  keeper.seenText = "";
}

/** @param {Keeper} keeper */
function openActs(keeper) {
  let busy = false;
  /** @param {boolean} deletes */
  const publishOnce = async (deletes) => {
    if (busy) return;
    busy = true;
    try {
      await publish(keeper, deletes);
    } finally {
      busy = false;
    }
  };
  byId("publish").addEventListener("click", () => void publishOnce(false));
  document.getElementById("delete")?.addEventListener("click", () => void publishOnce(true));
  byId("discard").addEventListener("click", async () => {
    if (!window.confirm(t("knowledge.discard.ask"))) return;
    await keeper.chain;
    const done = await ask(keeper, "/knowledge/api/discard", { id: keeper.id, seen: keeper.seen });
    if (done) leave(keeper, start.kind === "new" ? "/knowledge" : here(), "knowledge.discarded");
  });
  byId("merge-now").addEventListener("click", () => void mergeFile(keeper, null));
}

const here = () => `/knowledge/e/${start.id}`;

/**
 * @param {Keeper} keeper
 * @param {string} path
 * @param {string} said
 */
function leave(keeper, path, said) {
  keeper.dirty = false;
  location.assign(`${path}?said=${said}`);
}

/**
 * @param {Keeper} keeper
 * @param {boolean} deletes
 */
async function publish(keeper, deletes) {
  if (!deletes && keeper.isBare()) {
    keeper.complain(t("knowledge.bare"));
    byId(keeper.isNamed() ? "f-question" : "f-id").focus();
    return;
  }
  if (!deletes && !keeper.seen && !keeper.dirty) {
    keeper.complain(t("knowledge.nothing"));
    return;
  }
  // a draft that deletes is not what the form shows
  if (!deletes && start.deletes) keeper.dirty = true;
  if (!(await keeper.sync())) return;
  const edit = deletes ? { id: keeper.id, kind: "delete" } : keeper.edit();
  try {
    const decided = await confirmPublish(edit, deletes);
    if (!decided) return;
    keeper.say(t("knowledge.publishing"));
    if (deletes) await markDeleted(keeper);
    const done = await change("/knowledge/api/publish", {
      id: keeper.id,
      seen: keeper.seen,
      reason: decided.reason,
    });
    const said = done.remarks.length ? `knowledge.remark.${done.remarks[0]}` : "knowledge.published";
    leave(keeper, deletes ? "/knowledge" : `/knowledge/e/${keeper.id}`, deletes ? "knowledge.deleted" : said);
  } catch (refusal) {
    await notPublished(keeper, /** @type {any} */ (refusal));
  }
}

/** @param {Keeper} keeper */
async function markDeleted(keeper) {
  keeper.took(
    await change("/knowledge/api/draft", {
      id: keeper.id,
      kind: "delete",
      seen: keeper.seen,
      seen_text: keeper.seenText,
    }),
  );
}

/**
 * @param {Keeper} keeper
 * @param {any} refusal
 */
async function notPublished(keeper, refusal) {
  keeper.say(t(keeper.dirty ? "knowledge.unsaved" : "knowledge.draft.kept"));
  if (refusal.code === "draft_moved") {
    await keeper.bringTogether(refusal.body);
    return;
  }
  if (refusal.code === "entry_moved" && refusal.body.merge) {
    await mergeFile(keeper, refusal.body.merge);
    return;
  }
  if (refusal.body?.report) showReport(refusal.body.report);
  keeper.complain(refusal.message || t("knowledge.trouble"));
  byId("trouble").scrollIntoView({ block: "center" });
}

/**
 * The entry was changed in its file: put the draft on what stands there now.
 * @param {Keeper} keeper
 * @param {any} known
 */
async function mergeFile(keeper, known) {
  const found = known ?? (await ask(keeper, "/knowledge/api/merge", { id: keeper.id }))?.merge;
  if (!found) return;
  const values = await decideMerge(found, "");
  if (values === null) return;
  const body = { id: keeper.id, seen: keeper.seen, values };
  const draft = await ask(keeper, "/knowledge/api/rebase", body);
  if (!draft) return;
  keeper.took(draft);
  keeper.show(values);
  keeper.dirty = false;
  await keeper.sync();
}
