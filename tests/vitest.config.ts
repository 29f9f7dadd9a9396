import { defineConfig } from 'vitest/config';

// Everything that talks to a running server starts its own, so files could run side by
// side; they run one after another because encoders and browsers want both cores.
export default defineConfig({
  // A bare system may not know the name localhost.
  server: { host: '127.0.0.1' },
  test: {
    // scripts/screenshots takes pictures with the same tools; that is no test.
    // What takes minutes and the whole machine is run by the scripts named check-*.
    include: process.env.AIRCLASS_CHECK
      ? [process.env.AIRCLASS_CHECK]
      : process.env.AIRCLASS_PICTURES ? ['browser/pictures.ts'] : ['**/*.test.ts'],
    exclude: ['node_modules/**'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
