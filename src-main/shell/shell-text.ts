/** Every word that the desktop program itself shows: its menu and its dialogs. The screens have their own. */
import type { Language } from '../../src-shared/text/language.ts';

export interface ShellText {
  programName: string;
  file: string;
  quit: string;
  edit: string;
  undo: string;
  redo: string;
  cut: string;
  copy: string;
  paste: string;
  selectAll: string;
  view: string;
  zoomIn: string;
  zoomOut: string;
  zoomReset: string;
  fullScreen: string;
  reload: string;
  developerTools: string;
  window: string;
  minimize: string;
  close: string;
  help: string;
  about: string;
  cannotStart: string;
  savedStaysSaved: string;
  tryAgain: string;
  badStart: string;
}

const ENGLISH: ShellText = {
  programName: 'Orderdesk',
  file: 'File',
  quit: 'Quit',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select all',
  view: 'View',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomReset: 'Usual size',
  fullScreen: 'Full screen',
  reload: 'Load this window again',
  developerTools: 'Developer tools',
  window: 'Window',
  minimize: 'Minimize',
  close: 'Close',
  help: 'Help',
  about: 'About Orderdesk',
  cannotStart: 'The desk cannot open its data.',
  savedStaysSaved: 'Orders that were saved are still in the data folder. Nothing was written to it.',
  tryAgain: 'Try again',
  badStart: 'Orderdesk cannot start like this.',
};

const CHINESE: ShellText = {
  programName: '订货台',
  file: '文件',
  quit: '退出',
  edit: '编辑',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  view: '视图',
  zoomIn: '放大',
  zoomOut: '缩小',
  zoomReset: '实际大小',
  fullScreen: '全屏',
  reload: '重新加载此窗口',
  developerTools: '开发者工具',
  window: '窗口',
  minimize: '最小化',
  close: '关闭',
  help: '帮助',
  about: '关于订货台',
  cannotStart: '订货台无法打开本机数据。',
  savedStaysSaved: '已保存的订单仍在数据文件夹中，未作任何写入。',
  tryAgain: '重试',
  badStart: '订货台无法以此方式启动。',
};

export const SHELL_TEXT: Record<Language, ShellText> = { en: ENGLISH, 'zh-CN': CHINESE };
