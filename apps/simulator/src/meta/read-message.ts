import { isJson, type Json, lower } from './json.ts';

/** A send request that has the shape of a template message with a code. */
export type TemplateSend = {
  readonly to: string;
  readonly template: string;
  readonly language: string;
  readonly code: string;
  /** What stands in the places of the body, the code first. */
  readonly places: readonly string[];
  readonly callbackData: string | null;
};

export type Refusal = { readonly error: number; readonly details: string };

const maxCodeLength = 15;
const maxCallbackDataLength = 512;

/** Reads the body of `POST /<phone number id>/messages`, or says how Meta refuses it. */
export function readMessage(body: unknown): TemplateSend | Refusal {
  if (!isJson(body) || body.messaging_product !== 'whatsapp') {
    return refusal(100, 'The parameter messaging_product is required.');
  }
  if (body.to === undefined && body.recipient !== undefined) {
    return refusal(131062, 'Authentication templates can only be sent to a phone number.');
  }
  const to = body.to;
  if (typeof to !== 'string' || to === '') {
    return refusal(131008, 'The parameter to is required.');
  }
  if (!/^\+?[\d ()-]{7,24}$/.test(to)) {
    return refusal(131009, 'Recipient phone number is not valid.');
  }
  const callbackData = body.biz_opaque_callback_data ?? null;
  if (
    callbackData !== null &&
    (typeof callbackData !== 'string' || callbackData.length > maxCallbackDataLength)
  ) {
    return refusal(131009, 'biz_opaque_callback_data must be a string of at most 512 characters.');
  }
  if (body.type === 'text' && body.category !== undefined) {
    return refusal(100, 'Direct Send is not enabled for this account.');
  }
  if (body.type !== 'template') {
    return refusal(131051, 'Message type is not supported.');
  }
  const template = readTemplate(body.template);
  return 'error' in template ? template : { to: normalise(to), callbackData, ...template };
}

/** `wa_id` style digits with a plus in front. */
function normalise(to: string): string {
  return `+${to.replace(/\D/g, '')}`;
}

function readTemplate(
  template: unknown,
): Pick<TemplateSend, 'template' | 'language' | 'code' | 'places'> | Refusal {
  const language = isJson(template) && isJson(template.language) ? template.language.code : undefined;
  if (!isJson(template) || typeof template.name !== 'string' || typeof language !== 'string') {
    return refusal(131008, 'The parameters template.name and template.language.code are required.');
  }
  const components = Array.isArray(template.components) ? template.components.filter(isJson) : [];
  const body = parametersOf(components.find((one) => lower(one.type) === 'body'));
  if (body.length === 0) {
    return refusal(
      132000,
      'body: number of localizable_params (0) does not match the expected number of params (1)',
    );
  }
  const code = body[0] ?? '';
  if (code === '' || code.length > maxCodeLength || !/^[\x21-\x7e]+$/.test(code) || code.includes('://')) {
    return refusal(132012, 'body: the code must be 1 to 15 characters without spaces, emojis or URLs');
  }
  if (body.some((text) => text === '' || /[\n\t]| {5}/.test(text))) {
    return refusal(132012, 'body: a parameter cannot have new-line, tab or more than 4 consecutive spaces');
  }
  const button = parametersOf(
    components.find(
      (one) => lower(one.type) === 'button' && lower(one.sub_type) === 'url' && String(one.index) === '0',
    ),
  );
  if (button.length !== 1 && body.length === 1) {
    return refusal(131008, 'buttons: Button at index 0 of type Url requires a parameter');
  }
  if (button.length === 1 && code !== button[0]) {
    return refusal(132018, 'buttons: the code of the button differs from the code of the body');
  }
  return { template: template.name, language, code, places: body };
}

/** The texts of a component's parameters; anything that is not a text parameter counts as ''. */
function parametersOf(component: Json | undefined): string[] {
  const parameters = component?.parameters;
  if (!Array.isArray(parameters)) {
    return [];
  }
  return parameters.map((one: unknown) =>
    isJson(one) && one.type === 'text' && typeof one.text === 'string' ? one.text : '',
  );
}

function refusal(error: number, details: string): Refusal {
  return { error, details };
}
