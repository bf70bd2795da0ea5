import './jitless.ts';
// Before the screens' own styles, which go over them.
import './ui/tokens.css';
import './ui/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { connectDesk } from './desk/client.ts';
import { startText } from './text/i18n.ts';
import { startTheme } from './ui/theme-choice.ts';

startTheme();
startText();
const root = document.querySelector('#root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(<App desk={connectDesk()} />);
