import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../protocol/versions.ts';
import { appErrorText } from './app-error-text.ts';

test('who has to update what is told in both languages: this desk, head office, or nobody but the person who started the wrong one', () => {
  const text = (served: number[], language: 'en' | 'zh-CN') =>
    appErrorText({ code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served }, language);
  expect(text([PROTOCOL_VERSION + 1], 'en')).toMatch(/^This version is too old for head office.*saved here/);
  expect(text([PROTOCOL_VERSION + 1], 'zh-CN')).toMatch(/^本程序版本过旧.*已存本机/);
  expect(text([PROTOCOL_VERSION - 1], 'en')).toMatch(/^Head office runs an older version.*saved here/);
  expect(text([PROTOCOL_VERSION - 1], 'zh-CN')).toMatch(/^总部的版本比本机旧.*已存本机/);
  expect(text([], 'en')).toMatch(/^A newer version of this program.*Start that one/);
  expect(text([], 'zh-CN')).toMatch(/^此数据文件已由更新版本的程序使用过/);
});
