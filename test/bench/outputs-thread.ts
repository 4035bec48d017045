/** A thread that makes outputs: as many as it is asked for, one request after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { outputSource } from './outputs.ts';

const source = outputSource(workerData);
parentPort?.on('message', (count: number) => parentPort?.postMessage(Array.from({ length: count }, source)));
