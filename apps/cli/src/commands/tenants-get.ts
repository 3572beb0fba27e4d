import { getTenant, getTenants } from '@otp-relay/engine';
import { stringify } from 'yaml';
import { CliFault } from '../cli-fault.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

export const tenantsGet: MakeCommand = (cli) =>
  command(
    'get',
    'Print the stored tenants as a file that "otp tenants apply" takes back; credentials as [sealed].',
    'otp tenants get acme > tenants.yaml',
  )
    .argument('[tenant]', 'one tenant; all of them when left out')
    .option('--json', 'JSON instead of YAML')
    .option('--yaml', 'YAML, the default')
    .action((id: string | undefined, { json }: { json?: boolean }) =>
      withHouse(cli, async ({ store, keys }) => {
        const file = id === undefined ? await getTenants(store, keys) : await fileOf(id);
        cli.print(json ? JSON.stringify(file, null, 2) : stringify(file).trimEnd());

        async function fileOf(wanted: string) {
          const tenant = await getTenant(store, keys, wanted);
          if (tenant) return { tenants: { [wanted]: tenant } };
          throw new CliFault(`There is no tenant "${wanted}".`, { fix: 'otp tenants get lists them all.' });
        }
      }),
    );
