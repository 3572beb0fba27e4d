import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningProcess } from '@otp-relay/testkit';
import { connectInspector } from './inspector.ts';
import { packageTimes } from './package-times.ts';
import { type CpuProfile, type SelfTime, selfTimes } from './self-times.ts';

/** A stored profile, with the packages and the functions that used the most time. */
export interface Profiled {
  readonly name: string;
  readonly file: string;
  readonly packages: readonly SelfTime[];
  readonly top: readonly SelfTime[];
}

const folder = join('.data', 'profiles');
const shown = 30;

/** Starts profiling processes that were started with `--inspect`; `finish` stores what was seen. */
export async function openProfiles(
  processes: Readonly<Record<string, RunningProcess>>,
): Promise<{ finish(): Promise<readonly Profiled[]> }> {
  const opened = await Promise.all(
    Object.entries(processes).map(async ([name, running]) => {
      const line = await running.waitForLine(/Debugger listening on ws:/);
      const inspector = await connectInspector(line.slice(line.indexOf('ws:')).trim());
      await inspector.call('Profiler.enable');
      await inspector.call('Profiler.setSamplingInterval', { interval: 500 });
      await inspector.call('Profiler.start');
      return { name, inspector };
    }),
  );
  return {
    async finish() {
      mkdirSync(folder, { recursive: true });
      return Promise.all(
        opened.map(async ({ name, inspector }) => {
          const { profile } = (await inspector.call('Profiler.stop')) as { profile: CpuProfile };
          inspector.close();
          const file = join(folder, `${name.replaceAll(' ', '-')}.cpuprofile`);
          writeFileSync(file, JSON.stringify(profile));
          return {
            name,
            file,
            packages: packageTimes(profile).slice(0, shown),
            top: selfTimes(profile).slice(0, shown),
          };
        }),
      );
    },
  };
}
