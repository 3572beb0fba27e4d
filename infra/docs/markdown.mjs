/** First lines of a generated page. */
export const page = (title, from, ...parts) =>
  [`# ${title}`, `<!-- Generated from ${from} by \`pnpm run docs\`. Edit that, not this. -->`, ...parts]
    .filter(Boolean)
    .join('\n\n');

const cell = (value) =>
  String(value ?? '')
    .replace(/\|/g, '\\|')
    .replace(/\n+/g, '<br>');

export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

export const code = (text) => (text === '' || text === undefined ? '' : `\`${text}\``);

export const fenced = (language, text) => `\`\`\`${language}\n${text}\n\`\`\``;
