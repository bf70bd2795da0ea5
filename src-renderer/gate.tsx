/** Who may see a screen: first the desk is connected, then a person signs in. */
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useDesk } from './desk/desk-context.tsx';
import { sessionState } from './desk/queries.ts';
import { EnrolPage } from './pages/enrol.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { useDelayed } from './ui/use-delayed.ts';
import { ErrorBlock } from './components/error-block.tsx';
import { Frame } from './components/frame/frame.tsx';
import { RestoreNotice } from './components/safety/restore-notice.tsx';

export function Gate() {
  return (
    <>
      <RestoreNotice />
      <Screens />
    </>
  );
}

function Screens() {
  const { data: session, error, refetch, isPending } = useQuery(sessionState(useDesk()));
  const showSkeleton = useDelayed(isPending);
  if (session === undefined) {
    if (error) return <ErrorBlock error={error} retry={() => void refetch()} />;
    return showSkeleton ? <div className="frame-skeleton" aria-hidden="true" /> : null;
  }
  if (!session.enrolled) return <EnrolPage session={session} />;
  if (!session.user) return <SignInPage session={session} />;
  return (
    <Frame session={session} user={session.user}>
      <Outlet />
    </Frame>
  );
}
