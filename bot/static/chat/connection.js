// The line to the server: WebSocket, else long-polling; comes back by itself and loses nothing.

/** @typedef {import("./vault.js").Vault} Vault */
/**
 * What waits to be sent; kept over a reload until it is acknowledged.
 * @typedef {{ type: "send" | "choice", client_id: string, text?: string, code?: string, label?: string, at: number }} Waiting
 */
/** @typedef {{ type: string, [field: string]: any }} Frame */

const PENDING = "pending.";
const ACK_MS = 8000;
const SOCKET_MS = 10_000;
/** After this long on polling a WebSocket is tried again. */
const POLLING_MS = 5 * 60_000;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An id that nobody else makes. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Connection {
  /**
   * @param {Vault} vault
   * @param {{ lang: string, site: string }} visitor
   */
  constructor(vault, visitor) {
    this.vault = vault;
    this.visitor = visitor;
    this.seq = 0;
    /** @type {Waiting[]} */
    this.queue = this.restore();
    /** @type {WebSocket | null} */
    this.socket = null;
    this.ready = false;
    this.polling = false;
    this.failures = 0;
    this.refusals = 0;
    this.stopped = false;
    /** @type {string | null} client_id of the message whose fate is open */
    this.inFlight = null;
    this.heldUntil = 0;
    /** @type {AbortController | null} */
    this.poll = null;
    this.round = 0;
    /** @type {(frame: Frame) => void} */
    this.onframe = () => {};
    /** @type {(up: boolean) => void} */
    this.onstatus = () => {};
    /** @type {(client_id: string, fate: "sent" | "late" | "failed", seq?: number | null) => void} */
    this.onfate = () => {};
    this.watch();
  }

  // --- what waits

  restore() {
    /** @type {Waiting[]} */
    const found = [];
    for (const name of this.vault.names(PENDING)) {
      try {
        found.push(JSON.parse(this.vault.get(name) ?? ""));
      } catch {
        this.vault.put(name, null);
      }
    }
    return found.sort((one, other) => one.at - other.at);
  }

  /** @param {Waiting} waiting */
  say(waiting) {
    this.queue.push(waiting);
    this.vault.put(PENDING + waiting.client_id, JSON.stringify(waiting));
    this.pump();
  }

  /** @param {string} clientId */
  forget(clientId) {
    this.queue = this.queue.filter((one) => one.client_id !== clientId);
    this.vault.put(PENDING + clientId, null);
    if (this.inFlight === clientId) this.inFlight = null;
  }

  /** Send the oldest waiting message; the next one follows its answer, so that order stays. */
  pump() {
    const next = this.queue[0];
    if (!next || !this.ready || this.inFlight || this.isHeld()) return;
    this.inFlight = next.client_id;
    const { at, ...frame } = next;
    this.transmit(frame);
    setTimeout(() => {
      if (this.inFlight !== next.client_id) return;
      this.onfate(next.client_id, "late");
      this.inFlight = null;
      // no answer: the line may be dead without having said so
      this.restart();
    }, ACK_MS);
  }

  /** @param {number} ms */
  hold(ms) {
    this.inFlight = null;
    this.heldUntil = Date.now() + ms;
    setTimeout(() => this.pump(), ms + 20);
  }

  isHeld() {
    return Date.now() < this.heldUntil;
  }

  /** A fact that is not worth keeping. @param {Frame} frame */
  mention(frame) {
    if (this.ready) this.transmit(frame);
  }

  /** @param {object} frame */
  transmit(frame) {
    if (this.polling) void this.post(frame);
    else this.socket?.send(JSON.stringify(frame));
  }

  /** @param {object} frame */
  async post(frame) {
    try {
      const answer = await this.fetch("/chat/send", { method: "POST", body: JSON.stringify(frame) });
      if (answer.status !== 204 && answer.headers.get("Content-Type")?.includes("json")) {
        const told = await answer.json();
        if (told.type) this.take(told);
      }
    } catch {
      // the poll notices that the line is down; what was not acknowledged goes again
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} [options]
   */
  fetch(path, options = {}) {
    /** @type {Record<string, string>} */
    const headers = { Authorization: `Bearer ${this.vault.get("token") ?? ""}` };
    if (options.body) headers["Content-Type"] = "application/json";
    return fetch(path, { cache: "no-store", credentials: "omit", ...options, headers });
  }

  // --- what comes

  /** @param {Frame} frame */
  take(frame) {
    switch (frame.type) {
      case "welcome":
        this.vault.put("token", frame.token);
        if (frame.after < this.seq) this.onframe({ type: "reset" });
        this.seq = frame.after;
        this.failures = this.refusals = 0;
        this.setReady(true);
        break;
      case "events":
        // a frame of an older connection may still be on its way: never twice, never backwards
        frame.events = frame.events.filter((/** @type {Frame} */ one) => one.seq > this.seq);
        if (!frame.events.length) return;
        this.seq = frame.events[frame.events.length - 1].seq;
        break;
      case "ack":
        this.forget(frame.client_id);
        this.onfate(frame.client_id, "sent", frame.seq);
        this.pump();
        return;
      case "refused":
        this.forget(frame.client_id);
        this.onfate(frame.client_id, "failed");
        this.pump();
        return;
      case "retry":
        this.onfate(frame.client_id, "late");
        this.hold(1000 + Math.random() * 2000);
        return;
      case "slow":
        this.hold(frame.after_ms + 100);
        break;
    }
    this.onframe(frame);
    if (frame.type === "welcome") this.pump();
  }

  /** @param {boolean} ready */
  setReady(ready) {
    this.ready = ready;
    if (!ready) this.inFlight = null;
    this.onstatus(ready);
  }

  // --- the line

  start() {
    // two tabs that open at once must not become two visitors
    if (this.vault.get("token") !== null || !navigator.locks) return void this.run();
    let started = false;
    const first = async () => {
      started = true;
      this.vault.refresh();
      void this.run();
      for (let waited = 0; !this.vault.get("token") && waited < 5000; waited += 100) await pause(100);
    };
    // a browser that keeps storage from frames refuses locks too
    navigator.locks.request("madoguchi-hello", first).catch(() => started || this.run());
  }

  async run() {
    const round = ++this.round;
    while (!this.stopped && round === this.round) {
      const blocked = this.refusals >= 2;
      const code = blocked ? await this.runPolling(round) : await this.runSocket();
      if (this.stopped || round !== this.round) return;
      this.setReady(false);
      this.failures += 1;
      // a server that restarts has many to welcome: spread the first try wider
      const least = code === 1001 || code === 1012 ? 3000 : 500;
      const most = Math.min(20_000, least * 2 ** Math.min(this.failures - 1, 6));
      await pause(most * (0.3 + 0.7 * Math.random()));
    }
  }

  hello() {
    return {
      type: "hello",
      token: this.vault.get("token"),
      after: this.seq,
      lang: this.visitor.lang,
      site: this.visitor.site,
    };
  }

  /** @returns {Promise<number>} the code it closed with */
  runSocket() {
    return new Promise((resolve) => {
      const address = new URL("/chat/ws", location.href);
      address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(address);
      let heard = false;
      const patience = setTimeout(() => socket.close(), SOCKET_MS);
      this.socket = socket;
      socket.onopen = () => socket.send(JSON.stringify(this.hello()));
      socket.onmessage = (message) => {
        clearTimeout(patience);
        heard = true;
        if (this.socket === socket) this.take(JSON.parse(message.data));
      };
      socket.onclose = (event) => {
        clearTimeout(patience);
        // a proxy that lets no WebSocket through never lets us hear anything
        if (!heard && navigator.onLine) this.refusals += 1;
        if (this.socket === socket) this.socket = null;
        resolve(event.code);
      };
    });
  }

  /**
   * @param {number} round
   * @returns {Promise<number>}
   */
  async runPolling(round) {
    this.polling = true;
    const until = Date.now() + POLLING_MS;
    try {
      const hello = await this.fetch("/chat/hello", { method: "POST", body: JSON.stringify(this.hello()) });
      if (!hello.ok) return 1013;
      this.take(await hello.json());
      while (!this.stopped && round === this.round && Date.now() < until) await this.pollOnce();
      this.refusals = 1; // one failure of the WebSocket brings us back here
      return 1000;
    } catch {
      return 1006;
    } finally {
      if (round === this.round) this.polling = false;
    }
  }

  async pollOnce() {
    this.poll = new AbortController();
    const guard = setTimeout(() => this.poll?.abort(), 40_000);
    try {
      const path = `/chat/poll?after=${this.seq}&lang=${this.visitor.lang}`;
      const answer = await this.fetch(path, { signal: this.poll.signal });
      if (!answer.ok) throw new Error("poll refused");
      const told = await answer.json();
      this.take({ type: "events", events: told.events });
      if (told.erased.length) this.take({ type: "erased", seqs: told.erased });
      if (told.typing !== undefined) this.take({ type: "typing", on: told.typing });
      this.take(told.state);
    } finally {
      clearTimeout(guard);
    }
  }

  /** Hang up and dial again at once: after a sleep, a new network, or silence. */
  restart() {
    this.poll?.abort();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.polling = false;
    this.failures = 0;
    this.setReady(false);
    void this.run();
  }

  watch() {
    addEventListener("online", () => this.restart());
    addEventListener("offline", () => this.setReady(false));
    addEventListener("pagehide", () => this.socket?.close());
    addEventListener("pageshow", (event) => event.persisted && this.restart());
    let last = Date.now();
    setInterval(() => {
      // a timer that comes late means that the machine slept: the line is dead by now
      if (Date.now() - last > 30_000) this.restart();
      last = Date.now();
      this.pump();
    }, 5000);
  }
}
