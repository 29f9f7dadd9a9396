// The states of the pages of members; states_staff and states_console have the others.
import { walkStates } from '../support/state_walks.ts';

walkStates((page) => !['console', 'screen', 'secretary', 'steward', 'studio'].includes(page));
