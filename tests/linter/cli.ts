/**
 * npx vite-node --config vitest.config.ts linter/cli.ts MULTIVARIANT-URL SECONDS
 *
 * Prints a line a finding; ends with status 1 when there are any.
 */
import { lintLive } from './live.ts';

const [url, seconds] = process.argv.slice(2);
if (url === undefined || !(Number(seconds) > 0)) {
  console.error('usage: vite-node linter/cli.ts MULTIVARIANT-URL SECONDS');
  process.exitCode = 64;
} else {
  const findings = await lintLive(url, Number(seconds));
  for (const { rule, message } of findings) console.log(`${rule}: ${message}`);
  console.log(`${findings.length} findings`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
