// Small hands for the page: elements from text only, calls to the stand-in.

/** An element with properties, attributes (aria-…, data-…) and children; strings become text. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function byId(id) {
  return document.getElementById(id);
}

/** The first visible character of a name, for the round picture. */
export function initialOf(name) {
  return Array.from(name.trim())[0] ?? "・";
}

export async function postJson(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(String(response.status));
}

export async function postPicture(path, file) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": file.type },
    body: file,
  });
  if (!response.ok) throw new Error(String(response.status));
}

/** Text with its web addresses as links, never as markup. */
export function linked(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"「」（）、。]+)/);
  return parts.map((part, index) =>
    index % 2
      ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer", textContent: part })
      : part,
  );
}
