import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// What puts nothing on the air, so that scripts/test runs it beside the C tests.
const quiet = [
  'browser/console_county.test.ts', 'browser/console_import.test.ts', 'browser/languages.test.ts',
  'browser/sign_in.test.ts', 'browser/verify.test.ts', 'faults/chat.test.ts',
  'integration/code_sign_in.test.ts', 'integration/contract.test.ts', 'integration/conversation.test.ts', 'integration/tls.test.ts',
  'lint/*.test.ts',
];
// What measures how long something takes for a viewer wants the machine for itself, or a
// core of it. So does the studio, which sends, is shown and looks on in one browser.
const measured = [
  'browser/latency.test.ts', 'browser/lesson.test.ts', 'browser/studio.test.ts', 'browser/whep.test.ts',
  'browser/whip.test.ts', 'integration/live.test.ts',
];
const paired = ['browser/faults.test.ts', 'browser/follow.test.ts', 'faults/outage.test.ts'];
// What the suite has no time for: check-faults runs the first ones, check-pages the others.
const longer = [
  'browser/dash.test.ts', 'browser/gaps.test.ts', 'browser/whep_rules.test.ts', 'faults/repair.test.ts',
  'faults/takeover.test.ts', 'integration/pull.test.ts',
  'browser/layout.test.ts', 'browser/weak_line.test.ts',
];

// scripts/screenshots takes pictures with the same tools; that is no test. What takes
// minutes and the whole machine is run by the scripts named check-*.
const chosen = () => {
  if (process.env.AIRCLASS_CHECK) return [process.env.AIRCLASS_CHECK];
  if (process.env.AIRCLASS_PICTURES) return process.env.AIRCLASS_PICTURES_OF ? ['browser/state_pictures.ts'] : ['browser/*pictures.ts'];
  return { quiet, paired, measured }[process.env.AIRCLASS_TESTS ?? ''] ?? ['**/*.test.ts'];
};

// Everything that talks to a running server starts its own, so files may run side by
// side: mostly they wait for media to pass, and three at a time leave room on two cores.
// scripts/test asks for what is quiet first, then for those ("shared"), then for what is
// measured, two ("paired") and then one at a time.
const shared = process.env.AIRCLASS_TESTS === 'shared';
const workers = { shared: 3, paired: 2 }[process.env.AIRCLASS_TESTS ?? ''] ?? 1;

// What takes longest comes first, so that no worker is left with it alone at the end. The
// states never wait: they come one after another beside what does.
const longest = [
  'browser/states_console', 'browser/screen', 'browser/attendance', 'browser/states',
  'faults/kill', 'browser/keyboard', 'browser/firefox', 'browser/states_staff', 'browser/member', 'integration/checklist',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  // A bare system may not know the name localhost.
  server: { host: '127.0.0.1' },
  test: {
    include: chosen(),
    setupFiles: ['support/contract_setup.ts'],
    exclude: ['node_modules/**', ...(shared ? [...quiet, ...paired, ...measured, ...longer] : [])],
    fileParallelism: workers > 1,
    maxWorkers: workers,
    sequence: { sequencer: LongestFirst },
    minWorkers: 1,
    // Against what hangs; a busy machine may be five times slower than an idle one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
