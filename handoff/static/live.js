// Hears that something changed. Hints may be lost: whoever hears one asks the server.

/** @typedef {{kind: string, conversation_id: number | null, seq: number, detail: string}} Hint */

const POLL_MS = 5_000;
const QUIET_MS = 60_000;
const LONGEST_WAIT_MS = 15_000;

export class Live {
  /**
   * @param {(hint: Hint) => void} onHint
   * @param {() => void} onPoll ask for everything: connected again, or no connection
   * @param {(online: boolean) => void} onState
   */
  constructor(onHint, onPoll, onState) {
    this.onHint = onHint;
    this.onPoll = onPoll;
    this.onState = onState;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.tries = 0;
    this.heardAt = Date.now();
    setInterval(() => this.look(), POLL_MS);
    addEventListener("online", () => this.connect());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.look();
    });
    this.connect();
  }

  /** @returns {boolean} */
  get online() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/desk/ws`);
    this.socket = socket;
    socket.onopen = () => {
      this.tries = 0;
      this.heardAt = Date.now();
      this.onState(true);
      this.onPoll();
    };
    socket.onmessage = (event) => {
      this.heardAt = Date.now();
      try {
        this.onHint(JSON.parse(event.data));
      } catch {
        this.onPoll();
      }
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.tries += 1;
      this.onState(false);
      // spread out, so that everybody's return after a restart is no storm
      const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.tries) * (0.5 + Math.random());
      setTimeout(() => this.connect(), wait);
    };
  }

  /** Poll while there is no connection; give up one that has gone silent (a laptop slept). */
  look() {
    if (this.online && Date.now() - this.heardAt > QUIET_MS) this.socket?.close();
    if (!this.online) {
      this.connect();
      this.onPoll();
    }
  }

  /** @param {object} message */
  say(message) {
    if (this.online) this.socket?.send(JSON.stringify(message));
  }
}
