/** One sentence per error, in the reader's language, that says what to do. */
import type { AppErrorCode, AppErrorData } from '../protocol/app-error.ts';
import { isCentralOlder } from '../protocol/versions.ts';
import { issueText } from './issue-text.ts';
import type { Language } from './language.ts';

type Sentences = { [C in AppErrorCode]: (of: Extract<AppErrorData, { code: C }>) => string };

const ENGLISH: Sentences = {
  INPUT: (of) => (of.issues[0] ? issueText(of.issues[0], 'en') : 'Something on this form is not right.'),
  MALFORMED: (of) => `The request is not understood: ${fieldsText(of.fields)}.`,
  NOT_FOUND: (of) => `Not found: ${of.what}.`,
  SIGNED_OUT: () => 'Nobody is signed in. Sign in to go on; what is saved stays saved.',
  WRONG_CREDENTIALS: () => 'User name or password is wrong. Try again.',
  NOT_ALLOWED: () => 'You may not do this here. Ask your branch manager.',
  NOT_ENROLLED: () => 'This desk is not connected to a head office yet. Ask an admin for an enrolment code.',
  CODE_INVALID: () => 'This enrolment code is wrong, used or expired. Ask an admin for a new one.',
  TOKEN_INVALID: () => 'Head office does not know this desk any more. Ask an admin; saved orders stay here.',
  CENTRAL_UNREACHABLE: () => 'Head office cannot be reached. Orders are saved here and sent when the line is back.',
  CENTRAL_BUSY: () => 'Head office is busy. Try again in a moment.',
  UPGRADE_REQUIRED: ({ served }) => {
    if (served.length === 0)
      return 'A newer version of this program has worked with this file. Start that one; saved orders stay here.';
    return isCentralOlder(served)
      ? 'Head office runs an older version than this desk and has to be updated. Orders are saved here and sent then.'
      : 'This version is too old for head office. Update it; orders are saved here and sent then.';
  },
  EPOCH_CHANGED: () =>
    'Head office was restored from a backup. This desk must be filled again; saved orders stay here.',
  HELLO_FIRST: () => 'Head office wants to know this desk again; that happens by itself. Try again in a moment.',
  REFILL_REQUIRED: () => 'This desk was away for long and is being filled again; saved orders stay here.',
  DEADLINE: () => 'This took too long and was given up. Try again.',
  DESK_RESTARTING: () => 'The desk is starting again. What was saved is safe; try again in a moment.',
  DISK_FULL: () => 'The disk is full, so this was not saved. Free some space and save again.',
  STORE_IN_USE: () => 'This desk is already open on this machine. Use its window, or close it first.',
  STORE_DAMAGED: () =>
    'The data file of this desk is damaged, so this was not saved. The desk is restoring it; try again in a moment. If it goes on, ask your admin: the disk may be failing.',
  INTERNAL: (of) => `Something unforeseen happened. Nothing was lost; the log has it as ${of.logId}.`,
};

const CHINESE: Sentences = {
  INPUT: (of) => (of.issues[0] ? issueText(of.issues[0], 'zh-CN') : '表单有不对的地方。'),
  MALFORMED: (of) => `请求无法识别：${fieldsText(of.fields)}。`,
  NOT_FOUND: (of) => `未找到：${of.what}。`,
  SIGNED_OUT: () => '尚未登录，请登录后继续；已保存的内容不会丢失。',
  WRONG_CREDENTIALS: () => '用户名或密码错误，请重试。',
  NOT_ALLOWED: () => '您无权在此操作，请找店长。',
  NOT_ENROLLED: () => '本机尚未接入总部，请向管理员索取注册码。',
  CODE_INVALID: () => '注册码错误、已使用或已过期，请向管理员索取新码。',
  TOKEN_INVALID: () => '总部已不认识本机，请联系管理员；已保存的订单仍在本机。',
  CENTRAL_UNREACHABLE: () => '连不上总部。订单已存本机，网络恢复后自动上传。',
  CENTRAL_BUSY: () => '总部繁忙，请稍后再试。',
  UPGRADE_REQUIRED: ({ served }) => {
    if (served.length === 0) return '此数据文件已由更新版本的程序使用过，请启动新版本；已保存的订单仍在本机。';
    return isCentralOlder(served)
      ? '总部的版本比本机旧，需要先更新总部；订单已存本机，届时自动上传。'
      : '本程序版本过旧，请更新；订单已存本机，更新后自动上传。';
  },
  EPOCH_CHANGED: () => '总部已从备份恢复，本机需要重新下载数据；已保存的订单仍在本机。',
  HELLO_FIRST: () => '总部需要重新识别本机，系统会自动完成，请稍后再试。',
  REFILL_REQUIRED: () => '本机离线已久，正在重新下载数据；已保存的订单仍在本机。',
  DEADLINE: () => '等待过久，已放弃，请重试。',
  DESK_RESTARTING: () => '本机服务正在重启，已保存的内容不会丢失，请稍后再试。',
  DISK_FULL: () => '磁盘已满，未能保存。请清理空间后再保存。',
  STORE_IN_USE: () => '本机的订货台已经打开，请使用已打开的窗口，或先将其关闭。',
  STORE_DAMAGED: () => '本机数据文件已损坏，未能保存。订货台正在恢复，请稍后再试；如仍不行，请联系管理员检查磁盘。',
  INTERNAL: (of) => `发生意外，数据未丢失，日志编号 ${of.logId}。`,
};

const SENTENCES: Record<Language, Sentences> = { en: ENGLISH, 'zh-CN': CHINESE };

export function appErrorText(of: AppErrorData, language: Language): string {
  // The table pairs each code with the data of that code, which the compiler can't follow through a lookup.
  return (SENTENCES[language][of.code] as (data: AppErrorData) => string)(of);
}

function fieldsText(fields: readonly { path: string; reason: string }[]): string {
  return fields.map((field) => (field.path ? `${field.path}: ${field.reason}` : field.reason)).join('; ');
}
