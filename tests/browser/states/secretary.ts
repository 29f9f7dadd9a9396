// The console of a village's secretary, who looks after one branch and may do less in it.
import { branchNames, people, siteName } from '../../support/county.ts';
import { makeRecords, written, type Records } from '../../support/records.ts';
import { pageStates } from '../../support/states.ts';
import { masked, open, press, section } from './console.ts';

export const states = pageStates<Records>({
  role: 'secretary',
  desk: true,
  screens: ['phone', 'desktop'],
  written: [...Object.values(branchNames), siteName, ...masked, ...Object.values(written), 'xlsx', 'csv', 'https'],
  prepare: ({ server, county }) => makeRecords(server, county),
  states: {
    today: section('', '[data-test=waiting-leaves]'),
    menu: async (page) => {
      const button = page.getByTestId('console-menu');
      if (await button.isVisible()) await button.click();
      await page.getByTestId('to-reports').waitFor();
    },
    members: section('members', '[data-test=total]'),
    member: async (page) => {
      await open(page, people.member.number);
      await page.getByTestId('task-unmask').waitFor();
    },
    rooms: section('rooms'),
    room: async (page) => {
      await open(page);
      await page.getByTestId('pair-code').waitFor();
    },
    timetable: section('timetable'),
    calendar: press('calendar', 'make-calendar'),
    'calendar-sure': press('end-calendar', 'calendar-sure'),
    'not-theirs': section('ledger', '[data-test=trouble]'),
  },
});
