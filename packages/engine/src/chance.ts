import { randomInt } from 'node:crypto';

const grains = 2 ** 32;

/** In [0, 1), for pauses that must not fall together. No generator that could be foretold is used anywhere here. */
export const chance = (): number => randomInt(grains) / grains;
