import type { FieldProblem, TenantsFile } from '@otp-relay/contracts';
import { readTenantsFile } from '@otp-relay/engine';
import type { Env } from '@otp-relay/runtime';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { fillPlaceholders } from './fill-placeholders.ts';

/** One thing wrong with the file; `line` and `column` begin at 1. */
export interface FileProblem {
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly text: string;
}

export type ReadTenantsYaml =
  | { readonly ok: true; readonly file: TenantsFile; readonly locate: (problem: FieldProblem) => FileProblem }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Reads a tenants file: YAML, then `${NAME}` from the environment, then the contract. Every problem gets its line. */
export function readTenantsYaml(text: string, env: Env): ReadTenantsYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return {
      ok: false,
      problems: document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { line, column: col, text: sentence(error.message) };
      }),
    };
  const locate = ({ path, problem }: FieldProblem): FileProblem => ({
    ...positionOf(document, lines, path),
    text: path === '' ? `the file ${problem}` : `${path} ${problem}`,
  });
  const filled = fillPlaceholders(document.toJS(), env);
  if (filled.problems.length > 0) return { ok: false, problems: filled.problems.map(locate) };
  const read = readTenantsFile(filled.value);
  if (!read.ok) return { ok: false, problems: inOrder(read.problems.map(locate)) };
  return { ok: true, file: read.file, locate };
}

const sentence = (message: string): string => message.split('\n')[0] ?? message;

const inOrder = (problems: readonly FileProblem[]): FileProblem[] =>
  [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));

/** Where the field is, or the nearest thing around it that is in the file. */
function positionOf(
  document: Document,
  lines: LineCounter,
  path: string,
): { line: number | undefined; column: number | undefined } {
  const keys = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const node = document.getIn(keys.slice(0, depth), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return { line, column: col };
    }
  }
  return { line: undefined, column: undefined };
}
