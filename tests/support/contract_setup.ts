// Run before each file of tests: see contract.ts.
import { afterAll, afterEach } from 'vitest';
import { takeFaults, watchFetch } from './contract.ts';

async function check(): Promise<void> {
  const faults = await takeFaults();
  if (faults.length > 0) throw new Error(`not as docs/api.yaml says:\n${faults.join('\n')}`);
}

watchFetch();
afterEach(check);
afterAll(check); // what hooks of a file asked
