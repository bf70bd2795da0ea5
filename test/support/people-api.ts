/** Central's API for people, as one of the test house's calls it. */
import { createTRPCClient, httpLink } from '@trpc/client';
import type { PeopleRouter } from '../../src-central/people/router.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { TEST_PASSWORD } from './test-house.ts';

export type PeopleApi = ReturnType<typeof peopleApi>;

/** @param token the bearer; left out, as somebody who has not signed in. */
export function peopleApi(url: string, { token, language }: { token?: string; language?: Language } = {}) {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(language === undefined ? {} : { 'accept-language': language }),
  };
  return createTRPCClient<PeopleRouter>({ links: [httpLink({ url: `${url}/trpc`, headers })] });
}

export async function signedInApi(url: string, userName: string, language?: Language): Promise<PeopleApi> {
  const { token } = await peopleApi(url).auth.signIn.mutate({ userName, password: TEST_PASSWORD });
  return peopleApi(url, { token, ...(language === undefined ? {} : { language }) });
}
