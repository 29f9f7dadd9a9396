import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the checkout. */
export const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
