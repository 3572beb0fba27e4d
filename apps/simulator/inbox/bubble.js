import { clock, copy, h, offset } from './dom.js';

const channelNames = { whatsapp: 'WhatsApp', sms: 'SMS', rcs: 'RCS', email: 'E-mail' };

/** One message: what the person sees, and beside it what the provider reported. */
export function messageView(message, withRecipient) {
  return h(
    'li',
    { class: 'message', 'data-seq': String(message.seq) },
    label(message, withRecipient),
    bubble(message),
    receipts(message),
    facts(message),
  );
}

export function dot(channel) {
  return h('span', { class: `dot ${channel}-dot`, title: channelNames[channel] });
}

function label(message, withRecipient) {
  const service = message.provider === 'twilio' && message.channel === 'whatsapp' ? ' through Twilio' : '';
  return h(
    'div',
    { class: 'label' },
    withRecipient ? h('span', { class: 'to' }, message.to) : null,
    h('span', { class: 'channel' }, dot(message.channel), channelNames[message.channel] + service),
    message.from === '' ? null : h('span', {}, `from ${message.from}`),
  );
}

function bubble(message) {
  const absent = message.arrivedAt === null;
  const box = h('article', { class: `bubble ${message.channel}${absent ? ' absent' : ''}` });
  if (absent) {
    box.append(h('p', { class: 'note' }, absence(message)));
  }
  box.append(...parts(message));
  if (message.content.kind !== 'email' && !absent) {
    box.append(h('p', { class: 'clock' }, clock(message.arrivedAt)));
  }
  if (message.code !== null && !absent) {
    const text = message.content.kind === 'whatsapp' ? message.content.button : 'Copy code';
    const onclick = () => copy(message.code, 'Code');
    box.append(h('button', { class: 'copy', type: 'button', onclick }, text));
  }
  return box;
}

function absence(message) {
  const failed =
    message.errorCode !== null || message.status === 'failed' || message.status === 'undelivered';
  return failed ? 'Never reached the phone' : 'Not on the phone';
}

function parts(message) {
  const { content } = message;
  switch (content.kind) {
    case 'whatsapp':
      return [
        h('p', { class: 'text' }, ...bold(content.body)),
        content.footer === null ? null : h('p', { class: 'small' }, content.footer),
      ].filter(Boolean);
    case 'email':
      return mail(message);
    default:
      return [h('p', { class: 'text' }, content.body)];
  }
}

/** WhatsApp's `*bold*`. */
function bold(text) {
  return text.split(/\*([^*\n]+)\*/).map((part, index) => (index % 2 === 1 ? h('b', {}, part) : part));
}

function mail({ content, from, at }) {
  const head = h(
    'header',
    {},
    h('b', {}, content.subject || '(no subject)'),
    h('br'),
    h('small', {}, [from, clock(at)].filter(Boolean).join(' · ')),
  );
  const text = h('p', { class: 'text' }, content.body.trim() || '(no text part)');
  if (content.html === null) {
    return [head, text];
  }
  // An empty sandbox: no scripts, no forms, no navigation.
  const frame = h('iframe', { sandbox: '', title: 'HTML version', srcdoc: content.html, hidden: true });
  const onclick = (event) => {
    frame.hidden = !frame.hidden;
    text.hidden = !frame.hidden;
    event.target.textContent = frame.hidden ? 'Show HTML' : 'Show text';
  };
  return [head, text, frame, h('button', { class: 'quiet switch', type: 'button', onclick }, 'Show HTML')];
}

function receipts(message) {
  const steps = message.receipts.map((receipt) =>
    h(
      'li',
      { class: receipt.status },
      h('b', {}, receipt.status.replaceAll('_', ' ')),
      receipt.errorCode === null ? null : h('span', {}, String(receipt.errorCode)),
      h('time', {}, offset(message.at, receipt.at)),
      ...receipt.answers.slice(0, 6).map((value, n) => answer(value, n === 0 ? receipt.firstAnswerMs : null)),
    ),
  );
  const first = h('li', {}, h('b', {}, 'accepted'), h('time', {}, clock(message.at)));
  const none =
    steps.length === 0
      ? [h('li', { class: 'pending' }, message.provider === 'smtp' ? 'no report by SMTP' : 'no receipt')]
      : [];
  return h('ol', { class: 'receipts', 'aria-label': 'Receipts' }, first, ...steps, ...none);
}

/** How our webhook answered; everything but 2xx is worth a second look. */
function answer(value, afterMs) {
  const good = typeof value === 'number' && value >= 200 && value < 300;
  // Words in lower case say why nothing was posted; codes in capitals are failures to connect.
  const bad = !good && !/[a-z]/.test(String(value));
  const title = `answer of the webhook${afterMs === null ? '' : `, after ${afterMs} ms`}`;
  const props = { class: `answer${good ? ' yes' : bad ? ' no' : ''}`, title };
  return h('span', props, String(value));
}

function facts(message) {
  const rows = [
    ['attempt', message.attemptId ?? '—'],
    ['id', message.id],
    ['account', message.account || '—'],
    ['behaviour', message.behaviour],
  ];
  return h(
    'details',
    { class: 'facts' },
    h('summary', {}, message.attemptId ?? message.id),
    h('dl', {}, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
  );
}
