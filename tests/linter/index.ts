export type { Finding } from './finding.ts';
export { lintLive } from './live.ts';
export { lintMedia, type MediaContext } from './media.ts';
export { lintMultivariant } from './multivariant.ts';
export { lintReports } from './reports.ts';
export { applyDelta, lintDelta, lintUpdate } from './update.ts';
