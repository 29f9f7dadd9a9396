// The states of the pages of those who hold a lesson.
import { walkStates } from '../support/state_walks.ts';

walkStates((page) => ['screen', 'steward', 'studio'].includes(page));
