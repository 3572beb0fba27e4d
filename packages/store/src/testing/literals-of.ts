/** Test data only: the template literals and quoted texts of a source file; what stands in `${…}` counts as part of its literal. */
export function literalsOf(source: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < source.length; ) {
    const mark = source[at] ?? '';
    if (mark === '/' && source[at + 1] === '/') at = endOf(source, at, '\n');
    else if (mark === '/' && source[at + 1] === '*') at = endOf(source, at, '*/');
    else if (mark === '`' || mark === "'") {
      const end = mark === '`' ? templateEnd(source, at) : quoteEnd(source, at);
      found.push(source.slice(at + 1, end - 1));
      at = end;
    } else at += 1;
  }
  return found;
}

const endOf = (source: string, at: number, mark: string): number => {
  const end = source.indexOf(mark, at + 2);
  return end < 0 ? source.length : end + mark.length;
};

function quoteEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === source[start] || source[at] === '\n') return at + 1;
  }
  return source.length;
}

function templateEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '`') return at + 1;
    else if (source.startsWith('${', at)) at = holeEnd(source, at + 2);
  }
  return source.length;
}

/** The closing brace of a hole; braces and templates inside it have their own. */
function holeEnd(source: string, start: number): number {
  for (let at = start, depth = 0; at < source.length; at += 1) {
    if (source[at] === '`') at = templateEnd(source, at) - 1;
    else if (source[at] === '{') depth += 1;
    else if (source[at] === '}' && depth-- === 0) return at;
  }
  return source.length;
}
