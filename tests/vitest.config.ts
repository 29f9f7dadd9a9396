import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// What puts nothing on the air, so that scripts/test runs it beside the C tests.
const quiet = [
  'browser/console_county.test.ts', 'browser/console_import.test.ts', 'browser/languages.test.ts',
  'browser/sign_in.test.ts', 'browser/verify.test.ts', 'faults/chat.test.ts',
  'integration/code_sign_in.test.ts', 'integration/contract.test.ts', 'integration/conversation.test.ts',
  'lint/*.test.ts',
];
// What measures how long something takes for a viewer wants the machine for itself.
const measured = [
  'browser/dash.test.ts', 'browser/faults.test.ts', 'browser/follow.test.ts', 'browser/latency.test.ts',
  'browser/lesson.test.ts', 'browser/whep.test.ts', 'browser/whip.test.ts',
  'faults/outage.test.ts', 'integration/live.test.ts',
];
// What the suite has no time for: check-faults runs the first three, check-pages the others.
const longer = ['browser/gaps.test.ts', 'faults/repair.test.ts', 'faults/takeover.test.ts', 'browser/layout.test.ts', 'browser/weak_line.test.ts'];

// scripts/screenshots takes pictures with the same tools; that is no test. What takes
// minutes and the whole machine is run by the scripts named check-*.
const chosen = () => {
  if (process.env.AIRCLASS_CHECK) return [process.env.AIRCLASS_CHECK];
  if (process.env.AIRCLASS_PICTURES) return process.env.AIRCLASS_PICTURES_OF ? ['browser/state_pictures.ts'] : ['browser/*pictures.ts'];
  if (process.env.AIRCLASS_TESTS === 'quiet') return quiet;
  return process.env.AIRCLASS_TESTS === 'measured' ? measured : ['**/*.test.ts'];
};

// Everything that talks to a running server starts its own, so files may run side by
// side: mostly they wait for media to pass, and three at a time leave room on two cores.
// scripts/test asks for what is quiet first, then for those ("shared"), then for what is
// measured, one after another.
const shared = process.env.AIRCLASS_TESTS === 'shared';

// What takes longest comes first, so that no worker is left with it alone at the end.
const longest = [
  'browser/states_console', 'browser/states', 'browser/states_staff', 'browser/screen', 'integration/pull', 'browser/attendance', 'faults/kill', 'browser/studio',
  'browser/member', 'integration/checklist',
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
    exclude: ['node_modules/**', ...(shared ? [...quiet, ...measured, ...longer] : [])],
    fileParallelism: shared,
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    minWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
