import { dot, messageView } from './bubble.js';
import { byId, h, plural, toast } from './dom.js';
import { fillEmpty, openNumbers } from './empty.js';

/** A page shows the newest only; a benchmark may push thousands per second past it. */
const mostKept = 600;
const mostShown = 60;
const mostPeople = 100;
/** The first message shows at once; a flood is drawn a few times per second. */
const drawEveryMs = 250;

/** seq → message, oldest first. */
const messages = new Map();
const views = new Map();
const people = byId('people');
const feed = byId('feed');
const filter = byId('filter');
let selected = null;
let drawing = false;
let drawnAt = 0;

function take(batch) {
  for (const message of batch) {
    messages.set(message.seq, message);
    views.delete(message.seq);
  }
  const order = [...messages.keys()].sort((a, b) => a - b);
  for (const seq of order.slice(0, Math.max(0, order.length - mostKept))) {
    messages.delete(seq);
    views.delete(seq);
  }
  redraw();
}

function redraw() {
  if (!drawing) {
    drawing = true;
    const waitMs = Math.max(0, drawnAt + drawEveryMs - performance.now());
    setTimeout(() => {
      drawing = false;
      drawnAt = performance.now();
      draw();
    }, waitMs);
  }
}

function draw() {
  const sought = filter.value.trim().toLowerCase();
  const found = [...messages.values()]
    .filter((message) => isSought(message, sought))
    .sort((a, b) => a.seq - b.seq);
  drawPeople(found);
  const shown = found.filter((message) => selected === null || message.to === selected).slice(-mostShown);
  drawFeed(shown);
  byId('who').textContent = selected ?? 'Everyone';
  byId('count').textContent = countText(shown.length);
  document.querySelector('.panes').toggleAttribute('data-empty', messages.size === 0);
  byId('empty').hidden = messages.size > 0;
  feed.hidden = messages.size === 0;
}

function countText(count) {
  if (count === 0) {
    return messages.size === 0 ? '' : 'Nothing matches the filter';
  }
  return count === mostShown ? `the newest ${count} messages` : plural(count, 'message');
}

function isSought(message, sought) {
  const places = [message.to, message.code, message.attemptId, message.text, message.status];
  return sought === '' || places.some((text) => text?.toLowerCase().includes(sought));
}

function drawPeople(found) {
  const latest = new Map();
  for (const message of found) {
    const channels = latest.get(message.to)?.channels ?? new Set();
    latest.delete(message.to);
    latest.set(message.to, { message, channels: channels.add(message.channel) });
  }
  const rows = [...latest].reverse().slice(0, mostPeople);
  const focused = document.activeElement?.closest?.('.person')?.dataset.to;
  people.replaceChildren(
    person(null, 'Everyone', plural(found.length, 'message'), []),
    ...rows.map(([to, { message, channels }]) =>
      person(to, to, message.text.replaceAll('*', ''), [...channels]),
    ),
  );
  if (focused !== undefined) {
    people.querySelector(`[data-to="${CSS.escape(focused)}"]`)?.focus();
  }
}

function person(to, name, preview, channels) {
  const props = {
    class: 'person',
    type: 'button',
    'data-to': to ?? '',
    'aria-current': String(to === selected),
  };
  return h(
    'li',
    {},
    h(
      'button',
      { ...props, onclick: () => select(to) },
      h('b', {}, name),
      h('span', { class: 'dots' }, ...channels.map(dot)),
      h('small', {}, preview),
    ),
  );
}

function drawFeed(shown) {
  const atEnd = feed.scrollHeight - feed.scrollTop - feed.clientHeight < 120;
  const before = new Set([...feed.children].map((child) => child.dataset.seq));
  const opened = new Set(
    [...feed.querySelectorAll('.message:has(details[open])')].map((child) => child.dataset.seq),
  );
  const children = shown.map((message) => {
    const view = views.get(message.seq) ?? messageView(message, selected === null);
    views.set(message.seq, view);
    view.classList.toggle('fresh', before.size > 0 && !before.has(view.dataset.seq));
    view.querySelector('details').open = opened.has(view.dataset.seq);
    return view;
  });
  const hasNew = children.some((child) => !before.has(child.dataset.seq));
  feed.replaceChildren(...children);
  if (atEnd) {
    feed.scrollTop = feed.scrollHeight;
  } else if (hasNew) {
    byId('newer').hidden = false;
  }
}

function select(to) {
  selected = to;
  views.clear();
  document.querySelector('.panes').dataset.pane = 'thread';
  draw();
  feed.scrollTop = feed.scrollHeight;
  byId('newer').hidden = true;
}

function follow() {
  const live = byId('live');
  const stream = new EventSource('/_sim/messages/stream');
  const say = (state, text) => {
    live.dataset.state = state;
    live.textContent = text;
  };
  stream.onopen = async () => {
    say('live', 'Live');
    take((await (await fetch(`/_sim/messages?limit=${mostKept}`)).json()).messages);
  };
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.onerror = () => say('connecting', 'Reconnecting');
}

function step(by) {
  const buttons = [...people.querySelectorAll('.person')];
  const now = buttons.findIndex((button) => button.getAttribute('aria-current') === 'true');
  const next = buttons[Math.min(buttons.length - 1, Math.max(0, now + by))];
  select(next?.dataset.to || null);
  people.querySelector('[aria-current="true"]')?.focus();
}

const keys = {
  '/': () => filter.focus(),
  '?': () => openNumbers(),
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
};

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.activeElement === filter) {
    filter.value = '';
    filter.blur();
    redraw();
    return;
  }
  const inFeed = feed.contains(document.activeElement) && event.key.startsWith('Arrow');
  const typing = event.target.matches('input') || byId('numbers').open;
  if (keys[event.key] && !typing && !inFeed && !event.metaKey && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    keys[event.key]();
  }
});

filter.addEventListener('input', redraw);
feed.addEventListener('scroll', () => {
  if (feed.scrollHeight - feed.scrollTop - feed.clientHeight < 40) {
    byId('newer').hidden = true;
  }
});
byId('newer').addEventListener('click', () => feed.scrollTo({ top: feed.scrollHeight, behavior: 'smooth' }));
byId('back').addEventListener('click', () => {
  document.querySelector('.panes').dataset.pane = 'people';
});
byId('numbers-open').addEventListener('click', openNumbers);
byId('clear').addEventListener('click', async () => {
  await fetch('/_sim/reset', { method: 'POST' });
  messages.clear();
  views.clear();
  selected = null;
  draw();
  toast('Cleared');
});

fillEmpty();
draw();
follow();
