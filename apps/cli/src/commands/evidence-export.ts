import { createEvidence, type Evidence } from '@otp-relay/engine';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { findVerification } from '../find-verification.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly test?: boolean;
  readonly from?: string;
  readonly keys?: boolean;
}

export const evidenceExport: MakeCommand = (cli) =>
  command(
    'export',
    'Print the evidence of one signature, or the whole chain of a tenant, one bundle a line.',
    'otp evidence export vrf_01jd3x > evidence.jsonl',
    'otp evidence export --tenant acme > chain.jsonl',
    'otp evidence export --keys > evidence-keys.json',
  )
    .argument('[id]', 'the verification, or a beginning that no other has')
    .option('-t, --tenant <id>', 'the whole chain of this tenant')
    .option('--from <n>', 'with --tenant: begin at this number')
    .option('--test', 'with --tenant: what test keys approved')
    .option('--keys', 'the public keys that evidence is checked with')
    .action((id: string | undefined, options: Options) =>
      withHouse(cli, async ({ store, keys }) => {
        const evidence = createEvidence(store, keys);
        if (options.keys) return cli.print(JSON.stringify(await evidence.publicKeys(), null, 2));
        if (options.tenant !== undefined) return printChain(cli, evidence, options.tenant, options);
        if (id === undefined)
          throw new CliFault('Which signature?', {
            fix: 'Name a verification, or --tenant for the whole chain.',
          });
        const { verification } = await findVerification(store, id);
        const bundle = await evidence.of(verification.tenantId, verification.id);
        if (!bundle)
          throw new CliFault(`${verification.id} is no approved signature.`, {
            fix: `It is ${verification.status}, for the purpose "${verification.purpose}".`,
          });
        cli.print(JSON.stringify(bundle));
      }),
    );

async function printChain(cli: Cli, evidence: Evidence, tenant: string, options: Options): Promise<void> {
  const from = options.from === undefined ? 1 : Number(options.from);
  if (!Number.isSafeInteger(from) || from < 1) throw new CliFault('--from must be a whole number from 1 on.');
  // What was approved a moment ago belongs to the chain too.
  while ((await evidence.sealOutstanding()) > 0);
  let printed = 0;
  for await (const bundle of evidence.chain(tenant, { mode: options.test ? 'test' : 'live', from })) {
    cli.print(JSON.stringify(bundle));
    printed += 1;
  }
  cli.note(`${printed} bundle${printed === 1 ? '' : 's'}`);
}
