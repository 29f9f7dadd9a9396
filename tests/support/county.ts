// A small county with somebody of every role, made with the real tool.
import type { Browser, BrowserContext } from 'playwright-core';
import { signedIn, type Language } from './browser.ts';
import { contextFor, type Screen } from './pages.ts';
import { Server } from './server.ts';

export type Role = 'member' | 'steward' | 'lecturer' | 'secretary' | 'staff' | 'administrator';

/** Who has each role: a number to sign in with (the password is `password`) and a name. */
export const people: Record<Role, { number: string; name: string }> = {
  member: { number: '1001', name: '学员甲' },
  steward: { number: '2001', name: '组织员乙' },
  lecturer: { number: '3001', name: '讲师丙' },
  secretary: { number: '4001', name: '书记丁' },
  staff: { number: '5001', name: '干事戊' },
  administrator: { number: '6001', name: '管理员己' },
};

/** Other members, of the village too: 1002 to 1006. */
const others = ['学员庚', '学员辛', '学员壬', '学员癸', '学员子'];

export const branchNames = { county: '青河县委', town: '柳树镇党委', village: '杨庄村党支部' };
export const siteName = '杨庄村活动室';

export interface County {
  branches: { county: number; town: number; village: number };
  /** A room of the village; the steward is its steward. */
  site: number;
}

export async function makeCounty(server: Server): Promise<County> {
  const branch = async (name: string, ...options: string[]) =>
    (await server.json<{ branch: number }>('branch', 'add', '--name', name, ...options)).branch;
  const county = await branch(branchNames.county, '--kind', 'county');
  const town = await branch(branchNames.town, '--parent', String(county), '--kind', 'town');
  const village = await branch(branchNames.village, '--parent', String(town), '--kind', 'village');
  await addPeople(server, { county, town, village });
  const { site } = await server.json<{ site: number }>(
    'site', 'add', '--branch', String(village), '--name', siteName);
  await server.tool('site', 'steward', String(site), '--member', people.steward.number);
  return { branches: { county, town, village }, site };
}

async function addPeople(server: Server, { county, town, village }: County['branches']): Promise<void> {
  const homes: Record<Role, number> = {
    member: village, steward: village, lecturer: county, secretary: village, staff: town, administrator: county,
  };
  for (const [role, { number, name }] of Object.entries(people) as [Role, { number: string; name: string }][]) {
    await server.addMember(number, name, 'member', homes[role]);
    if (role !== 'member' && role !== 'administrator')
      await server.tool('role', 'grant', number, '--role', role, '--branch', String(homes[role]));
  }
  await server.tool('role', 'grant', people.administrator.number, '--role', 'administrator');
  for (const [at, name] of others.entries())
    await server.addMember(String(1002 + at), name, 'member', village);
}

/** A browser of whoever has `role`. */
export function as(
  role: Role, browser: Browser, server: Server, screen: Screen = 'desktop', language: Language = 'zh-CN',
): Promise<BrowserContext> {
  return signedIn(browser, server, people[role].number, language, contextFor(screen, language));
}
