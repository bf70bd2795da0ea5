/** Makes a desk ready for its first look: enrolled, the sample's clerk signed in, its rows there. */
import { hostname } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import { SAMPLE_PEOPLE } from '../../src-central/sample/sample-people.ts';
import type { SessionState } from '../../src-main/api/desk-services.ts';
import type { SyncStatus } from '../../src-main/api/sync-services.ts';
import { FILLED_WITHIN_MS, POLL_MS } from './limits.ts';
import { callerOf, type Caller } from './trpc-call.ts';
import { StartError, tell } from './words.ts';

export interface DeskAddress {
  centralUrl: string;
  /** With `?token=`. */
  deskUrl: string;
  /** False where central has people of its own: then they enrol the desk and sign in on its screen. */
  sample: boolean;
  signal: AbortSignal;
}

export async function readyDesk({ centralUrl, deskUrl, sample, signal }: DeskAddress): Promise<void> {
  const { origin, searchParams } = new URL(deskUrl);
  const desk = callerOf(origin, searchParams.get('token') ?? '', signal);
  const state = await desk.query<SessionState>('session.state');
  if (!state.enrolled && !sample) {
    tell({
      en: `This desk is not connected yet. Its screen asks for central's address (${centralUrl}) and an enrolment code, which central's admin makes; the admin's first password is above.`,
      zh: `本机尚未接入总部。请在界面输入总部地址（${centralUrl}）和注册码；注册码由总部管理员生成，管理员的初始密码见上。`,
    });
    return;
  }
  try {
    if (!state.enrolled) await enrol(desk, centralUrl, signal);
    if (sample && !state.user) await signIn(desk);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    // The sample's passwords may have been changed, as they should be by who goes on with it: the screen then asks.
    tell({
      en: `${error.message}\nThe sample's people are not known here by their passwords: enrol and sign in on the desk's screen.`,
      zh: `${error.message}\n示例用户或其密码在此不适用，请在界面上注册本机并登录。`,
    });
  }
  await untilFilled(desk);
}

async function enrol(desk: Caller, centralUrl: string, signal: AbortSignal): Promise<void> {
  const { userName, password } = personOf('admin');
  const { token } = await callerOf(centralUrl, '', signal).mutate<{ token: string }>('auth.signIn', {
    userName,
    password,
  });
  const central = callerOf(centralUrl, token, signal);
  const { code } = await central.mutate<{ code: string }>('enrolment.createCode', { branchCode: 'PD' });
  await desk.mutate('session.enrol', { centralUrl, code, deviceName: hostname().slice(0, 60) || 'desk' });
  await central.mutate('auth.signOut', undefined);
}

async function signIn(desk: Caller): Promise<void> {
  const { userName, password } = personOf('clerk');
  await desk.mutate('session.signIn', { userName, password });
}

async function untilFilled(desk: Caller): Promise<void> {
  const deadline = performance.now() + FILLED_WITHIN_MS;
  for (;;) {
    const { asOf, filling, link } = await desk.query<SyncStatus>('sync.status');
    if ((asOf !== null && !filling) || link === 'blocked' || performance.now() > deadline) return;
    await after(POLL_MS);
  }
}

function personOf(name: string): (typeof SAMPLE_PEOPLE)[number] {
  const person = SAMPLE_PEOPLE.find(({ userName }) => userName === name);
  if (!person) throw new Error(`the sample has no ${name}`);
  return person;
}
