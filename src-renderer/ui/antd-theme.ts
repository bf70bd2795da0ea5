/** The tokens of `tokens.css` in antd's words. The primary is darker than antd's own, which is short of 4.5:1. */
import { theme as antd, type ThemeConfig } from 'antd';
import type { Theme } from './theme-choice.ts';

const COLOURS = {
  light: {
    primary: '#1d4fb8',
    ink: '#1b1d21',
    ink2: '#565b66',
    ink3: '#6b707c',
    paper: '#ffffff',
    raised: '#ffffff',
    hair: '#cfd1d8',
    needs: '#b3261e',
  },
  dark: {
    primary: '#8ab0ff',
    ink: '#e8eaee',
    ink2: '#b0b5c0',
    ink3: '#9499a6',
    paper: '#17191d',
    raised: '#22252b',
    hair: '#41454f',
    needs: '#ff9a8f',
  },
};

export function antdTheme(theme: Theme): ThemeConfig {
  const colour = COLOURS[theme];
  return {
    // antd's compact algorithm would shrink the type too: its spacing alone is taken, by the step.
    algorithm: theme === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      colorPrimary: colour.primary,
      colorLink: colour.primary,
      colorError: colour.needs,
      colorText: colour.ink,
      colorTextSecondary: colour.ink2,
      colorTextTertiary: colour.ink3,
      colorTextPlaceholder: colour.ink3,
      colorBgContainer: colour.paper,
      colorBgElevated: colour.raised,
      colorBorder: colour.hair,
      borderRadius: 6,
      fontSize: 13,
      sizeStep: 3,
      controlHeight: 28,
      controlHeightLG: 32,
      fontFamily: 'var(--font)',
      motionDurationFast: '0.08s',
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.12s',
      boxShadow: 'var(--float)',
      boxShadowSecondary: 'var(--float)',
    },
    components: {
      Button: {
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
        ...(theme === 'dark' ? { primaryColor: '#10131a' } : {}),
      },
    },
  };
}
