/** V8's profile, as far as it is read here. Times in µs. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly children?: readonly number[];
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time a function used itself, callees left out; `share` of all time that was not idle. */
export interface SelfTime {
  readonly where: string;
  readonly ms: number;
  readonly share: number;
}

/** Functions by their own time, dearest first. */
export function selfTimes(profile: CpuProfile): SelfTime[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const byPlace = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const frame = nodes.get(id);
    if (!frame || frame.functionName === '(idle)') return;
    const us = profile.timeDeltas[index] ?? 0;
    busy += us;
    const where = placeOf(frame);
    byPlace.set(where, (byPlace.get(where) ?? 0) + us);
  });
  return [...byPlace]
    .map(([where, us]) => ({ where, ms: us / 1_000, share: busy === 0 ? 0 : us / busy }))
    .sort((one, other) => other.ms - one.ms);
}

function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)';
  if (url === '') return name;
  const file = url
    .split(/\/node_modules\//)
    .at(-1)
    ?.replace(/^.*\/((?:packages|apps)\/)/, '$1');
  return `${name} ${file}:${lineNumber + 1}`;
}
