import { fenced } from './markdown.mjs';

/** What happened, without which attempt and by whom: `0_1 receipt failed unreachable` → `receipt failed`. */
export function shortWords(words) {
  const bare = words.replace(/^\d+_\d+ /, '');
  if (/^(refused|uncertain|next|resend|canceled)/.test(bare)) return bare.split(' ')[0];
  return bare.startsWith('receipt failed') ? 'receipt failed' : bare.replace(' by another worker', '');
}

/** Edges seen while every rule was replayed, as a Mermaid diagram; one arrow per pair, labelled with all its causes. */
export function stateDiagram(moves) {
  const causes = new Map();
  for (const { from, to, words } of moves) {
    if (from === to) continue;
    const edge = `${from} --> ${to}`;
    causes.set(edge, (causes.get(edge) ?? new Set()).add(shortWords(words)));
  }
  const lines = [...causes].map(([edge, words]) => `    ${edge} : ${[...words].sort().join(', ')}`).sort();
  return fenced('mermaid', ['stateDiagram-v2', ...lines].join('\n'));
}
