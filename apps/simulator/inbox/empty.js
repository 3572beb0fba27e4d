import { byId, copy, h, toast } from './dom.js';

const origin = location.origin;
const sampleCode = () => String(crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000).padStart(6, '0');

const whatsAppBody = (to, code) => ({
  messaging_product: 'whatsapp',
  to,
  type: 'template',
  biz_opaque_callback_data: `sample_${Date.now()}`,
  template: {
    name: 'verification_code',
    language: { code: 'en_US' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text: code }] },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: code }] },
    ],
  },
});

/** Sends one message through the same wire format a real client would use. */
const senders = {
  whatsapp: () =>
    fetch('/v25.0/106540352242922/messages', {
      method: 'POST',
      headers: { authorization: 'Bearer sample', 'content-type': 'application/json' },
      body: JSON.stringify(whatsAppBody('+12025550000', sampleCode())),
    }),
  sms: () =>
    fetch('/2010-04-01/Accounts/ACsample/Messages.json', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('ACsample:token')}` },
      body: new URLSearchParams({
        To: '+12025550000',
        From: '+15017122661',
        Body: `${sampleCode()} is your Acme code. Do not share it.`,
      }),
    }),
};

const snippets = [
  [
    'WhatsApp, as Meta’s Cloud API',
    `curl ${origin}/v25.0/106540352242922/messages \\
  -H 'Authorization: Bearer any' -H 'Content-Type: application/json' \\
  -d '{
  "messaging_product": "whatsapp", "to": "+12025550000", "type": "template",
  "template": {
    "name": "verification_code", "language": { "code": "en_US" },
    "components": [
      { "type": "body", "parameters": [{ "type": "text", "text": "482913" }] },
      { "type": "button", "sub_type": "url", "index": "0",
        "parameters": [{ "type": "text", "text": "482913" }] }
    ]
  }
}'`,
  ],
  [
    'SMS, as Twilio',
    `curl ${origin}/2010-04-01/Accounts/ACany/Messages.json \\
  -u ACany:token \\
  --data-urlencode To=+12025550000 --data-urlencode From=+15017122661 \\
  --data-urlencode 'Body=482913 is your code.'`,
  ],
  [
    'E-mail, by SMTP',
    `printf 'From: codes@acme.test\\nSubject: Your code\\n\\n482913 is your code.\\n' | \\
  curl smtp://${location.hostname}:${document.body.dataset.smtpPort} \\
  --mail-from codes@acme.test --mail-rcpt ok@example.test -T -`,
  ],
];

export function fillEmpty() {
  const send = async (channel) => {
    const answer = await senders[channel]();
    if (!answer.ok) {
      toast(`Refused with ${answer.status}`);
    }
  };
  byId('empty').replaceChildren(
    h(
      'div',
      {},
      h('h3', { class: 'title' }, 'Nothing has arrived yet'),
      h(
        'p',
        {},
        'Every code that is sent through this simulator shows up here, the way the person would see it.',
      ),
      h(
        'div',
        { class: 'try' },
        h(
          'button',
          { class: 'primary', type: 'button', onclick: () => send('whatsapp') },
          'Send a sample WhatsApp',
        ),
        h('button', { class: 'quiet', type: 'button', onclick: () => send('sms') }, 'Send a sample SMS'),
      ),
      ...snippets.map(([title, text]) =>
        h(
          'section',
          { class: 'snippet' },
          h(
            'header',
            { class: 'snippet-head' },
            title,
            h('button', { class: 'quiet', type: 'button', onclick: () => copy(text, 'Command') }, 'Copy'),
          ),
          h('pre', {}, text),
        ),
      ),
    ),
  );
}

/** The magic numbers, from the same table the simulator obeys. */
export async function openNumbers() {
  const tables = await (await fetch('/_sim/behaviours')).json();
  const table = (title, rows) => [
    h('h3', { class: 'table-title' }, title),
    h('table', {}, h('tbody', {}, ...rows.map(numberRow))),
  ];
  byId('tables').replaceChildren(
    ...table('WhatsApp (Meta)', tables.meta),
    ...table('SMS, RCS and WhatsApp (Twilio)', tables.twilio),
    ...table('E-mail', tables.smtp),
  );
  byId('numbers').showModal();
}

function numberRow({ example, says }) {
  const onclick = () => copy(example, example);
  return h(
    'tr',
    {},
    h('td', {}, h('button', { class: 'number', type: 'button', onclick }, example)),
    h('td', {}, says),
  );
}
