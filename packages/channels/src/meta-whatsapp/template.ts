import type { TextContext } from '@otp-relay/core';
import type { OutboundMessage } from '../provider.ts';
import type { MetaAccount } from './config.ts';

/** What of the account is sent for one message: which template, in which languages, with what in its places. */
export interface FilledTemplate {
  readonly name: string;
  readonly languages: readonly [string, ...string[]];
  readonly components: readonly unknown[];
}

/**
 * The template for a message, filled. A transaction goes into a UTILITY template of the tenant's: the words of
 * authentication templates are Meta's and have no place for it. Undefined when the account has none: never without it.
 */
export function templateFor(
  { template, transactions }: MetaAccount,
  { code, context }: Pick<OutboundMessage, 'code' | 'context'>,
): FilledTemplate | undefined {
  if (context === undefined) {
    const parameters = [text(code.reveal())];
    // The code goes in twice: into the body and into the button that copies or fills it in.
    const button = { type: 'button', sub_type: 'url', index: '0', parameters };
    return {
      components: [{ type: 'body', parameters }, ...(template.buttons === 'none' ? [] : [button])],
      ...template,
    };
  }
  const transaction = transactions['amount' in context ? 'payment' : 'signature'];
  const parameters = [code.reveal(), ...placesOf(context)].map(text);
  return transaction && { ...transaction, components: [{ type: 'body', parameters }] };
}

const text = (value: string): unknown => ({ type: 'text', text: value });

/** As our own texts show them: the hash by its first eight characters. */
const placesOf = (context: TextContext): readonly [string, string] =>
  'amount' in context
    ? [`${context.amount} ${context.currency}`, context.payee]
    : [context.documentTitle, context.documentHash.slice(0, 8)];
