// The states of the console.
import { walkStates } from '../support/state_walks.ts';

walkStates((page) => page === 'console');
