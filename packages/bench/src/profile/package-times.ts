import type { CpuProfile, SelfTime } from './self-times.ts';

/**
 * Time by package, dearest first: work of Node itself (sockets, crypto, JSON) counts for the package that asked for it.
 * Garbage collection and what only Node is to blame for keep a line of their own.
 */
export function packageTimes(profile: CpuProfile): SelfTime[] {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const owners = new Map<number, string>();
  const ownerOf = (id: number): string => {
    const known = owners.get(id);
    if (known !== undefined) return known;
    const parent = parents.get(id);
    const owner = packageOf(frames.get(id)) ?? (parent === undefined ? 'node' : ownerOf(parent));
    owners.set(id, owner);
    return owner;
  };
  const byPackage = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const owner = ownerOf(id);
    if (owner === '(idle)') return;
    const us = profile.timeDeltas[index] ?? 0;
    busy += us;
    byPackage.set(owner, (byPackage.get(owner) ?? 0) + us);
  });
  return [...byPackage]
    .map(([where, us]) => ({ where, ms: us / 1_000, share: busy === 0 ? 0 : us / busy }))
    .sort((one, other) => other.ms - one.ms);
}

function packageOf(frame: CpuProfile['nodes'][number]['callFrame'] | undefined): string | undefined {
  if (!frame) return undefined;
  if (frame.url === '')
    return /^\((?:idle|garbage collector|program)\)$/.test(frame.functionName)
      ? frame.functionName
      : undefined;
  if (frame.url.startsWith('node:')) return undefined;
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(frame.url) ?? [];
  return name ?? /\/((?:packages|apps)\/[^/]+)\//.exec(frame.url)?.[1];
}
