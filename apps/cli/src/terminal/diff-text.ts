import type { DiffLine, TenantChange } from '@otp-relay/engine';
import type { Paint, Tone } from './paint.ts';
import { printable } from './width.ts';

const toneOf: Readonly<Record<DiffLine['sign'], Tone>> = { '+': 'add', '-': 'remove', '~': 'change' };

/** The changes of a tenants file, one line each, indented under their tenant; unchanged tenants in one dim line. */
export function diffText(tenants: readonly TenantChange[], paint: Paint): string {
  const blocks = tenants
    .filter(({ change }) => change !== 'unchanged')
    .map(({ lines }) => lines.map((line) => lineText(line, paint)).join('\n'));
  const same = tenants.filter(({ change }) => change === 'unchanged').map(({ id }) => id);
  if (same.length > 0) blocks.push(paint('dim', `= unchanged: ${same.join(', ')}`));
  return blocks.join('\n\n');
}

const lineText = ({ sign, depth, text }: DiffLine, paint: Paint): string =>
  `${'  '.repeat(depth)}${paint(toneOf[sign], sign)} ${depth === 0 ? paint('strong', text) : printable(text)}`;
