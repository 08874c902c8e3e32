// What the browser keeps: the visitor's token, how far they read, and what is not sent yet.
// On a page of our own that is localStorage; inside a frame the host page keeps it for us,
// because browsers take storage away from frames of other sites.

const PREFIX = "madoguchi.";

/** @typedef {{ type: string, [field: string]: unknown }} Note */

export class Vault {
  /** @param {Map<string, string>} kept */
  constructor(kept) {
    this.kept = kept;
  }

  /** @param {string} name */
  get(name) {
    return this.kept.get(name) ?? null;
  }

  /**
   * Keep a value, or forget it with null.
   * @param {string} name
   * @param {string | null} value
   */
  put(name, value) {
    if (value === null) this.kept.delete(name);
    else this.kept.set(name, value);
    this.write(name, value);
  }

  /** @param {string} start */
  names(start) {
    return [...this.kept.keys()].filter((name) => name.startsWith(start));
  }

  /**
   * @param {string} name
   * @param {string | null} value
   */
  write(name, value) {
    try {
      if (value === null) localStorage.removeItem(PREFIX + name);
      else localStorage.setItem(PREFIX + name, value);
    } catch {
      // storage is switched off or full: memory has to do
    }
  }

  /** Look again at what other tabs may have kept. */
  refresh() {
    for (const [name, value] of readOwn()) this.kept.set(name, value);
  }
}

function readOwn() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) kept.set(key.slice(PREFIX.length), localStorage.getItem(key) ?? "");
    }
  } catch {
    // no storage
  }
  return kept;
}

export const openVault = () => new Vault(readOwn());

/** The host page around our frame; only origins that the server named are heard. */
export class Host {
  /** @param {string[]} parents */
  constructor(parents) {
    const said = new URLSearchParams(location.search).get("site") ?? "";
    this.origin = parents.includes(said) ? said : "";
    /** @type {(note: Note) => void} */
    this.onnote = () => {};
    addEventListener("message", (event) => {
      if (event.source !== parent || !this.origin || event.origin !== this.origin) return;
      if (event.data?.madoguchi === 1) this.onnote(event.data);
    });
  }

  /** @param {Note} note */
  tell(note) {
    if (this.origin) parent.postMessage({ madoguchi: 1, ...note }, this.origin);
  }

  /**
   * Say that we are here and wait for what the host keeps for us.
   * @returns {Promise<{ vault: Vault, open: boolean, site: string }>}
   */
  meet() {
    return new Promise((resolve) => {
      const alone = () => resolve({ vault: openVault(), open: true, site: "" });
      if (!this.origin) return alone();
      const patience = setTimeout(alone, 3000);
      this.onnote = (note) => {
        if (note.type !== "hello") return;
        clearTimeout(patience);
        const kept = new Map(Object.entries(/** @type {Record<string, string>} */ (note.kept ?? {})));
        const vault = new Vault(kept);
        vault.write = (name, value) => this.tell({ type: "keep", name, value });
        vault.refresh = () => {};
        resolve({ vault, open: note.open === true, site: String(note.site ?? "") });
      };
      this.tell({ type: "ready" });
    });
  }
}
