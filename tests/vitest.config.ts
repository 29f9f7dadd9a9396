import { defineConfig } from 'vitest/config';

// Unit tests only: what needs a running server is called by tests/integration.
export default defineConfig({
  test: {
    include: ['linter/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
