/** Builds an element; text always goes in as text, so nothing a message contains can become markup. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const byId = (id) => document.getElementById(id);

export function clock(instant) {
  return new Date(instant).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** Time since the message was accepted: `+60 ms`, `+8.0 s`. */
export function offset(from, to) {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 1000 ? `+${ms} ms` : `+${(ms / 1000).toFixed(1)} s`;
}

let hiding;

export function toast(text) {
  const box = byId('toast');
  box.textContent = text;
  // Shown anew, it comes to lie above a dialog that was opened since.
  box.hidePopover();
  box.showPopover();
  clearTimeout(hiding);
  hiding = setTimeout(() => box.hidePopover(), 1600);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    // Without a secure context there is no clipboard; show it so that it can be copied by hand.
    toast(text);
  }
}
