// Builds and updates the page. Everything shown goes in as text nodes, never as markup.

/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes */
/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element with attributes, listeners (`onclick`) and children.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  fill(node, ...children);
  return node;
}

/**
 * Put these children into a node and nothing else.
 * @param {Element} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
  /** @type {(Node | string)[]} */
  const kept = [];
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    kept.push(child instanceof Node ? child : String(child));
  }
  node.replaceChildren(...kept);
}

/**
 * The element with this id; the page is built so that it exists.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found;
}

/**
 * Make the children of `parent` follow `items`: what did not change keeps its node, and with it
 * focus, selection and open details.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} render
 */
export function follow(parent, items, keyOf, render) {
  /** @type {Map<string, HTMLElement>} */
  const old = new Map();
  for (const child of Array.from(parent.children)) {
    if (child instanceof HTMLElement && child.dataset.key) old.set(child.dataset.key, child);
  }
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const version = JSON.stringify(item);
    let node = old.get(key);
    if (!node || node.dataset.version !== version) {
      const fresh = render(item);
      fresh.dataset.key = key;
      fresh.dataset.version = version;
      if (node) {
        keepFocus(node, fresh);
        if (node === at) at = fresh;
      }
      node = fresh;
    }
    old.delete(key);
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
}

/**
 * Swap a node for its newer self without losing the keyboard's place or opened details.
 * @param {HTMLElement} node
 * @param {HTMLElement} fresh
 */
function keepFocus(node, fresh) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  const opened = Array.from(node.querySelectorAll("details"), (details) => details.open);
  const selector = focused ? focused.tagName : "";
  node.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((details, index) => {
    details.open = opened[index] ?? details.open;
  });
  if (selector) {
    const again = fresh.matches(selector) ? fresh : fresh.querySelector(selector);
    if (again instanceof HTMLElement) again.focus();
  }
}

/**
 * An id nobody else makes, also where `crypto.randomUUID` is missing (plain http).
 * @returns {string}
 */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
