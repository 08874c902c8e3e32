// What an agent can do with a conversation. What reaches the customer asks once; the rest is undone.

import { change, Refusal } from "./api.js";
import { ask, tell } from "./ask.js";
import { el } from "./dom.js";
import { t } from "./texts.js";

/**
 * @param {{id: () => number, detail: () => any, colleagues: () => any[], me: () => any, teams: () => any[], refresh: () => Promise<void>, taken: () => void, open: (id: number) => void}} port
 */
export function makeActs(port) {
  let busy = false;

  /**
   * Do one thing at a time and show what came of it.
   * @param {string} name
   * @param {object} [body]
   * @param {number} [id]
   * @returns {Promise<any>} null when it was refused
   */
  async function act(name, body = {}, id = port.id()) {
    if (busy) return null;
    busy = true;
    try {
      const result = await change(`/desk/api/conversations/${id}/${name}`, body);
      await port.refresh();
      return result ?? {};
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await port.refresh();
      tell(error.message || t("offline"), null, true);
      return null;
    } finally {
      busy = false;
    }
  }

  async function takeNext() {
    try {
      const result = await change("/desk/api/next");
      if (result.conversation_id === null) tell(t("next.none"));
      else {
        port.taken();
        port.open(result.conversation_id);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tell(error.message || t("offline"), null, true);
    }
  }

  /** @param {string} name claim or reopen: what is mine now stands in the list of mine */
  async function take(name) {
    if (await act(name)) port.taken();
  }

  async function resolve() {
    const values = await ask({
      title: t("resolve.title"),
      text: t("resolve.text"),
      confirm: t("act.resolve"),
      fields: [checkbox("ask_survey", t("resolve.survey"), true)],
    });
    if (!values) return;
    const id = port.id();
    if (await act("resolve", { ask_survey: values.ask_survey === "on" }, id)) {
      tell(t("done.resolve"), { label: t("act.reopen"), act: () => act("reopen", {}, id) });
    }
  }

  async function transfer() {
    const values = await ask({
      title: t("transfer.title"),
      text: t("transfer.text"),
      confirm: t("act.transfer"),
      fields: [targets()],
    });
    if (!values?.target) return;
    const [kind, value] = values.target.split(":", 2);
    const body = kind === "agent" ? { to_agent: Number(value) } : { to_team: value };
    if (await act("transfer", body)) tell(t("done.transfer"));
  }

  function targets() {
    const mine = port.detail()?.conversation.agent_id;
    const agents = port.colleagues().filter((one) => one.id !== mine);
    return el(
      "label",
      { class: "field" },
      t("transfer.to"),
      el(
        "select",
        { name: "target", required: true },
        el(
          "optgroup",
          { label: t("transfer.teams") },
          ...port.teams().map((team) => el("option", { value: `team:${team.key}` }, team.name)),
        ),
        el(
          "optgroup",
          { label: t("transfer.agents") },
          ...agents.map((one) =>
            el(
              "option",
              { value: `agent:${one.id}` },
              `${one.name} (${t(`presence.${one.presence}`)}, ${one.load}/${one.capacity})`,
            ),
          ),
        ),
      ),
    );
  }

  async function release() {
    const id = port.id();
    if (await act("release", {}, id)) {
      tell(t("done.release"), { label: t("undo.claim"), act: () => act("claim", {}, id) });
    }
  }

  async function callbackDone() {
    const call = port.detail()?.callback;
    if (!call) return;
    const values = await ask({
      title: t("callback.title"),
      confirm: t("act.callback_done"),
      fields: [outcomes()],
    });
    if (values && (await act("callback_done", { callback_id: call.id, outcome: values.outcome }))) {
      tell(t("done.callback"));
    }
  }

  /**
   * Send again, or leave, what did not arrive. What may have arrived already asks first.
   * @param {string} name
   * @param {number} outbox
   * @param {boolean} doubt
   */
  async function settle(name, outbox, doubt) {
    if (name === "send_again" && doubt) {
      const sure = await ask({
        title: t("act.send_again"),
        text: t("troubles.again.ask"),
        confirm: t("act.send_again"),
      });
      if (!sure) return;
    }
    if (await act(name, { outbox_id: outbox })) tell(t(`done.${name}`));
  }

  async function exportCustomer() {
    const id = port.id();
    const sure = await ask({
      title: t("export.title"),
      text: t("export.text"),
      confirm: t("act.export_customer"),
    });
    if (sure) location.assign(`/desk/conversations/${id}/customer.zip`);
  }

  /** @param {number} message what the customer should not have written */
  async function eraseMessage(message) {
    const id = port.id();
    const sure = await ask({
      title: t("erase_message.title"),
      text: t("erase_message.text"),
      confirm: t("act.erase_message"),
      danger: true,
    });
    if (sure && (await act("erase_message", { message_id: message }, id))) {
      tell(t("done.erase_message"));
    }
  }

  async function eraseCustomer() {
    const id = port.id();
    const sure = await ask({
      title: t("erase.title"),
      text: t("erase.text"),
      confirm: t("act.erase_customer"),
      danger: true,
    });
    if (!sure) return;
    const done = await act("erase_customer", {}, id);
    if (!done) return;
    const entries = (done.entries ?? []).join(", ");
    tell(entries ? t("done.erase_customer.entries", { entries }) : t("done.erase_customer"));
  }

  return {
    exportCustomer,
    eraseMessage,
    eraseCustomer,
    settle,
    takeNext,
    resolve,
    transfer,
    release,
    callbackDone,
    claim: () => take("claim"),
    reopen: () => take("reopen"),
    review_done: () => act("review_done"),
  };
}

function outcomes() {
  return el(
    "label",
    { class: "field" },
    t("callback.outcome"),
    el(
      "select",
      { name: "outcome" },
      ...["reached", "no_answer", "wrong_number"].map((name) =>
        el("option", { value: name }, t(`callback.${name}`)),
      ),
    ),
  );
}

/**
 * @param {string} name
 * @param {string} label
 * @param {boolean} on
 */
function checkbox(name, label, on) {
  return el("label", { class: "check" }, el("input", { type: "checkbox", name, checked: on }), label);
}
