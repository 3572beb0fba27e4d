import { readFileSync } from 'node:fs';
import { type EvidenceKeySet, evidenceKeySet, fieldProblems } from '@otp-relay/contracts';
import { type ChainVerdict, verifyChain } from '@otp-relay/engine';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { command, type MakeCommand } from '../make-command.ts';

interface Options {
  readonly keys: string;
  readonly head?: string;
  readonly document?: string;
  readonly json?: boolean;
}

export const evidenceVerify: MakeCommand = (cli) =>
  command(
    'verify',
    'Check evidence offline: signatures, hashes, and that no link of a chain is missing.',
    'otp evidence verify evidence.jsonl --keys evidence-keys.json',
    'otp evidence verify chain.jsonl --keys evidence-keys.json --head 3f1a…',
  )
    .argument('<file>', 'one bundle, or one a line')
    .requiredOption('-k, --keys <file>', 'the public keys, as /.well-known/evidence-keys.json gave them')
    .option('--head <hash>', 'the hash the last bundle must have: one noted earlier shows a cut end')
    .option('--document <sha256>', 'the SHA-256 the signed document must have')
    .option('--json', 'the verdict as JSON')
    .action((file: string, options: Options) => {
      const verdict = verifyChain(bundlesIn(file), keysIn(options.keys).keys);
      const problems = [
        ...verdict.flaws.map(({ index, problem }) => `bundle ${index + 1}: ${problem}`),
        ...expected(verdict, options),
      ];
      cli.exitCode = problems.length === 0 ? 0 : 1;
      if (options.json)
        cli.print(JSON.stringify({ ok: problems.length === 0, problems, ...verdict }, null, 2));
      else printVerdict(cli, verdict, problems);
    });

function expected({ head, records }: ChainVerdict, options: Options): string[] {
  const problems: string[] = [];
  if (options.head !== undefined && options.head !== head)
    problems.push('the last bundle is not the one with the hash given by --head');
  if (
    options.document !== undefined &&
    !records.every(({ document }) => document.hash.value === options.document)
  )
    problems.push('another document was signed than the one given by --document');
  return problems;
}

function printVerdict(cli: Cli, { records, head }: ChainVerdict, problems: readonly string[]): void {
  if (problems.length > 0) {
    for (const problem of problems) cli.print(`${cli.paint('bad', '✗')} ${problem}`);
    return;
  }
  for (const { tenant, mode, sequence, verification, document, recipient } of records) {
    const test = mode === 'test' ? ` ${cli.paint('warn', 'TEST KEY: proves nothing')}` : '';
    cli.print(
      `${cli.paint('good', '✓')} ${tenant} #${sequence} ${verification.id}: ${recipient.masked} approved "${document.title}" (SHA-256 ${document.hash.value}) at ${verification.approvedAt}${test}`,
    );
  }
  cli.print(`head ${head}`);
}

/** One JSON document, or one a line; an empty file proves nothing. */
function bundlesIn(path: string): readonly unknown[] {
  const text = read(path).trim();
  const whole = jsonIn(text);
  if (whole !== undefined) return [whole];
  const bundles = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(jsonIn);
  if (bundles.length === 0) throw new CliFault(`${path} is empty.`);
  // A line that is no JSON is a bundle that cannot be read: it is counted, not left out.
  return bundles;
}

function keysIn(path: string): EvidenceKeySet {
  const parsed = evidenceKeySet.safeParse(jsonIn(read(path)));
  if (parsed.success && parsed.data.keys.length > 0) return parsed.data;
  const [problem] = parsed.success ? [] : fieldProblems(parsed.error);
  throw new CliFault(`${path} holds no keys${problem ? `: ${problem.path} ${problem.problem}` : ''}.`, {
    fix: 'Take it from /.well-known/evidence-keys.json, or from "otp evidence export --keys".',
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliFault(`${path} cannot be read.`, { cause });
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
