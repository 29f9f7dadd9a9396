// The states of the console, of those who look after everything and of one branch.
import { walkStates } from '../support/state_walks.ts';

walkStates((page) => ['console', 'secretary'].includes(page));
