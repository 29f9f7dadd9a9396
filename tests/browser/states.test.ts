// The states of all pages but the console, which has as many as the others together
// (states_console.test.ts).
import { walkStates } from '../support/state_walks.ts';

walkStates((page) => page !== 'console');
