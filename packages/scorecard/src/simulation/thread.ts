import { parentPort, workerData } from 'node:worker_threads';
import { type Lot, playMany } from './play-many.ts';

/** A thread of the simulation: plays its lot, tells how far it is, and last what came of it. */
const tallied = await playMany(workerData as Lot, (schedules) => parentPort?.postMessage({ schedules }));
parentPort?.postMessage({ tallied });
